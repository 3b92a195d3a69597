"""What a document says of an operation's answers: schemas by status and media type, what in them is marked, paging."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.json_content import texts
from pii_sandbox.specs import Dialect, Operation


@functools.cache
def response_schemas(name: str, operation_id: str, dialect: Dialect) -> Mapping[str, Mapping[str, Any]]:
    """The schema by media type, by documented status; a status without a body has none."""
    facts = specs.operations(name, dialect)[operation_id]
    loaded = specs.load(name, dialect)
    return {
        str(status): {
            media.lower(): content.get("schema", {})
            for media, content in specs.resolve_reference(loaded, response).get("content", {}).items()
        }
        for status, response in operations.definition(facts, dialect)["responses"].items()
    }


@functools.cache
def assumed_responses(name: str, operation_id: str, dialect: Dialect) -> frozenset[str]:
    """The documented statuses whose body no document of the vendor describes (x-assumed)."""
    facts = specs.operations(name, dialect)[operation_id]
    responses = operations.definition(facts, dialect)["responses"]
    loaded = specs.load(name, dialect)
    return frozenset(
        str(status)
        for status, response in responses.items()
        if specs.resolve_reference(loaded, response).get("x-assumed")
    )


@functools.cache
def server_error_forms(name: str, operation_id: str, dialect: Dialect) -> tuple[frozenset[str], ...]:
    """The properties that a 500 of the vendor's own must have, by each form that the document knows."""
    return error_forms(specs.load(name, dialect), response_schemas(name, operation_id, dialect))


def error_forms(document: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> tuple[frozenset[str], ...]:
    """What is required by the schemas of a 500; where it has none, by those of the other errors."""
    errors = [found for status, found in known.items() if status == "default" or status[0] in "45"]
    chosen = [known["500"]] if known.get("500") else errors
    forms = (frozenset(_required_names(document, schema)) for by_media in chosen for schema in by_media.values())
    return tuple(dict.fromkeys(forms))


def _required_names(document: Mapping[str, Any], node: Any) -> Iterator[str]:
    schema = specs.resolve_reference(document, node)
    yield from schema.get("required", ())
    for part in schema.get("allOf", ()):
        yield from _required_names(document, part)


@functools.cache
def operation_parameters(name: str, operation_id: str, dialect: Dialect) -> tuple[Mapping[str, Any], ...]:
    """The operation's parameters, those of its path too, each with its schema resolved."""
    facts = specs.operations(name, dialect)[operation_id]
    loaded = specs.load(name, dialect)
    template = facts.path.removeprefix(specs.base_path(loaded))
    listed = (
        *loaded["paths"][template].get("parameters", ()),
        *operations.definition(facts, dialect).get("parameters", ()),
    )
    found = (specs.resolve_reference(loaded, parameter) for parameter in listed)
    return tuple(
        {**parameter, "schema": specs.resolve_reference(loaded, parameter.get("schema", {}))} for parameter in found
    )


def schema_error(name: str, operation_id: str, dialect: Dialect, status: str, media: str, body: Any) -> str | None:
    """Where a body breaks the schema of a documented answer, in words that hold nothing of it; None where nowhere."""
    error = next(iter(_validator(name, operation_id, dialect, status, media).iter_errors(body)), None)
    if error is None:
        return None
    place = str(error.absolute_path[0]) if error.absolute_path else "the body"
    return f"{place} breaks {error.validator}"


@functools.cache
def _validator(name: str, operation_id: str, dialect: Dialect, status: str, media: str) -> OAS30Validator:
    schema = response_schemas(name, operation_id, dialect)[status][media]
    # the schema stands in a root that holds what it refers to
    root = {"allOf": [schema], "components": specs.load(name, dialect).get("components", {})}
    return OAS30Validator(root, format_checker=oas30_format_checker)


def marked_texts(
    document: Mapping[str, Any], node: Any, value: Any, keys: Iterable[str], place: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The texts in `value` whose schema, within `node`, carries one of `keys`; each with its place (`*`: an item)."""
    schema = specs.resolve_reference(document, node)
    if not isinstance(schema, Mapping):
        return
    if any(schema.get(key) is True for key in keys):
        yield from ((place, text) for text in texts(value))
        return
    for part in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from marked_texts(document, part, value, keys, place)
    if isinstance(value, Mapping):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            yield from marked_texts(document, properties.get(name, others), inner, keys, (*place, name))
    elif isinstance(value, list) and "items" in schema:
        for item in value:
            yield from marked_texts(document, schema["items"], item, keys, (*place, "*"))


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list pages. `offset + count` may not pass `reach`; `rule` refuses a count outside its bounds."""

    default: int
    minimum: int
    maximum: int
    rule: str | None
    reach: int | None


@functools.cache
def paging(name: str, operation_id: str, dialect: Dialect) -> Paging | None:
    """How an operation pages, None where it has no `count` with a maximum."""
    facts = specs.operations(name, dialect)[operation_id]
    for parameter in operation_parameters(name, operation_id, dialect):
        schema = parameter["schema"]
        if parameter["name"] == "count" and "maximum" in schema:
            bounds = schema.get("default", 0), schema.get("minimum", 0), schema["maximum"]
            return Paging(*bounds, parameter.get("x-rule"), facts.reach)
    return None


def request_bodies(facts: Operation, dialect: Dialect) -> Iterator[Any]:
    """The schemas of the body that the operation takes, one a media type."""
    loaded = specs.load(facts.document, dialect)
    body = specs.resolve_reference(loaded, operations.definition(facts, dialect).get("requestBody", {}))
    yield from (content.get("schema", {}) for content in body.get("content", {}).values())
