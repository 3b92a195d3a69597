"""File format of a store: a header, then one line for each unit of changes.

A line is the CRC-32 of what follows in eight hexadecimal digits, a space, and the unit as JSON: an array of
`[table, number, document]` (put), `[table, number]` (removed), `[table]` (table emptied).
The JSON has no line ends. A line holds the state after the unit, so replaying it twice is harmless.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import orjson

from pii_sandbox.mockserver.store.errors import StoreError

FAMILY = b"pii-sandbox store, format "
HEADER = FAMILY + b"1\n"
_AT_LENGTH = b"~"  # marks a line that only Python's own json can encode: lone surrogates, integers over 64 bits

Unit = list[list[Any]]


def encode_line(unit: Unit) -> bytes:
    """Encode a unit as a line. Raises StoreError for a value that JSON cannot represent."""
    try:
        payload = orjson.dumps(unit)
    except TypeError:
        payload = _at_length(unit)
    return b"%b%b\n" % (_checksum(payload), payload)


def decode_line(line: bytes) -> Unit | None:
    """Decode a line, including its line end, into a unit; None if it does not match its checksum."""
    payload = line[9:-1]
    if line[:9] != _checksum(payload) or line[-1:] != b"\n":
        return None
    unit: Unit = json.loads(payload[1:]) if payload.startswith(_AT_LENGTH) else orjson.loads(payload)
    return unit


def _at_length(unit: Unit) -> bytes:
    try:
        return _AT_LENGTH + json.dumps(unit, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"a value cannot be written as JSON: {error}") from error


def _checksum(payload: bytes) -> bytes:
    return b"%08x " % zlib.crc32(payload)
