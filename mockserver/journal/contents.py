"""Bodies, taken apart."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Content:
    """A body. `kind`: none, json, form, text, bytes, or omitted where it was too large to keep or never read."""

    kind: str
    value: Any = None
    media_type: str = ""


def parsed_content(raw: bytes, media_type: str) -> Content:
    """What the bytes say: JSON wherever they are JSON, for clients often name another media type."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Content("bytes", raw, media_type)
    if media_type == FORM:
        return Content("form", _form(text), media_type)
    try:
        if _depth(text) > DEEPEST:
            return Content("text", text, media_type)
        return Content("json", json.loads(text, parse_constant=_refused), media_type)
    except ValueError:
        return Content("text", text, media_type)


def wellformed(text: str) -> str:
    """The text without halves of characters, which nothing can encode."""
    return text.encode("utf-8", "replace").decode() if any("\ud800" <= c <= "\udfff" for c in text) else text


def _form(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        fields[name] = [fields[name], value] if name in fields else value
    return fields


def _depth(text: str) -> int:
    """How deep brackets are nested, at most; those in texts count as well."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for bracket in re.findall(r"[\[{}\]]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refused(constant: str) -> Any:
    raise ValueError(constant)
