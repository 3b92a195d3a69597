"""Truncates long texts in journal entries: their beginning, and the number of characters left out."""

from __future__ import annotations

from typing import Any

LONGEST = 4096  # characters of one text


def truncate(value: Any) -> Any:
    """Return a copy of a JSON-like value with texts and property names truncated to `LONGEST` characters.

    Call it after pseudonymization: half of an address or a number would no longer be detected.
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}… ({len(value) - LONGEST} more characters)"
    if isinstance(value, dict):
        return {truncate(name): truncate(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [truncate(item) for item in value]
    return value
