"""Parses the JSON of requests and responses, which may be none."""

from __future__ import annotations

import json
from typing import Any


def json_or_none(content: bytes) -> Any:
    """Return the JSON value of a body; None if it is no JSON, or is nested too deeply to be read."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
