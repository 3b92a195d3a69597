"""Operation schemas: the schemas that a document defines for the parameters and bodies of one operation."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pii_sandbox import specs
from pii_sandbox.redaction.schema_marks import Schema, SchemaMark, SchemaNode
from pii_sandbox.specs import Dialect, Operation

API_OF: Mapping[str, str] = {name: api for api, names in specs.APIS.items() for name in names}


@dataclass(frozen=True, eq=False)
class OperationSchemas:
    """The schemas of one operation.

    `parameters`: by location and name (header names in lower case). `request`: by media type. `responses`: by status
    and media type.
    """

    facts: Operation
    document: Mapping[str, Any]
    parameters: Mapping[tuple[str, str], Schema]
    request: Mapping[str, Schema]
    responses: Mapping[str, Mapping[str, Schema]]
    definition: Mapping[str, Any]

    def response(self, status: int | None) -> Mapping[str, Schema]:
        """Return the schemas of a status by media type; empty for an undocumented status."""
        return self.responses.get(str(status), self.responses.get("default", {}))

    def node(self, *schemas: Schema) -> SchemaNode:
        """Return the cached node of these schemas of the document."""
        key = tuple(map(id, schemas))  # they live as long as the document
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = SchemaNode(self.document, schemas)
        return node

    def location_of(self, name: str) -> str | None:
        """Return the location of a parameter: path, query or header; None for an undocumented one."""
        lower = name.lower()
        return next((at for at, known in self.parameters if known == (lower if at == "header" else name)), None)

    def parameter_mark(self, location: str, name: str) -> SchemaMark | None:
        """Return the mark of a documented parameter; None if it has none."""
        parameter = self.parameters[location, name.lower() if location == "header" else name]
        return self.node(parameter, parameter.get("schema", {})).mark(name)

    @functools.cached_property
    def _nodes(self) -> dict[tuple[int, ...], SchemaNode]:
        return {}

    def of(self, location: str) -> dict[str, Schema]:
        """Return the parameters of `path`, `query` or `header`, by name."""
        return {name: parameter for (at, name), parameter in self.parameters.items() if at == location}


@functools.cache
def operation_schemas(document: str, operation_id: str, dialect: Dialect) -> OperationSchemas:
    """Return the schemas of an operation. Raises KeyError for an unknown one."""
    facts, loaded = specs.operations(document, dialect)[operation_id], specs.load(document, dialect)
    item = loaded["paths"][facts.path.removeprefix(specs.base_path(loaded))]
    definition = item[facts.method.lower()]
    listed = (*item.get("parameters", ()), *definition.get("parameters", ()))
    resolved = functools.partial(specs.resolve_reference, loaded)
    body = resolved(definition.get("requestBody", {}))
    responses = {status: resolved(response) for status, response in definition["responses"].items()}
    return OperationSchemas(
        facts,
        loaded,
        {_key(parameter): parameter for parameter in map(resolved, listed)},
        _schemas(body),
        {str(status): _schemas(response) for status, response in responses.items()},
        definition,
    )


def _key(parameter: Schema) -> tuple[str, str]:
    name = parameter["name"]
    return parameter["in"], name.lower() if parameter["in"] == "header" else name


def _schemas(content: Mapping[str, Any]) -> Mapping[str, Schema]:
    return {name: media.get("schema", {}) for name, media in content.get("content", {}).items()}


@functools.cache
def all_operations(dialect: Dialect) -> tuple[Operation, ...]:
    """Return the operations of all vendors, in the order of the documents."""
    names = (name for name, api in API_OF.items() if api != "sandbox")
    return tuple(facts for name in names for facts in specs.operations(name, dialect).values())


def operations_at(path: str, dialect: Dialect) -> list[Operation]:
    """Return the operations at exactly that path, of all methods."""
    segments = [unquote(segment) for segment in path.removeprefix("/").split("/")]
    return [facts for facts in all_operations(dialect) if _matches(facts.path.removeprefix("/").split("/"), segments)]


def _matches(template: Sequence[str], segments: Sequence[str]) -> bool:
    if len(template) != len(segments):
        return False
    return all(part.startswith("{") or part == segment for part, segment in zip(template, segments, strict=True))


@functools.cache
def fixed_segments() -> frozenset[str]:
    """Return all fixed segments of the documents' path templates."""
    segments = (part for facts in all_operations("guide") for part in facts.path.split("/"))
    return frozenset(segment for segment in segments if segment and not segment.startswith("{"))


def corrected_segment(segment: str, words: Iterable[str]) -> str | None:
    """Return the word that the segment is probably a misspelling of, or None."""
    return next(iter(difflib.get_close_matches(segment, list(words), 1, 0.75)), None)
