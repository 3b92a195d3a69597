"""What a document says of responses: their schemas, assumed ones, error forms, marked texts, paging, request bodies."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.contract import schemas
from pii_sandbox.conformance.contract.schemas import Paging
from tests.conformance.contract.documents import JSON, PROBLEM, Documents, content, path_item

UUID = "70caf394-8534-447e-a0ca-1803c669c771"
FORM = {"required": ["title", "status"]}


def test_responses_have_a_schema_by_status_and_media_type(documents: Documents) -> None:
    responses = {
        "200": {"content": {"Application/JSON": {"schema": FORM}, "text/plain": {}}}, "204": {},
        "404": {"$ref": "#/components/responses/Unknown"}, "default": content(FORM, PROBLEM),
    }  # fmt: skip
    assumed = {"description": "a", "x-assumed": True, **content({"type": "string"})}
    facts = documents.operation({"/things": path_item(responses)}, components={"responses": {"Unknown": assumed}})
    about = facts.document, facts.operation_id, "guide"
    assert schemas.response_schemas(*about) == {
        "200": {JSON: FORM, "text/plain": {}}, "204": {}, "404": {JSON: {"type": "string"}},
        "default": {PROBLEM: FORM},
    }  # fmt: skip
    assert schemas.assumed_responses(*about) == {"404"}


@pytest.mark.parametrize(
    ("responses", "forms"),
    [
        ({"200": content({"required": ["id"]}), "404": content(FORM)}, [{"title", "status"}]),
        ({"404": content(FORM), "500": content({"required": ["message"]})}, [{"message"}]),
        ({"404": content(FORM), "500": {}}, [{"title", "status"}]),
        ({"default": content(FORM), "302": content({"required": ["to"]})}, [{"title", "status"}]),
        ({"500": {"content": {JSON: {"schema": FORM}, PROBLEM: {"schema": {}}}}}, [{"title", "status"}, set()]),
        ({"400": content(FORM), "503": content({"required": ["status", "title"]})}, [{"title", "status"}]),
        ({"500": content({"allOf": [FORM, {"$ref": "#/components/schemas/More"}], "required": ["a"]})},
         [{"title", "status", "more", "a"}]),
        ({"500": content({"anyOf": [FORM]})}, [set()]),
        ({"200": content(FORM)}, []),
    ],
)  # fmt: skip
def test_a_500_has_the_properties_that_its_own_schemas_require_or_else_those_of_the_other_errors(
    responses: dict[str, Any], forms: list[set[str]], documents: Documents
) -> None:
    facts = documents.operation(
        {"/things": path_item(responses)}, components={"schemas": {"More": {"required": ["more"]}}}
    )
    assert schemas.server_error_forms(facts.document, facts.operation_id, "guide") == tuple(map(frozenset, forms))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"id": UUID}, None),
        ({}, "the body breaks required"),
        ([], "the body breaks type"),
        ({"id": "zoraida"}, "id breaks format"),
        ({"id": UUID, "more": {"n": "zoraida"}}, "more breaks type"),
    ],
)
def test_a_violation_of_a_schema_is_told_without_values(body: Any, told: str | None, documents: Documents) -> None:
    more = {"properties": {"n": {"type": "integer"}}}
    properties = {"id": {"$ref": "#/components/schemas/Id"}, "more": more}
    schema = {"type": "object", "required": ["id"], "properties": properties}
    facts = documents.operation(
        {"/things": path_item({"400": content(schema, PROBLEM)})},
        components={"schemas": {"Id": {"type": "string", "format": "uuid"}}},
    )
    assert schemas.schema_error(facts.document, facts.operation_id, "guide", "400", PROBLEM, body) == told


MARKED: dict[str, Any] = {"x-pii": True}


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        ({"properties": {"a": MARKED, "b": {}}}, {"a": "x", "b": "y"}, [(("a",), "x")]),
        ({"properties": {"a": {"x-pii": False}}}, {"a": "x"}, []),
        ({"properties": {"a": {"x-masked": True}, "b": {"x-secret": True}}}, {"a": "x", "b": "y"}, [(("a",), "x")]),
        ({"properties": {"a": MARKED}}, {"a": {"b": ["x", {"c": "y"}], "d": 1}}, [(("a",), "x"), (("a",), "y")]),
        ({"properties": {"a": {"items": MARKED}}}, {"a": ["x", "y"]}, [(("a", "*"), "x"), (("a", "*"), "y")]),
        ({"properties": {"a": {"items": MARKED}}}, {"a": "x"}, []),
        ({"properties": {"a": {}}}, {"a": ["x"]}, []),
        ({"additionalProperties": MARKED, "properties": {"b": {}}}, {"a": "x", "b": "y"}, [(("a",), "x")]),
        ({"additionalProperties": True}, {"a": "x"}, []),
        ({"additionalProperties": False}, {"a": "x"}, []),
        ({}, {"a": "x"}, []),
        (None, {"a": "x"}, []),
        ({"$ref": "#/components/schemas/Name"}, "x", [((), "x")]),
        ({"allOf": [{"properties": {"a": MARKED}}]}, {"a": "x"}, [(("a",), "x")]),
        ({"anyOf": [{"properties": {"a": MARKED}}, {}]}, {"a": "x"}, [(("a",), "x")]),
        ({"oneOf": [{}, {"properties": {"a": MARKED}}]}, {"a": "x"}, [(("a",), "x")]),
        ({"items": {"items": MARKED}}, [["x"], "y"], [(("*", "*"), "x")]),
    ],
)
def test_marked_texts_are_found_along_the_schema_with_their_places(
    schema: Any, value: Any, found: list[tuple[tuple[str, ...], str]]
) -> None:
    document = {"components": {"schemas": {"Name": MARKED}}}
    assert list(schemas.marked_texts(document, schema, value, ("x-pii", "x-masked"))) == found


def count(**schema: Any) -> dict[str, Any]:
    return {"name": "count", "in": "query", "x-rule": "A-LIST-1", "schema": schema}


@pytest.mark.parametrize(
    ("parameters", "paging"),
    [
        ([count(maximum=50, minimum=1, default=10)], Paging(10, 1, 50, "A-LIST-1", 900)),
        ([count(maximum=50)], Paging(0, 0, 50, "A-LIST-1", 900)),
        ([{"name": "offset", "in": "query", "schema": {"maximum": 7}}, count(maximum=50, default=3)],
         Paging(3, 0, 50, "A-LIST-1", 900)),
        ([count(minimum=1)], None),
        ([{"name": "offset", "in": "query", "schema": {"maximum": 7}}], None),
        ([], None),
    ],
)  # fmt: skip
def test_a_list_pages_by_its_count(parameters: list[Any], paging: Paging | None, documents: Documents) -> None:
    more: dict[str, Any] = {"parameters": parameters, "x-reach": 900}
    item = path_item({"200": content()}, **more)
    facts = documents.operation({"/things": item})
    assert schemas.paging(facts.document, facts.operation_id, "guide") == paging


def test_parameters_of_a_path_and_of_its_operation_have_their_schemas(documents: Documents) -> None:
    item = path_item(
        {"200": content()}, parameters=[{"$ref": "#/components/parameters/Key"}, {"name": "b", "in": "query"}]
    )
    item["parameters"] = [{"name": "a", "in": "path", "schema": {"$ref": "#/components/schemas/Name"}}]
    key = {"name": "key", "in": "header", "schema": {"type": "string"}}
    components = {"parameters": {"Key": key}, "schemas": {"Name": MARKED}}
    facts = documents.operation({"/things/{a}": item}, components=components, servers=[{"url": "https://a.test/v1/"}])
    assert schemas.operation_parameters(facts.document, facts.operation_id, "guide") == (
        {"name": "a", "in": "path", "schema": MARKED}, key, {"name": "b", "in": "query", "schema": {}},
    )  # fmt: skip


def test_a_request_body_has_a_schema_for_each_media_type(documents: Documents) -> None:
    responses: dict[str, Any] = {"200": {}}
    body = {"content": {JSON: {"schema": FORM}, "text/plain": {}}}
    for sent, found in (({"requestBody": body}, [FORM, {}]), ({"requestBody": {"$ref": "#/components/requestBodies/A"}},
                        [FORM, {}]), ({}, [])):  # fmt: skip
        item = path_item(responses, "post", **sent)
        facts = documents.operation({"/things": item}, components={"requestBodies": {"A": body}})
        assert list(schemas.request_bodies(facts, "guide")) == found
