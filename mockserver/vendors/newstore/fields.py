"""Validation of the properties of a document that the control API stores. Each check raises Malformed with the name."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.vendors.newstore.collections import Value, attribute_texts


def refuse_unknown_properties(document: Value, id: str, *known: str) -> None:
    """Refuse unknown properties, and an `id` that differs from the one in the path."""
    for name in document:
        if name not in ("id", *known):
            _refuse(name, "is not a property of this collection")
    if document.get("id", id) != id:
        _refuse("id", "is not the id in the path")


def require_text(document: Value, name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else _refuse(name, "must be a text")


def optional_text(document: Value, name: str) -> str | None:
    return None if document.get(name) is None else require_text(document, name)


def require_media_type(document: Value, name: str) -> str:
    """Return a text that is valid in a Content-Type header."""
    value = require_text(document, name)
    if "/" not in value or not value.isascii() or not value.isprintable():
        _refuse(name, "must be a media type")
    return value


def days(document: Value, name: str) -> int | None:
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        _refuse(name, "must be a whole number, 1 or more")
    return value


def optional_instant(document: Value, name: str, default: datetime) -> datetime:
    """Return the instant of an RFC 3339 text; `default` if the property is absent."""
    value = optional_text(document, name)
    if value is None:
        return default
    try:
        return times.parse(value)
    except ValueError:
        _refuse(name, "must be an RFC 3339 date-time")


def attributes(document: Value) -> dict[str, Any]:
    """Return the extended attributes, each {data_type, value}."""
    name = "extended_attributes"
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        _refuse(name, "must be an object")
    for key, attribute in value.items():
        if not isinstance(attribute, dict) or set(attribute) != {"data_type", "value"}:
            _refuse(f"{name}.{key}", "must be {data_type, value}")
        require_text(attribute, "data_type")
        if not isinstance(attribute["value"], str | int | float):
            _refuse(f"{name}.{key}", "must have a text, a number or a boolean as its value")
    return attribute_texts(value)


def _refuse(name: str, message: str) -> NoReturn:
    raise Malformed(f"{name}: {message}", errors={name: [message]})
