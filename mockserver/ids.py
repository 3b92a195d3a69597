"""Identifiers that vendors hand out."""

from __future__ import annotations

import secrets
import uuid
from base64 import b32encode
from datetime import datetime

_RFC4648, _CROCKFORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_IN_CROCKFORD = bytes.maketrans(_RFC4648, _CROCKFORD)


def uuid4() -> str:
    return str(uuid.uuid4())


def ulid(at: datetime) -> str:
    """A ULID: 48 bits of milliseconds since 1970, 80 random ones, 26 characters of Crockford's base 32."""
    return encoded(int(at.timestamp() * 1000), secrets.randbits(80))


def encoded(milliseconds: int, randomness: int) -> str:
    """The ULID of its two parts."""
    number = (milliseconds & (1 << 48) - 1) << 80 | randomness
    return b32encode(number.to_bytes(20)).translate(_IN_CROCKFORD)[6:].decode()  # 160 bits, 30 of them in front, empty


def trace_id() -> str:
    """A W3C traceparent, not sampled: `00-<32 hex>-<16 hex>-00`."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
