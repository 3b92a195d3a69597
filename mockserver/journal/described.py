"""What the documents say of an operation's values: which are personal, which are secret, which are not known at all."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import specs
from specs import Dialect, Operation

PERSONAL = ("x-pii", "x-masked")
SECRET = "x-secret"
API_OF: Mapping[str, str] = {name: api for api, names in specs.APIS.items() for name in names}
_UNIONS = ("allOf", "anyOf", "oneOf")

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as its document defines it. `parameters` by place and name (header names in lower case); `request`
    and `answers` hold a schema by media type, `answers` by status first."""

    facts: Operation
    document: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Schema]
    request: Mapping[str, Schema]
    answers: Mapping[str, Mapping[str, Schema]]
    definition: Mapping[str, Any]

    def answer(self, status: int) -> Mapping[str, Schema]:
        """The documented media types of that status; empty for an undocumented one."""
        return self.answers.get(str(status), self.answers.get("default", {}))

    def of(self, place: str) -> dict[str, Schema]:
        """The parameters at `path`, `query` or `header`, by name."""
        return {name: parameter for (where, name), parameter in self.parameters.items() if where == place}


@functools.cache
def described(document: str, operation_id: str, dialect: Dialect) -> Described:
    """Raises KeyError where the document has no such operation."""
    facts, loaded = specs.operations(document, dialect)[operation_id], specs.load(document, dialect)
    item = loaded["paths"][facts.path.removeprefix(specs.base_path(loaded))]
    definition = item[facts.method.lower()]
    listed = (*item.get("parameters", ()), *definition.get("parameters", ()))
    resolved = functools.partial(specs.resolved, loaded)
    body = resolved(definition.get("requestBody", {}))
    answers = {status: resolved(answer) for status, answer in definition["responses"].items()}
    return Described(
        facts,
        loaded,
        {_key(parameter): parameter for parameter in map(resolved, listed)},
        _schemas(body),
        {str(status): _schemas(answer) for status, answer in answers.items()},
        definition,
    )


def _key(parameter: Schema) -> tuple[str, str]:
    name = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _schemas(content: Mapping[str, Any]) -> Mapping[str, Schema]:
    return {name: media.get("schema", {}) for name, media in content.get("content", {}).items()}


@functools.cache
def all_operations(dialect: Dialect) -> tuple[Operation, ...]:
    """Every operation of a vendor, in the order of the documents."""
    names = (name for name, api in API_OF.items() if api != "sandbox")
    return tuple(facts for name in names for facts in specs.operations(name, dialect).values())


def operations_at(path: str, dialect: Dialect) -> list[Operation]:
    """The operations of that very path, whatever their methods."""
    segments = [unquote(segment) for segment in path.removeprefix("/").split("/")]
    return [facts for facts in all_operations(dialect) if _leads(facts.path.removeprefix("/").split("/"), segments)]


def _leads(template: Sequence[str], segments: Sequence[str]) -> bool:
    if len(template) != len(segments):
        return False
    return all(part.startswith("{") or part == segment for part, segment in zip(template, segments, strict=True))


@functools.cache
def credential_headers() -> frozenset[str]:
    """The headers, in lower case, in which some API takes credentials."""
    found = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
    for name in API_OF:
        schemes = specs.load(name).get("components", {}).get("securitySchemes", {}).values()
        found |= {scheme["name"].lower() for scheme in schemes if scheme.get("in") == "header"}
    return frozenset(found)


@functools.cache
def fixed_segments() -> frozenset[str]:
    """The words that stand in the documents' paths."""
    segments = (part for facts in all_operations("guide") for part in facts.path.split("/"))
    return frozenset(segment for segment in segments if segment and not segment.startswith("{"))


def nearest(segment: str, words: Iterable[str]) -> str | None:
    """The word that the segment may be a slip of."""
    return next(iter(difflib.get_close_matches(segment, list(words), 1, 0.75)), None)


def flattened(document: Mapping[str, Any], schemas: Iterable[Any]) -> Iterator[Schema]:
    """The schemas with `$ref`s followed, and the parts that they are put together from."""
    for schema in schemas:
        node = specs.resolved(document, schema)
        if isinstance(node, dict):
            yield node
            for union in _UNIONS:
                yield from flattened(document, node.get(union, ()))


def inner(schemas: Iterable[Schema], name: str) -> list[Any]:
    """What the schemas say of a property: as themselves, or of any further one."""
    known = list(schemas)
    found = [schema["properties"][name] for schema in known if name in schema.get("properties", {})]
    if found:
        return found
    further = (schema.get("additionalProperties") for schema in known)
    return [other for other in further if isinstance(other, dict) and other]


def items(schemas: Iterable[Schema]) -> list[Any]:
    return [schema["items"] for schema in schemas if "items" in schema]


def is_marked(schemas: Iterable[Schema], *marks: str) -> bool:
    return any(schema.get(mark) is True for schema in schemas for mark in marks)
