"""Truncates long texts in journal entries: their beginning, and the number of characters left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LONGEST = 4096  # characters of one text
_WITHOUT_TEXT = frozenset({int, float, bool, type(None)})


def truncate(value: Any) -> Any:
    """Return a JSON-like value with texts and names truncated to `LONGEST` characters; a copy if one is longer.

    Call it after pseudonymization: half of an address or a number would no longer be detected.
    """
    return _truncate(value) if _has_long_text(value) else value


def _has_long_text(value: Any) -> bool:
    rest: list[Iterable[Any]] = [(value,)]
    for values in rest:  # which grows on the way
        for each in values:
            if type(each) in _WITHOUT_TEXT:
                continue
            if isinstance(each, str):
                if len(each) > LONGEST:
                    return True
            elif isinstance(each, dict):
                if each and max(map(len, each)) > LONGEST:
                    return True
                rest.append(each.values())
            elif isinstance(each, list | tuple):
                rest.append(each)
    return False


def _truncate(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}… ({len(value) - LONGEST} more characters)"
    if isinstance(value, dict):
        return {_truncate(name): _truncate(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_truncate(item) for item in value]
    return value
