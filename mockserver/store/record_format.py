"""How a store is written down: a header, then one line for each unit of changes.

A line is the CRC-32 of what follows in eight hexadecimal digits, a space, and the unit as JSON: an array of
`[table, number, document]` (put there), `[table, number]` (taken away), `[table]` (the whole table emptied).
JSON has no line end inside. What a line says is the state after the unit, so that reading it twice does no harm.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import orjson

from pii_sandbox.mockserver.store.errors import StoreError

FAMILY = b"pii-sandbox store, format "
HEADER = FAMILY + b"1\n"
_AT_LENGTH = b"~"  # in front of what only Python's own JSON can write: lone surrogates, numbers over 64 bits

Unit = list[list[Any]]


def encoded(unit: Unit) -> bytes:
    """The line of a unit. Raises StoreError for a value that JSON cannot hold."""
    try:
        payload = orjson.dumps(unit)
    except TypeError:
        payload = _at_length(unit)
    return b"%b%b\n" % (_checksum(payload), payload)


def decoded(line: bytes) -> Unit | None:
    """The unit of a line with its end; None where it does not fit its checksum."""
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
