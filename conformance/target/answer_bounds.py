"""Bounds under which a response is read: the table `[answers]` of a target file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEBIBYTE = 2**20
DEEPEST = 200  # levels; Python's own recursion ends not far above


@dataclass(frozen=True, slots=True)
class AnswerBounds:
    """What a response may take. One that takes more is reported as such and its body is not used.

    `seconds` run from the request to the last byte. `wire_bytes` counts all that is received, `decoded_bytes` the body
    without its content codings. `depth` and `values` are those of a JSON body. `header_bytes` is for one header.
    """

    seconds: float = 30.0
    wire_bytes: int = 16 * MEBIBYTE
    decoded_bytes: int = 16 * MEBIBYTE
    depth: int = DEEPEST
    values: int = 200_000
    headers: int = 200
    header_bytes: int = 16 * 1024


DEFAULT_BOUNDS = AnswerBounds()
NAMES = frozenset(field.name for field in dataclasses.fields(AnswerBounds))


def answer_bounds(table: Mapping[str, Any]) -> AnswerBounds:
    """The bounds of a table whose names are known. Raises ValueError that names the setting."""
    for name, value in table.items():
        whole = name != "seconds"
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ValueError(f"answers.{name} must be a {'whole ' if whole else ''}number")
        if not 0 < value < 2**40:  # NaN and infinity are out of range, too
            raise ValueError(f"answers.{name} must be above 0 and below 2^40")
        if name == "depth" and value > DEEPEST:
            raise ValueError(f"answers.depth must be at most {DEEPEST}")
    return AnswerBounds(**table)


def size(count: int) -> str:
    """A number of bytes in words: `16 MB`, `100 KB`, `12 bytes`."""
    if count >= MEBIBYTE and count % MEBIBYTE == 0:
        return f"{count // MEBIBYTE} MB"
    return f"{count // 1024} KB" if count >= 1024 and count % 1024 == 0 else f"{count} bytes"
