"""Schemas of the documents as compiled validators, and what they find wrong as problems.

OpenAPI 3.0 schemas are JSON Schema Draft 4 but for `nullable`, which is rewritten; 64-bit formats become bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

_UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID = re.compile(_UUID_PATTERN)
_BOUNDS = {"int32": 2**31, "int64": 2**63}
_SERVICE = frozenset({"pattern", "format", "enum"})  # what x-unprocessable takes out of the schema's hands
_CHILD_MAPS = ("properties", "patternProperties", "definitions")
_CHILD_LISTS = ("allOf", "anyOf", "oneOf")
_CHILDREN = ("items", "not", "additionalProperties")
_NOT_SCHEMA = frozenset({"example", "examples", "nullable", "discriminator", "xml", "externalDocs", "components"})


def draft4(schema: Any, *, lenient: bool = False) -> Any:
    """The schema in Draft 4. `lenient` leaves out what only the service, not the schema, refuses (x-unprocessable)."""
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NOT_SCHEMA or key.startswith("x-"):
            continue
        if lenient and schema.get("x-unprocessable") and key in _SERVICE:
            continue
        if key == "enum" and schema.get("x-extensible"):
            continue  # the handler has the last word
        out[key] = _child(key, value, lenient)
    bound = _BOUNDS.get(out.get("format", ""))
    if bound is not None:
        out.setdefault("minimum", -bound)
        out.setdefault("maximum", bound - 1)
    return _nullable(out) if schema.get("nullable") else out


def _child(key: str, value: Any, lenient: bool) -> Any:
    if key in _CHILD_MAPS:
        return {name: draft4(inner, lenient=lenient) for name, inner in value.items()}
    if key in _CHILD_LISTS:
        return [draft4(inner, lenient=lenient) for inner in value]
    if key in _CHILDREN:
        return draft4(value, lenient=lenient)
    return value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def compiled(schema: Any, *, lenient: bool = False) -> jsonschema_rs.Draft4Validator:
    """A validator that checks formats and whose messages do not repeat the value (it may be personal data)."""
    return jsonschema_rs.Draft4Validator(
        draft4(schema, lenient=lenient), validate_formats=True, mask="the value", formats={"uuid": _is_uuid}
    )


def by_patterns(schema: Any) -> Any:
    """The same schema, whose uuids are told by a pattern.

    For what is checked and hardly ever told: a format of ours is a call into Python, longer than all the rest together.
    """
    if isinstance(schema, list):
        return [by_patterns(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: by_patterns(value) for key, value in schema.items()}
    if inner.get("format") == "uuid" and "pattern" not in inner:
        inner["pattern"] = f"^{_UUID_PATTERN}$"
        del inner["format"]
    return inner


def found(validator: jsonschema_rs.Draft4Validator, value: Any, limit: int = 20) -> dict[str, list[str]]:
    """What is wrong, by dotted path (a missing property by its own); empty where nothing is."""
    errors: dict[str, list[str]] = {}
    for error in validator.iter_errors(value):
        for path, message in _leaves(error):
            messages = errors.setdefault(path, [])
            if message not in messages:
                messages.append(message)
        if len(errors) >= limit:
            break
    return errors


def _leaves(error: Any) -> list[tuple[str, str]]:
    """A failure of `anyOf` with null, as `nullable` is rewritten, is told as the failure of the other branch."""
    kind = error.kind.as_dict()
    if error.kind.name == "anyOf" and len(kind.get("context", ())) == 2:
        inner = [leaf for leaf in kind["context"][0] if leaf is not None]
        if inner:
            return [pair for leaf in inner for pair in _leaves(leaf)]
    parts = [str(part) for part in error.instance_path]
    if "property" in kind:
        parts.append(kind["property"])
    return [(".".join(parts), error.message)]


def property_rule(schema: Mapping[str, Any], path: str) -> str | None:
    """The `x-rule` nearest to the property at `path`."""
    rule = None
    node: Any = schema
    for part in path.split("."):
        node = (
            node.get("items", {}) if part.isdecimal() and "items" in node else node.get("properties", {}).get(part, {})
        )
        rule = node.get("x-rule", rule)
    return rule
