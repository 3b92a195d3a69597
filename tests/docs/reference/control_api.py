"""The control API: its operations by tag, from its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox import specs
from tests.docs.reference.markdown import code, sentence, table

_METHODS = ("get", "put", "post", "patch", "delete")
_EVERYWHERE = {"401", "403", "405", "413", "415"}  # the page says when these are given


def operations() -> str:
    document = specs.load("sandbox_control")
    sections = []
    for tag in document["tags"]:
        sections.append(f"## {tag['name'].capitalize()}\n\n{sentence(tag['description'])}")
        for path, item in document["paths"].items():
            sections += [
                _operation(document, method, path, item)
                for method in _METHODS
                if method in item and tag["name"] in item[method]["tags"]
            ]
    return "\n\n".join(sections)


def _operation(document: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any]) -> str:
    operation = item[method]
    parts = [f"### {method.upper()} {path}", f"{sentence(operation['summary'])} {operation.get('description', '')}"]
    parameters = [
        specs.resolve_reference(document, each)
        for each in [*item.get("parameters", ()), *operation.get("parameters", ())]
    ]
    if parameters:
        parts.append(table(("parameter", "in", "type", "meaning"), [_parameter(document, each) for each in parameters]))
    body = operation.get("requestBody")
    if body is not None:
        parts.append(_body(document, specs.resolve_reference(document, body)))
    rows = [
        (code(str(status)), specs.resolve_reference(document, response)["description"])
        for status, response in operation["responses"].items()
        if str(status) not in _EVERYWHERE
    ]
    parts.append(table(("status", "meaning"), rows))
    return "\n\n".join(parts)


def _parameter(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> tuple[str, ...]:
    schema = specs.resolve_reference(document, parameter["schema"])
    required = " (required)" if parameter.get("required") and parameter["in"] != "path" else ""
    return (
        code(parameter["name"]),
        parameter["in"],
        _type(document, schema),
        parameter.get("description", "") + required,
    )


def _body(document: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    schema = specs.resolve_reference(document, next(iter(body["content"].values()))["schema"])
    properties: Mapping[str, Any] = schema.get("properties", {})
    if not properties:
        return f"Body: {schema.get('description') or 'any JSON object.'}"
    required = schema.get("required", ())
    rows = []
    for name, declared in properties.items():
        described = specs.resolve_reference(document, declared)
        meaning = declared.get("description") or described.get("description", "")
        rows.append((code(name), _type(document, described), f"{meaning}{' (required)' if name in required else ''}"))
    return table(("property of the body", "type", "meaning"), rows)


def _type(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(code(str(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(document, specs.resolve_reference(document, schema['items'])) or 'values'}"
    named = schema.get("format") or schema.get("type") or "any"
    bounds = [
        f"{word} {schema[key]}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in schema
    ]
    default = [f"default {schema['default']}"] if "default" in schema else []
    return ", ".join([str(named), *bounds, *default])
