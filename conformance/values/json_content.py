"""Parses the JSON of requests and responses, which may be none, and lists the texts in a JSON value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def json_or_none(content: bytes) -> Any:
    """Return the JSON value of a body; None if it is no JSON, or is nested too deeply to be read."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def texts(value: Any, *, names: bool = False) -> Iterator[str]:
    """Yield every text in a JSON value, at any depth; with `names` also the names of properties."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        if names:
            yield from value
        for inner in value.values():
            yield from texts(inner, names=names)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, names=names)
