"""Parses HTTP bodies: JSON, forms, texts and bytes, with a limit on nesting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

FORM = "application/x-www-form-urlencoded"
DEEPEST = 100  # levels of nesting
CONTAINERS = (dict, list)  # a third of the time of `dict | list`, which is made anew for each look


@dataclass(frozen=True, slots=True)
class Content:
    """A parsed body. `kind`: none, json, form, text, bytes; omitted if it was too large to store or was never read."""

    kind: str
    value: Any = None
    media_type: str = ""


def parsed_content(raw: bytes, media_type: str) -> Content:
    """Parse a body. JSON is parsed under any media type but that of forms, since clients often declare a wrong one."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Content("bytes", raw, media_type)
    if media_type == FORM:
        return Content("form", parse_form(text), media_type)
    try:
        return Content("json", parse_json(text), media_type)
    except ValueError:
        return Content("text", text, media_type)


def parse_json(text: str) -> Any:
    """Parse JSON. Raises ValueError for invalid JSON (NaN is invalid) and for nesting deeper than DEEPEST."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested deeper than the caller's stack allows") from None
    if text.count("[") + text.count("{") > DEEPEST and _is_deep(value):
        raise ValueError(f"nested over {DEEPEST} levels")
    return value


def replace_surrogates(text: str) -> str:
    """Return the text with lone surrogates replaced, since they cannot be encoded."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def scalar_text(value: Any) -> str:
    """Return a JSON scalar as text; an integer too long for Python's decimal conversion in hex digits."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    try:
        return str(value)
    except ValueError:
        return hex(value)


def wellformed_json(value: Any) -> Any:
    """Return a JSON value with lone surrogates replaced in all texts and property names."""
    if isinstance(value, str):
        return replace_surrogates(value)
    if isinstance(value, list):
        return [wellformed_json(item) for item in value]
    if isinstance(value, dict):
        return {replace_surrogates(name): wellformed_json(inner) for name, inner in value.items()}
    return value


def parse_form(text: str) -> dict[str, Any]:
    """Parse a form; the value of a repeated field is a list."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _is_deep(value: Any) -> bool:
    """Whether a JSON value is nested deeper than DEEPEST."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if type(inner) is not str and isinstance(inner, CONTAINERS)  # the first spares most of the time
        ]
    return bool(level)


def _refuse_constant(constant: str) -> Any:
    raise ValueError(constant)
