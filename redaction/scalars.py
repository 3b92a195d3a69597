"""Scalars of a JSON value with the marks of its schemas, and a copy of the value with other scalars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pii_sandbox.redaction.schema_marks import Mark, SchemaNode, combined_mark

Scalar = tuple[Any, str, Mark | None, SchemaNode]  # with its name, its mark, and its schemas


def scalars(value: Any, node: SchemaNode) -> tuple[list[Scalar], set[str]]:
    """Return the scalars of a JSON value of any depth in the order of a `Walk`, and the names that are not defined.

    Takes a third of the time of a `Walk`, since it makes no copy; `with_scalars` makes one.
    """
    found: list[Scalar] = []
    undefined: set[str] = set()
    rest: list[Scalar] = [(value, "", node.mark(""), node)]
    while rest:
        scalar = rest.pop()
        value, name, mark, node = scalar
        if isinstance(value, dict):
            inner: list[Scalar] = []
            for key, item in value.items():
                item_node, item_mark, is_defined = node.child(key)
                if not is_defined:
                    undefined.add(key)
                inner.append((item, key, item_mark if mark is None else combined_mark(key, mark, item_node), item_node))
            inner.reverse()
            rest += inner
        elif isinstance(value, list):
            item_node = node.items
            item_mark = item_node.mark(name) if mark is None else combined_mark(name, mark, item_node)
            rest += [(item, name, item_mark, item_node) for item in reversed(value)]
        else:
            found.append(scalar)
    return found, undefined


def with_scalars(value: Any, replacements: Iterator[Any]) -> Any:
    """Return a copy of a JSON value with its scalars, in the order of `scalars`, replaced. Recursive."""
    if isinstance(value, dict):
        return {
            name: with_scalars(item, replacements) if isinstance(item, dict | list) else next(replacements)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [
            with_scalars(item, replacements) if isinstance(item, dict | list) else next(replacements) for item in value
        ]
    return next(replacements)
