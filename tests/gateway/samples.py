"""Values for schemas of OpenAPI 3.0: one that fits, and what comes of it by one change."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from pii_sandbox import specs

Node = Mapping[str, Any]

FORMATS = {
    "uuid": "70caf394-8534-447e-a0ca-1803c669c771",
    "date-time": "2024-01-31T12:00:00Z",
    "date": "2024-01-31",
    "email": "ana@example.com",
    "uri": "https://example.com/a",
}
WRONG: Mapping[str, Any] = {"string": 7, "integer": "7", "number": "7", "boolean": "true", "array": {}, "object": []}


def valid_value(document: Node, schema: Node) -> Any:
    """The example, else a value with all properties that the schema names."""
    schema = flatten(document, schema)
    for key in ("example", "default"):
        if key in schema:
            return copy.deepcopy(schema[key])
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type", "object" if "properties" in schema else None):
        case "object":
            properties = schema.get("properties", {}).items()
            return {name: valid_value(document, inner) for name, inner in properties if _is_allowed(document, inner)}
        case "array":
            return [valid_value(document, schema["items"])]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return FORMATS.get(schema.get("format", ""), "text".ljust(schema.get("minLength", 0), "x"))
    return "anything"


def _is_allowed(document: Node, schema: Node) -> bool:
    return bool(specs.resolve_reference(document, schema).get("not") != {})


def flatten(document: Node, schema: Node) -> dict[str, Any]:
    """The schema with its `allOf`, and the first of its `oneOf` or `anyOf`, put into it."""
    whole = dict(specs.resolve_reference(document, schema))
    parts = [*whole.pop("allOf", ()), *whole.pop("oneOf", ())[:1], *whole.pop("anyOf", ())[:1]]
    for part in parts:
        inner = flatten(document, part)
        properties = {**inner.get("properties", {}), **whole.get("properties", {})}
        required = [*inner.get("required", ()), *whole.get("required", ())]
        whole = {**inner, **whole}
        whole |= {"properties": properties} if properties else {}
        whole |= {"required": required} if required else {}
    return whole


def _list(schema: Node) -> str:
    return "an open list" if schema.get("x-extensible") else "a list"


def _refuser(schema: Node) -> str:
    """The document says of some constraints that the service, not the schema, refuses."""
    return " of the service" if schema.get("x-unprocessable") else ""


def odd_texts(schema: Node) -> Iterator[tuple[str, str]]:
    """Texts for a parameter that break its schema, or are written oddly: kind and text."""
    if schema.get("type") in ("integer", "number"):
        odd = {
            "a word": "seven",
            "a fraction": "1.5",
            "a whole fraction": "1.0",
            "an exponent": "1e1",
            "a plus sign": "+1",
            "leading zeros": "007",
            "space around": " 1 ",
            "an underscore": "1_0",
            "digits of another script": "\u0661",
            "a very long integer": "9" * 30,
            "null": "null",
        }
        yield from odd.items()
        for key, step in (("minimum", -1), ("maximum", 1)):
            if key in schema:
                yield f"beyond the {key}", str(schema[key] + step)
                yield f"the {key}", str(schema[key])
        return
    if "enum" in schema:
        yield f"no member of {_list(schema)}", "nobody"
        yield f"another case than in {_list(schema)}", str(schema["enum"][0]).swapcase()
    if "format" in schema:
        yield f"no {schema['format']}", "nonsense"
    if "pattern" in schema:
        yield "outside the pattern", "\u00a7"
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)


def changed_values(document: Node, schema: Node, value: Any) -> Iterator[tuple[str, Any]]:
    """The value with one thing changed, at any depth: kind and whole value."""
    schema = flatten(document, schema)
    yield from _replacements(schema, value)
    if isinstance(value, dict):
        yield from _properties(document, schema, value)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                for kind, new in changed_values(document, inner, value[name]):
                    yield kind if kind.endswith("inside") else f"{kind} inside", {**value, name: new}
    if isinstance(value, list) and value:
        yield "an empty list", []
        if "maxItems" in schema:
            yield "too long a list", value[:1] * (schema["maxItems"] + 1)
        if schema.get("uniqueItems"):
            yield "an item twice", [value[0], value[0]]
        for kind, new in changed_values(document, schema["items"], value[0]):
            yield kind if kind.endswith("inside") else f"{kind} inside", [new]


def _replacements(schema: Node, value: Any) -> Iterator[tuple[str, Any]]:
    kind = schema.get("type", "")
    if kind in WRONG:
        yield f"another type than {kind}", WRONG[kind]
        yield "null allowed" if schema.get("nullable") else "null not allowed", None
    if "enum" in schema:
        yield f"no member of {_list(schema)}{_refuser(schema)}", "nobody"
    if kind in ("integer", "number"):
        yield from _numbers(schema)
    if kind == "string":
        yield from _strings(schema)


def _numbers(schema: Node) -> Iterator[tuple[str, Any]]:
    yield "a boolean for a number", True
    yield "a whole fraction", 1.0
    yield "a fraction", 1.5
    for key, step in (("minimum", -1), ("maximum", 1)):
        if key in schema:
            yield f"beyond the {key}", schema[key] + step
    if "format" in schema:
        yield f"more than {schema['format']}", 2**64


def _strings(schema: Node) -> Iterator[tuple[str, str]]:
    if "format" in schema:
        yield f"no {schema['format']}", "nonsense"
        yield f"an empty {schema['format']}", ""
    if "pattern" in schema:
        yield f"outside the pattern{_refuser(schema)}", "\u00a7"
    if "minLength" in schema:
        yield "too short", "x" * (schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "too long", "x" * (schema["maxLength"] + 1)
        yield "as long as allowed, in characters of four bytes", "\U0001f600" * schema["maxLength"]


def _properties(document: Node, schema: Node, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    required, further = schema.get("required", ()), schema.get("additionalProperties", True)
    for name in value:
        rest = {key: inner for key, inner in value.items() if key != name}
        yield "a required property missing" if name in required else "an optional property missing", rest
    for name, inner in schema.get("properties", {}).items():
        if not _is_allowed(document, inner):
            yield "a property that may not be there", {**value, name: "there"}
    yield "a property too many" if further is False else "a further property", {**value, "unheard": "of"}
    if isinstance(further, dict):
        yield "a further property that fits its schema", {**value, "unheard": valid_value(document, further)}
    yield "nothing in it", {}
