"""The part of a body that the document knows, and the JSON paths of what a vendor has added."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pii_sandbox.conformance.contract.drift import drift, has_assumed_form, is_new_status, known_part
from tests.conformance.contract.documents import JSON, PROBLEM, Documents, called, content, path_item

A: dict[str, Any] = {"properties": {"a": {}}}
B: dict[str, Any] = {"properties": {"b": {}}}


@pytest.mark.parametrize(
    ("schema", "value", "known", "paths"),
    [
        (A, {"a": 1, "b": 2, "c": {"d": 3}}, {"a": 1}, ["$.b", "$.c"]),
        ({}, {"b": 2}, {"b": 2}, []),
        ({"type": "object"}, {"b": {"c": 1}}, {"b": {"c": 1}}, []),
        ({**A, "additionalProperties": True}, {"a": 1, "b": 2}, {"a": 1, "b": 2}, []),
        ({**A, "additionalProperties": False}, {"a": 1, "b": 2}, {"a": 1}, ["$.b"]),
        ({"additionalProperties": A}, {"k": {"a": 1, "b": 2}}, {"k": {"a": 1}}, ["$.k.b"]),
        ({"properties": {"k": A}, "additionalProperties": {}}, {"k": {"b": 2}, "l": {"b": 2}},
         {"k": {}, "l": {"b": 2}}, ["$.k.b"]),
        ({"properties": {"k": A}}, {"k": {"a": {"b": 1}, "b": 2}}, {"k": {"a": {"b": 1}}}, ["$.k.b"]),
        ({"items": A}, [{"a": 1}, {"b": 2}, {"b": 3, "a": [4]}], [{"a": 1}, {}, {"a": [4]}], ["$[*].b"]),
        ({"properties": {"k": {"items": {"items": A}}}}, {"k": [[{"b": 2}], 5]}, {"k": [[{}], 5]}, ["$.k[*][*].b"]),
        ({"type": "array"}, [{"b": 2}], [{"b": 2}], []),
        (A, [{"b": 2}], [{"b": 2}], []),
        ({"items": A}, {"b": 2}, {"b": 2}, []),
        ({"allOf": [A, B]}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}, ["$.c"]),
        ({"anyOf": [A, B]}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}, ["$.c"]),
        ({"oneOf": [A, {"allOf": [B]}]}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}, ["$.c"]),
        ({"allOf": [{"properties": {"k": A}}, {"properties": {"k": B}}]}, {"k": {"a": 1, "b": 2, "c": 3}},
         {"k": {"a": 1, "b": 2}}, ["$.k.c"]),
        ({"$ref": "#/components/schemas/A"}, {"a": 1, "b": 2}, {"a": 1}, ["$.b"]),
        ({"properties": {"k": True}}, {"k": {"b": 2}}, {"k": {"b": 2}}, []),
        (A, "text", "text", []),
        (A, 7, 7, []),
    ],
)  # fmt: skip
def test_properties_that_no_schema_knows_are_left_out_and_their_paths_told(
    schema: Any, value: Any, known: Any, paths: list[str], documents: Documents
) -> None:
    facts = documents.operation({"/things": path_item({"200": content(schema)})}, components={"schemas": {"A": A}})
    exchange = called(facts, body=value)
    body, found = known_part(facts, exchange, "guide")
    assert (json.loads(body), found) == (known, paths)
    assert [each.what for each in drift(facts, exchange, "guide")] == [f"property {path}" for path in paths]


@pytest.mark.parametrize(
    ("status", "media", "body", "is_pruned"),
    [
        (200, JSON, b'{ "b": 2 }', True),
        (200, "Application/JSON; charset=utf-8", b'{ "b": 2 }', True),
        (200, JSON, b'{ "a": 2 }', False),
        (200, "text/plain", b'{ "b": 2 }', False),
        (200, None, b'{ "b": 2 }', False),
        (404, JSON, b'{ "b": 2 }', False),
        (200, JSON, b'{ "b": 2', False),
        (200, JSON, b" null ", False),
        (200, JSON, b"[" * 100_000, False),
    ],
)
def test_a_body_that_the_document_does_not_describe_or_that_is_no_json_is_left_as_it_is(
    status: int, media: str | None, body: bytes, is_pruned: bool, documents: Documents
) -> None:
    facts = documents.operation({"/things": path_item({"200": content(A)})})
    found = known_part(facts, called(facts, status, body, media), "guide")
    assert found == ((b"{}", ["$.b"]) if is_pruned else (body, []))


@pytest.mark.parametrize(
    ("status", "like", "is_new"),
    [
        (200, None, False), (201, None, True), (404, None, False), (410, None, True), (302, None, False),
        (500, None, False), (None, None, False), (201, [200], True), (201, [204], True), (201, [404], False),
        (410, [404], True), (410, [200, 404], True), (410, [200, 500], False), (302, [301], True), (200, [201], False),
        (201, [], False),
    ],
)  # fmt: skip
def test_a_status_is_new_where_the_document_or_the_scenario_has_others_of_its_class(
    status: int | None, like: list[int] | None, is_new: bool, documents: Documents
) -> None:
    facts = documents.operation({"/things": path_item({"200": {}, "404": {}, "default": {}})})
    assert is_new_status(facts, called(facts, status), "guide", like) is is_new


@pytest.mark.parametrize(
    ("answer", "assumed"),
    [
        ({"status": 400}, True), ({"status": 404}, False), ({"status": 500}, False), ({"status": None}, False),
        ({"status": 400, "surplus": 3}, False), ({"status": 400, "oversize": "is over 16 MB"}, False),
    ],
)  # fmt: skip
def test_the_form_of_an_error_is_assumed_where_no_document_describes_it(
    answer: dict[str, Any], assumed: bool, documents: Documents
) -> None:
    responses = {"400": {"x-assumed": True, **content(A)}, "404": content(A)}
    facts = documents.operation({"/things": path_item(responses)})
    assert has_assumed_form(facts, called(facts, **answer), "guide") is assumed


def test_an_assumed_form_that_is_another_one_is_told_as_a_whole(documents: Documents) -> None:
    assumed = {"x-assumed": True, **content({"required": ["title"], **A}, PROBLEM)}
    facts = documents.operation({"/things": path_item({"200": content(A), "400": assumed})})
    about: dict[str, Any] = {"media": PROBLEM, "headers": {"X-Tier": "1"}}
    broken = drift(facts, called(facts, 400, {"b": 2}, **about), "guide")
    assert [each.what for each in broken] == [
        "header X-Tier", "status 400 with a body in which the whole breaks required: ['title']",
    ]  # fmt: skip
    assert {(each.api, each.operation_id) for each in broken} == {("shop", "getThing")}
    kept = drift(facts, called(facts, 400, {"title": "a", "b": 2}, **about), "guide")
    assert [each.what for each in kept] == ["header X-Tier"]


def test_headers_that_neither_the_document_nor_http_knows_are_told(documents: Documents) -> None:
    responses = {
        "200": {**content(A), "headers": {"X-Page": {"schema": {}}}}, "404": {"$ref": "#/components/responses/None"},
    }  # fmt: skip
    missing = {"description": "a", "headers": {"X-Why": {"schema": {}}}}
    facts = documents.operation({"/things": path_item(responses)}, components={"responses": {"None": missing}})
    known = {"x-page": "1", "X-WHY": "2", "Date": "3", "cf-ray": "4", "X-Envoy-A": "5", "Access-Control-B": "6"}
    unknown = {"X-Tier": "7", "cfray": "8", "x-pages": "9"}
    found = drift(facts, called(facts, body={}, headers={**known, **unknown}), "guide")
    assert [each.what for each in found] == [f"header {name}" for name in unknown]
