"""Long texts as they are shown: their beginning, and how much more there was."""

from __future__ import annotations

from typing import Any

LONGEST = 4096  # characters of one text


def shortened(value: Any) -> Any:
    """Return a copy of a JSON-like value whose texts and names of properties are cut at `LONGEST` characters.

    To be called with pseudonyms in place: half of an address or a number would no longer be known for one.
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:LONGEST]}… ({len(value) - LONGEST} more characters)"
    if isinstance(value, dict):
        return {shortened(name): shortened(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in value]
    return value
