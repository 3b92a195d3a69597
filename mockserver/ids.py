"""Identifiers that vendors hand out."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]


def uuid4() -> str:
    return str(uuid.uuid4())


def ulid(at: datetime) -> str:
    """A ULID: 48 bits of milliseconds since 1970, 80 random ones, 26 characters of Crockford's base 32."""
    return encoded(int(at.timestamp() * 1000), secrets.randbits(80))


def encoded(milliseconds: int, randomness: int) -> str:
    """The ULID of its two parts."""
    number = (milliseconds & (1 << 48) - 1) << 80 | randomness
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def trace_id() -> str:
    """A W3C traceparent, not sampled: `00-<32 hex>-<16 hex>-00`."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
