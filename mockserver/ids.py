"""Generates the identifiers that vendors issue: UUIDs, ULIDs, trace ids. Unique, not secret."""

from __future__ import annotations

import functools
import os
import random
from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
_ANY = bytes(ord(_CROCKFORD[byte % 32]) for byte in range(256))  # five bits of a random byte, as a character
_VERSION_4 = 0x4 << 76 | 0x8 << 60
_NEITHER = ~(0xF << 76 | 0xC << 60)

_random = random.Random()  # seeded by the operating system once: a system call per id would be slower
os.register_at_fork(after_in_child=_random.seed)


def uuid4(draw: random.Random = _random) -> str:
    """Return a version 4 UUID from the random source `draw`."""
    number = draw.getrandbits(128) & _NEITHER | _VERSION_4
    digits = number.to_bytes(16, "big").hex(
        "-", 2
    )  # in groups of four characters: the first and last have two extra ones
    return f"{digits[:4]}{digits[5:29]}{digits[30:34]}{digits[35:]}"


def two_ulids(at: datetime) -> tuple[str, str]:
    """Return two ULIDs: 48-bit milliseconds since 1970 and 80 random bits, in 26 characters of Crockford's base 32."""
    first = _first_ten(int(at.timestamp() * 1000))
    rest = _random.getrandbits(256).to_bytes(32, "little").translate(_ANY).decode()
    return first + rest[:16], first + rest[16:]


@functools.lru_cache(maxsize=8)
def _first_ten(milliseconds: int) -> str:
    return encode_ulid(milliseconds, 0)[:10]


def encode_ulid(milliseconds: int, randomness: int) -> str:
    """Encode a ULID from its two parts."""
    number = (milliseconds & (1 << 48) - 1) << 80 | randomness
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def trace_id() -> str:
    """Return a W3C traceparent, not sampled: `00-<32 hex>-<16 hex>-00`."""
    return f"00-{_random.getrandbits(128):032x}-{_random.getrandbits(64):016x}-00"
