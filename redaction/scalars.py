"""Scalars of a JSON value with the marks of its schemas, and a copy of the value with other scalars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pii_sandbox.redaction.bodies import CONTAINERS
from pii_sandbox.redaction.schema_marks import SchemaMark, SchemaNode, combined_mark

_SCALARS = frozenset({str, int, float, bool, type(None)})  # half the time of isinstance, for what most values are
Scalar = tuple[Any, str, SchemaMark | None, SchemaNode]  # with its name, its mark, and its schemas


def scalars(value: Any, node: SchemaNode) -> tuple[list[Scalar], set[str]]:
    """Return the scalars of a JSON value in document order, and the property names that no schema defines.

    Takes a fraction of the time of a `Walk`, since it makes no copy; `with_scalars` makes one. Raises RecursionError
    for a value nested deeper than Python's stack allows.
    """
    found: list[Scalar] = []
    undefined: set[str] = set()
    _collect(value, "", node.mark(""), node, found, undefined)
    return found, undefined


def _collect(
    value: Any, name: str, mark: SchemaMark | None, node: SchemaNode, found: list[Scalar], undefined: set[str]
) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            item_node, item_mark, is_defined = node.child(key)
            if not is_defined:
                undefined.add(key)
            if mark is not None:
                item_mark = combined_mark(key, mark, item_node)
            if type(item) in _SCALARS:
                found.append((item, key, item_mark, item_node))
            else:
                _collect(item, key, item_mark, item_node, found, undefined)
    elif isinstance(value, list):
        item_node = node.items
        item_mark = item_node.mark(name) if mark is None else combined_mark(name, mark, item_node)
        for item in value:
            if isinstance(item, CONTAINERS):
                _collect(item, name, item_mark, item_node, found, undefined)
            else:
                found.append((item, name, item_mark, item_node))
    else:
        found.append((value, name, mark, node))


def with_scalars(value: Any, replacement: Callable[[], Any]) -> Any:
    """Return a copy of a JSON value with its scalars, in the order of `scalars`, replaced. Raises RecursionError."""
    if isinstance(value, dict):
        return {
            name: replacement() if type(item) in _SCALARS else with_scalars(item, replacement)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [with_scalars(item, replacement) if isinstance(item, CONTAINERS) else replacement() for item in value]
    return replacement()
