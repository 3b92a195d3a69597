"""JSON forms shared by several responses of the control API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any

_ABSENT = object()


def rfc3339_text(at: datetime) -> str:
    """Format an instant as RFC 3339 in UTC, with microseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"


def differing_paths(before: Any, now: Any, at: str = "") -> Iterator[str]:
    """Yield the dotted paths of the values that are different in two JSON values, or in one alone; items count from 0.

    A property whose name is an email address is `*` in the path: paths show no personal data.
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        pairs = [(name, before.get(name, _ABSENT), now.get(name, _ABSENT)) for name in {**before, **now}]
    elif isinstance(before, list) and isinstance(now, list):
        pairs = [(str(index), *pair) for index, pair in enumerate(zip_longest(before, now, fillvalue=_ABSENT))]
    else:
        if type(before) is not type(now) or before != now:
            yield at
        return
    for name, earlier, later in pairs:
        shown = "*" if "@" in name else name
        yield from differing_paths(earlier, later, f"{at}.{shown}" if at else shown)
