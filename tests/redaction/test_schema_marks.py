"""Schema marks: which values a document marks, what values within marked ones inherit, and copies of JSON values."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.redaction.schema_marks import (
    UNKNOWN,
    SchemaMark,
    SchemaNode,
    SchemaWalker,
    combined_mark,
    flatten_schemas,
)

PII, MASKED, SECRET = {"x-pii": True}, {"x-masked": True}, {"x-secret": True}


def node(*schemas: Any, **components: Any) -> SchemaNode:
    return SchemaNode({"components": {"schemas": components}}, schemas)


@pytest.mark.parametrize(
    ("schemas", "mark"),
    [
        ((), None),
        (({},), None),
        (({"x-pii": False},), None),
        (({"x-pii": "true"},), None),
        ((PII,), SchemaMark("a", False, False, (), False, True)),
        (({}, PII), SchemaMark("a")),
        ((MASKED,), SchemaMark("a", masked=True)),
        ((SECRET,), SchemaMark("a", secret=True)),
        ((PII | {"x-masked": False, "x-secret": "yes"},), SchemaMark("a")),
        ((PII, MASKED, SECRET), SchemaMark("a", secret=True, masked=True)),
        ((PII | {"enum": ["b", 1, None]}, {"enum": [True]}), SchemaMark("a", choices=("b", "1", "None", "True"))),
    ],
)
def test_a_value_has_the_marks_of_all_its_schemas(schemas: tuple[Any, ...], mark: SchemaMark | None) -> None:
    marked = node(*schemas)
    assert [marked.mark("a"), marked.mark("a")] == [mark, mark]
    assert marked.is_marked is (mark is not None)
    assert (marked.mark("b") or SchemaMark("b")).name == "b"


def test_the_marks_of_a_hundred_names_are_kept() -> None:
    marked = node(PII)
    first, *_ = marks = [marked.mark(f"n{number}") for number in range(101)]
    assert [mark.name for mark in marks if mark is not None] == [f"n{number}" for number in range(101)]
    assert marked.mark("n0") is first
    assert marked.mark("n99") is marks[99]
    assert marked.mark("n100") is not marks[100]


@pytest.mark.parametrize(
    ("schemas", "described", "formatted"),
    [
        ((), False, False),
        (({},), False, False),
        (({}, {"type": "string"}), True, False),
        (({"format": "date"},), True, True),
        (({"type": "string"}, {"enum": []}), True, True),
        (({"pattern": "a"},), True, True),
    ],
)
def test_a_value_is_described_by_any_schema_that_says_something(
    schemas: tuple[Any, ...], described: bool, formatted: bool
) -> None:
    assert node(*schemas).is_described is described
    assert node(*schemas).is_formatted is formatted


@pytest.mark.parametrize(
    ("properties", "marked"),
    [({}, False), ({"a": {}}, False), ({"a": {}, "b": PII}, True), ({"a": {"items": PII}}, False)],
)
def test_an_object_knows_whether_one_of_its_properties_is_marked(properties: Any, marked: bool) -> None:
    assert node({"properties": properties}).has_marked_properties is marked


def test_a_property_has_the_schemas_that_all_parts_define() -> None:
    both = node({"properties": {"a": PII}}, {"allOf": [{"properties": {"a": {"enum": ["b"]}, "c": {}}}]})
    assert both.property("a").origin == (PII, {"enum": ["b"]})
    assert both.property("a") is both.property("a")
    assert both.property("a").mark("a") == SchemaMark("a", choices=("b",))
    assert [both.has_property(name) for name in ("a", "c", "d")] == [True, True, False]
    assert both.property("d").origin == ()


def test_an_undefined_property_has_the_schema_of_additional_properties() -> None:
    others = node({"additionalProperties": PII}, {"additionalProperties": True}, {"additionalProperties": {}}, {})
    assert others.property("a").origin == (PII,)
    assert others.child("a") == (others.property("a"), SchemaMark("a"), False)
    assert others.child("b") == (others.property("a"), SchemaMark("b"), False)


def test_a_child_is_a_node_with_its_mark_and_whether_it_is_defined() -> None:
    parent = node({"properties": {"a": PII, "b": {}}})
    assert parent.child("a") == (parent.property("a"), SchemaMark("a"), True)
    assert parent.child("a") is parent.child("a")
    assert parent.child("b") == (parent.property("b"), None, True)
    assert parent.child("b") is parent.child("b")
    assert parent.child("b")[0] != node({}), "each node is itself alone"
    assert parent.child("c")[1:] == (None, False)
    assert parent.child("c") is not parent.child("c"), "clients choose the names"


def test_items_have_the_schemas_of_all_parts() -> None:
    assert node({"items": PII}, {"anyOf": [{"items": MASKED}]}, {}).items.origin == (PII, MASKED)
    assert UNKNOWN.items.origin == ()


def test_schemas_are_flattened_in_their_order_each_once() -> None:
    shared, last = {"title": "shared"}, {"title": "last", "oneOf": [{"title": "in last"}]}
    document = {"components": {"schemas": {"Shared": shared}}}
    reference = {"$ref": "#/components/schemas/Shared"}
    first = {"title": "first", "oneOf": [reference], "allOf": [{"title": "x", "anyOf": [reference]}, {"title": "y"}]}
    flat = list(flatten_schemas(document, [first, reference, True, last, last]))
    assert [schema["title"] for schema in flat] == ["first", "x", "shared", "y", "last", "in last"]


def test_schemas_that_refer_to_themselves_come_once() -> None:
    loop: dict[str, Any] = {"title": "loop"}
    loop["allOf"] = [loop]
    assert list(flatten_schemas({}, [loop])) == [loop]


OUTER = SchemaMark("outer", masked=True, described=False, choices=("a",))


@pytest.mark.parametrize(
    ("outer", "schema", "expected"),
    [
        (OUTER, {}, SchemaMark("a", inherited=True, masked=True, described=False)),
        (SchemaMark("outer", secret=True), {}, SchemaMark("a", secret=True, inherited=True)),
        (SchemaMark("outer"), {}, SchemaMark("a", False, True, (), False, True)),
        (SchemaMark("outer"), PII | {"enum": ["b"]}, SchemaMark("a", choices=("b",))),
        (OUTER, SECRET, SchemaMark("a", secret=True)),
        (SchemaMark("outer", secret=True), MASKED, SchemaMark("a", secret=True, masked=True)),
        (SchemaMark("outer", secret=True), SECRET, SchemaMark("a", secret=True)),
    ],
)
def test_a_value_within_a_marked_one_has_its_own_mark_or_inherits(
    outer: SchemaMark, schema: Any, expected: SchemaMark
) -> None:
    assert combined_mark("a", outer, node(schema)) == expected


def test_a_mark_is_of_a_described_value_that_is_neither_secret_nor_masked_nor_inherited() -> None:
    assert SchemaMark("a") == SchemaMark("a", False, False, (), False, True)


DOCUMENT = node(
    {
        "properties": {
            "email": PII,
            "tags": {"items": PII},
            "address": PII | {"properties": {"pin": SECRET}},
            "groups": PII | {"items": {"items": {}}},
        }
    }
)


def visited(value: Any, root: SchemaNode, name: str = "", **options: Any) -> list[tuple[Any, str, SchemaMark | None]]:
    """Return what a walk visits, after a look at its copy: equal to the value where nothing is renamed."""
    seen: list[tuple[Any, str, SchemaMark | None]] = []

    def visit(value: Any, name: str, mark: SchemaMark | None, node: SchemaNode) -> Any:
        assert mark is None or mark.inherited or "infer" in options or node.is_marked
        seen.append((value, name, mark))
        return value

    copy = SchemaWalker(visit, **options).value(value, root, name)
    if "rename" not in options:
        assert copy == value
        assert copy is not value or not isinstance(value, dict | list)
    return seen


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ana", [("Ana", "top", None)]),
        ([], []),
        ({}, []),
        ([1, [2, {"a": 3}], 4], [(1, "top", None), (2, "top", None), (3, "a", None), (4, "top", None)]),
        (
            {"note": 1, "email": {"a": [2]}, "end": [3]},
            [(1, "note", None), (2, "a", SchemaMark("a", inherited=True)), (3, "end", None)],
        ),
        (
            {"tags": ["a", ["b"], "c"]},
            [
                ("a", "tags", SchemaMark("tags")),
                ("b", "tags", SchemaMark("tags", inherited=True)),
                ("c", "tags", SchemaMark("tags")),
            ],
        ),
        (
            {"address": {"pin": 1, "x": 2}, "groups": [[3], {"y": 4}]},
            [
                (1, "pin", SchemaMark("pin", secret=True)),
                (2, "x", SchemaMark("x", inherited=True)),
                (3, "groups", SchemaMark("groups", inherited=True)),
                (4, "y", SchemaMark("y", inherited=True)),
            ],
        ),
    ],
)
def test_a_walk_visits_the_scalars_in_document_order_with_their_marks(value: Any, expected: list[Any]) -> None:
    assert visited(value, DOCUMENT, "top") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ana", SchemaMark("top")),
        (["Ana"], SchemaMark("top", inherited=True)),
        ([["Ana"]], SchemaMark("top", inherited=True)),
    ],
)
def test_a_marked_root_marks_what_is_in_it(value: Any, expected: SchemaMark) -> None:
    assert visited(value, node(PII), "top") == [("Ana", "top", expected)]


def test_the_mark_of_an_undefined_property_is_inferred_unless_it_has_one() -> None:
    asked: list[Any] = []

    def infer(name: str, value: Any, within: SchemaNode) -> SchemaMark | None:
        asked.append((name, value, within is DOCUMENT))
        return SchemaMark(name, masked=True) if name == "guess" else None

    value = {"guess": 1, "x": {"guess": [2]}, "email": 3, "address": {"guess": 4}}
    assert visited(value, DOCUMENT, infer=infer) == [
        (1, "guess", SchemaMark("guess", masked=True)),
        (2, "guess", SchemaMark("guess", inherited=True, masked=True)),
        (3, "email", SchemaMark("email")),
        (4, "guess", SchemaMark("guess", inherited=True)),
    ]
    assert asked == [("guess", 1, True), ("x", {"guess": [2]}, True), ("guess", [2], False)]


def test_names_that_no_schema_defines_can_be_renamed() -> None:
    value = {"email": 1, "x": {"y": 2, "email": [3]}}
    names: list[str] = []

    def visit(value: Any, name: str, mark: SchemaMark | None, node: SchemaNode) -> Any:
        names.append(name)
        return -value

    copy = SchemaWalker(visit, rename=str.upper).value(value, DOCUMENT)
    assert copy == {"email": -1, "X": {"Y": -2, "EMAIL": [-3]}}
    assert names == ["email", "y", "email"]
