"""Bodies, parsed: JSON, forms, texts and bytes, under a bound on depth."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
DEEPEST = 100

_BRACKET = re.compile(r'[\[{}\]]|"(?:[^"\\]|\\.)*+"?', re.DOTALL)  # or a string, in which brackets do not count
_LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}
_SURROGATE = re.compile("[\ud800-\udfff]")


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
        return Content("form", parsed_form(text), media_type)
    try:
        return Content("json", parsed_json(text), media_type)
    except ValueError:
        return Content("text", text, media_type)


def parsed_json(text: str) -> Any:
    """Raises ValueError for what is no JSON (NaN is none) and for what is nested deeper than DEEPEST."""
    if _depth(text) > DEEPEST:
        raise ValueError(f"nested over {DEEPEST} levels")
    try:
        return json.loads(text, parse_constant=_refused)
    except RecursionError:
        raise ValueError("nested deeper than the caller's stack allows") from None


def wellformed(text: str) -> str:
    """The text without halves of characters, which nothing can encode."""
    return text if text.isascii() or not _SURROGATE.search(text) else text.encode("utf-8", "replace").decode()


def written(value: Any) -> str:
    """A JSON value as text; of an integer that is too long for Python to write so, the hex digits."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    try:
        return str(value)
    except ValueError:
        return hex(value)


def wellformed_json(value: Any) -> Any:
    """The same in every text of a JSON value; names too."""
    if isinstance(value, str):
        return wellformed(value)
    if isinstance(value, list):
        return [wellformed_json(item) for item in value]
    if isinstance(value, dict):
        return {wellformed(name): wellformed_json(inner) for name, inner in value.items()}
    return value


def parsed_form(text: str) -> dict[str, Any]:
    """The fields of a form; a list where a name comes more than once."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _depth(text: str) -> int:
    """How deep brackets are nested, at most."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += _LEVELS.get(bracket, 0)
        deepest = max(deepest, depth)
    return deepest


def _refused(constant: str) -> Any:
    raise ValueError(constant)
