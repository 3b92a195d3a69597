"""Compiles OpenAPI schemas to JSON Schema validators, and turns their errors into messages by path.

OpenAPI 3.0 schemas are JSON Schema Draft 4 except for `nullable`, which is rewritten; integer formats become bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from pii_sandbox.mockserver.problems import Malformed

_UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID = re.compile(_UUID_PATTERN)
_BOUNDS = {"int32": 2**31, "int64": 2**63}
_SERVICE = frozenset(
    {"pattern", "format", "enum"}
)  # keywords that the service checks in place of the schema (x-unprocessable)
_CHILD_MAPS = ("properties", "patternProperties", "definitions")
_CHILD_LISTS = ("allOf", "anyOf", "oneOf")
_CHILDREN = ("items", "not", "additionalProperties")
_NOT_SCHEMA = frozenset({"example", "examples", "nullable", "discriminator", "xml", "externalDocs", "components"})


def draft4(schema: Any, *, lenient: bool = False) -> Any:
    """Convert an OpenAPI schema to Draft 4. `lenient`: without the constraints that the service checks (422)."""
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _NOT_SCHEMA or key.startswith("x-"):
            continue
        if lenient and schema.get("x-unprocessable") and key in _SERVICE:
            continue
        if key == "enum" and schema.get("x-extensible"):
            continue  # the handler decides which further values are valid
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


_STRICT_EMAIL = jsonschema_rs.Draft4Validator({"format": "email"}, validate_formats=True)


def _is_email(text: str) -> bool:
    """`*` counts as a letter: a client can write back the email of a masked read, and the vendor stores it."""
    return _STRICT_EMAIL.is_valid(text.replace("*", "x"))


def compile_validator(schema: Any, *, lenient: bool = False) -> jsonschema_rs.Draft4Validator:
    """Compile a validator that checks formats. Its messages do not repeat the value, which may be personal data."""
    return jsonschema_rs.Draft4Validator(
        draft4(schema, lenient=lenient),
        validate_formats=True,
        mask="the value",
        formats={"uuid": _is_uuid, "email": _is_email},
    )


def component_validator(
    document: Mapping[str, Any], name: str, *, validate_formats: bool
) -> jsonschema_rs.Draft4Validator:
    """Compile a validator of a component schema of a loaded document. Its messages do not repeat the value either."""
    known = {other: draft4(schema) for other, schema in document["components"]["schemas"].items()}
    return jsonschema_rs.Draft4Validator(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": known}},
        validate_formats=validate_formats,
        mask="the value",
        formats={"uuid": _is_uuid, "email": _is_email},
    )


def with_uuid_patterns(schema: Any) -> Any:
    """Return the schema with `format: uuid` replaced by a pattern.

    For validators of responses, which rarely report an error: a custom format is a call into Python, which takes longer
    than the rest of the validation. The message of a pattern is less readable.
    """
    if isinstance(schema, list):
        return [with_uuid_patterns(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: with_uuid_patterns(value) for key, value in schema.items()}
    if inner.get("format") == "uuid" and "pattern" not in inner:
        inner["pattern"] = f"^{_UUID_PATTERN}$"
        del inner["format"]
    return inner


def validation_errors(validator: jsonschema_rs.Draft4Validator, value: Any, limit: int = 20) -> dict[str, list[str]]:
    """Return error messages by dotted path; empty if the value is valid.

    A missing property is reported under its own path. Collection stops at `limit` paths.
    """
    errors: dict[str, list[str]] = {}
    for error in validator.iter_errors(value):
        for path, message in _leaves(error):
            messages = errors.setdefault(path, [])
            if message not in messages:
                messages.append(message)
        if len(errors) >= limit:
            break
    return errors


def refuse_invalid(validator: jsonschema_rs.Draft4Validator, value: Any, place: str = "") -> None:
    """Raise Malformed for a value that is not valid, with its errors by path; `place` comes before each path."""
    errors = {place + path: messages for path, messages in validation_errors(validator, value).items()}
    if errors:
        path, messages = next(iter(errors.items()))
        raise Malformed(f"{path or 'document'}: {messages[0]}", errors=errors)


def _leaves(error: Any) -> list[tuple[str, str]]:
    """Return paths and messages of an error; for a rewritten `nullable`, those of the branch that is not null."""
    kind = error.kind.as_dict()
    if error.kind.name == "anyOf" and len(kind.get("context", ())) == 2:
        inner = [leaf for leaf in kind["context"][0] if leaf is not None]
        if inner:
            return [pair for leaf in inner for pair in _leaves(leaf)]
    message = _none_of_types(kind) if error.kind.name == "anyOf" else None
    parts = [str(part) for part in error.instance_path]
    if "property" in kind:
        parts.append(kind["property"])
    return [(".".join(parts), message or error.message)]


def _none_of_types(kind: Mapping[str, Any]) -> str | None:
    """Return the message of an `anyOf` whose schemas only name types, which its own message does not list."""
    leaves = [leaf for branch in kind.get("context", ()) for leaf in branch]
    types = [name for leaf in leaves if leaf.kind.name == "type" for name in leaf.kind.as_dict()["types"]]
    if len(types) < len(leaves) or not types:
        return None
    return f"must be {' or '.join(filter(None, (', '.join(types[:-1]), types[-1])))}"


def property_rule(schema: Mapping[str, Any], path: str) -> str | None:
    """Return the innermost `x-rule` on the way to the property at `path`, or None."""
    rule = None
    node: Any = schema
    for part in path.split("."):
        node = (
            node.get("items", {}) if part.isdecimal() and "items" in node else node.get("properties", {}).get(part, {})
        )
        rule = node.get("x-rule", rule)
    return rule
