"""Truncates long texts in journal entries: their beginning, and the number of characters left out."""

from __future__ import annotations

from typing import Any

LONGEST = 4096  # characters of one text


def truncate(value: Any) -> Any:
    """Return a JSON-like value with texts and names truncated to `LONGEST` characters; a copy if one is longer.

    Call it after pseudonymization: half of an address or a number would no longer be detected.
    """
    return _truncated(value) if _has_long_text(value) else value


def _has_long_text(value: Any) -> bool:
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            if len(value) > LONGEST:
                return True
        elif isinstance(value, dict):
            rest += value.values()
            if value and max(map(len, value)) > LONGEST:
                return True
        elif isinstance(value, list | tuple):
            rest += value
    return False


def _truncated(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}… ({len(value) - LONGEST} more characters)"
    if isinstance(value, dict):
        return {_truncated(name): _truncated(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_truncated(item) for item in value]
    return value
