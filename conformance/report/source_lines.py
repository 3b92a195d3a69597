"""Source lines of operations in the OpenAPI documents."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from pii_sandbox import specs


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a document, counted from 1."""

    document: str
    line: int


def source_line(api: str, operation_id: str | None) -> SourceLine:
    """Where the operation stands; the beginning of the API's first document for one that there is none of."""
    for document in specs.APIS[api]:
        line = _lines(document).get(operation_id or "")
        if line is not None:
            return SourceLine(document, line)
    return SourceLine(specs.APIS[api][0], 1)


@functools.cache
def _lines(document: str) -> Mapping[str, int]:
    """The line of each operation, by its id."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = yaml.compose(specs.path(document).read_bytes(), loader)
    return {
        operation_id.value: method.start_mark.line + 1
        for name, paths in _entries(root)
        if name.value == "paths"
        for _, item in _entries(paths)
        for method, operation in _entries(item)
        for key, operation_id in _entries(operation)
        if key.value == "operationId"
    }


def _entries(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
