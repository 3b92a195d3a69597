"""Scalars of a JSON value with the marks of its schemas: names, order, what they inherit, what is undefined."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction.scalars import scalars, with_scalars
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark, SchemaNode, SchemaWalker

DOCUMENT: dict[str, Any] = {
    "properties": {
        "email": {"x-pii": True},
        "note": {"type": "string"},
        "tags": {"items": {"x-pii": True}},
        "address": {"x-pii": True, "properties": {"city": {"enum": ["Rome"]}, "pin": {"x-secret": True}}},
        "keys": {"x-secret": True, "items": {"x-masked": True, "properties": {"id": {"x-pii": True}}}},
    }
}
VALUES: dict[str, tuple[Any, list[tuple[Any, str, SchemaMark | None]], set[str]]] = {
    "a scalar": ("Ana", [("Ana", "", None)], set()),
    "properties in their order": (
        {"note": 1, "email": "a@b.cd", "more": None},
        [(1, "note", None), ("a@b.cd", "email", SchemaMark("email")), (None, "more", None)],
        {"more"},
    ),
    "items have the name of their list": (
        {"tags": ["a", True, {"b": 2}, ["c"]]},
        [
            ("a", "tags", SchemaMark("tags")),
            (True, "tags", SchemaMark("tags")),
            (2, "b", SchemaMark("b", inherited=True)),
            ("c", "tags", SchemaMark("tags", inherited=True)),
        ],
        {"b"},
    ),
    "a marked object marks what is in it": (
        {"address": {"city": "Rome", "pin": 7, "x": {"y": 1.5}}},
        [
            ("Rome", "city", SchemaMark("city", inherited=True)),
            (7, "pin", SchemaMark("pin", secret=True)),
            (1.5, "y", SchemaMark("y", inherited=True)),
        ],
        {"x", "y"},
    ),
    "what is in a secret is secret": (
        {"keys": [{"id": "a"}, "b"]},
        [("a", "id", SchemaMark("id", secret=True)), ("b", "keys", SchemaMark("keys", secret=True, masked=True))],
        set(),
    ),
    "lists in lists without schemas": ([["a"], [[1]]], [("a", "", None), (1, "", None)], set()),
    "empty containers": ({"note": {}, "tags": []}, [], set()),
}


def node() -> SchemaNode:
    return SchemaNode({}, (DOCUMENT,))


@pytest.mark.parametrize("case", VALUES)
def test_scalars_come_with_their_names_and_marks(case: str) -> None:
    value, expected, undefined = VALUES[case]
    found, names = scalars(value, node())
    assert [(scalar, name, mark) for scalar, name, mark, _ in found] == expected
    assert [type(scalar) for scalar, *_ in found] == [type(scalar) for scalar, *_ in expected]
    assert names == undefined


def test_scalars_come_with_the_node_of_their_schemas() -> None:
    found, _ = scalars({"address": {"city": "Rome"}, "tags": [1], "more": [2]}, node())
    assert [each.schemas for *_, each in found] == [({"enum": ["Rome"]},), ({"x-pii": True},), ()]
    [(_, _, _, root)], _ = scalars(None, UNKNOWN)
    assert root is UNKNOWN


def test_a_marked_scalar_or_list_without_a_name_is_marked() -> None:
    marked = SchemaNode({}, ({"x-pii": True},))
    assert scalars("Ana", marked)[0] == [("Ana", "", SchemaMark(""), marked)]
    [(value, name, mark, _)] = scalars(["Ana"], marked)[0]
    assert (value, name, mark) == ("Ana", "", SchemaMark("", inherited=True))


class _Text(str):
    """A scalar of a type that JSON parsers do not make."""


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.builds(_Text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DOCUMENT["properties"], "x"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_scalars_are_those_of_a_walk_and_can_be_replaced_in_their_order(value: Any) -> None:
    visited: list[Any] = []

    def visit(*scalar: Any) -> Any:
        visited.append(scalar[:3])
        return len(visited)

    copy = SchemaWalker(visit).value(value, node())
    found, _ = scalars(value, node())
    assert [scalar[:3] for scalar in found] == visited
    numbers = iter(range(1, len(found) + 1))
    assert with_scalars(value, lambda: next(numbers)) == copy
