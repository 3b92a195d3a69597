"""Requests built by a document, and responses held against it."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.specs import Operation
from tests.conformance.contract.documents import PROBLEM, Documents, called, content, path_item

THING = {
    "type": "object", "required": ["id"],
    "properties": {"id": {"type": "string"}, "list": {"type": "array", "items": {"type": "integer"}},
                   "kind": {"enum": ["one of a long list of kinds", "another of a long list of kinds", "a third"]}},
}  # fmt: skip
SECRET = {"properties": {"kind": {}, "token": {"x-secret": True}}}


def test_an_operation_is_found_in_whichever_document_of_the_api_has_it() -> None:
    for operation_id, document in (("GetProfile", "vtex_profile_system"), ("getErasureJob", "vtex_user_rights")):
        assert operations.operation("vtex", operation_id, "guide").document == document
    with pytest.raises(KeyError, match="vtex has no operation listProfiles"):
        operations.operation("vtex", "listProfiles", "guide")


@pytest.mark.parametrize(
    ("responses", "is_secret"),
    [
        ({"200": content(SECRET)}, True),
        ({"204": {}, "201": content(SECRET)}, True),
        ({"200": content({"$ref": "#/components/schemas/Session"})}, True),
        ({"200": content({"properties": {"token": {"$ref": "#/components/schemas/Secret"}}})}, True),
        ({"200": {"content": {"text/plain": {}, "a/b": {"schema": SECRET}}}}, True),
        ({"200": {"$ref": "#/components/responses/Session"}}, True),
        ({"200": content({"properties": {"token": {"x-secret": False}, "kind": {}}})}, False),
        ({"200": content(), "400": content(SECRET), "default": content(SECRET)}, False),
        ({"204": {}}, False),
    ],
)
def test_a_call_whose_success_gives_a_credential_returns_a_secret(
    responses: dict[str, Any], is_secret: bool, documents: Documents
) -> None:
    components = {
        "schemas": {"Session": SECRET, "Secret": {"x-secret": True}},
        "responses": {"Session": {"description": "a", **content(SECRET)}},
    }
    facts = documents.operation({"/things": path_item(responses)}, components=components)
    assert operations.returns_secret(facts, "guide") is is_secret


def thing(documents: Documents) -> Operation:
    """An operation with parameters of its own and of its path."""
    parameters: list[dict[str, Any]] = [
        {"name": "fields", "in": "query", "schema": {}},
        {"$ref": "#/components/parameters/Language"},
    ]
    item = path_item({"200": content(THING), "204": {}, "400": content({}, PROBLEM)}, parameters=parameters)
    item["parameters"] = [{"name": name, "in": "path", "required": True, "schema": {}} for name in ("id", "part")]
    return documents.operation(
        {"/things/{id}/{part}": item},
        components={"parameters": {"Language": {"name": "X-Language", "in": "header", "schema": {}}}},
        servers=[{"url": "https://a.test/v1"}],
    )


@pytest.mark.parametrize(
    ("sent", "url", "headers"),
    [
        ({"id": "a", "part": "b"}, "/v1/things/a/b", {}),
        ({"id": "a/b é?", "part": 7}, "/v1/things/a%2Fb%20%C3%A9%3F/7", {}),
        ({"id": "\ud800", "part": "{id}"}, "/v1/things/%ED%A0%80/%7Bid%7D", {}),
        ({"id": "a", "part": "b", "fields": "x y/&"}, "/v1/things/a/b?fields=x%20y%2F%26", {}),
        ({"id": "a", "part": "b", "fields": ["x"], "other": "\udfff"},
         "/v1/things/a/b?fields=%5B%22x%22%5D&other=%ED%BF%BF", {}),
        ({"id": "a", "part": "b", "X-Language": "de", "fields": True},
         "/v1/things/a/b?fields=true", {"X-Language": "de"}),
        ({}, "/v1/things/{id}/{part}", {}),
    ],
)  # fmt: skip
def test_parameters_go_where_the_document_has_them_and_unknown_ones_into_the_query(
    sent: dict[str, Any], url: str, headers: dict[str, str], documents: Documents
) -> None:
    facts = thing(documents)
    assert operations.build_request(facts, sent, "guide") == (url, headers)
    in_path = {name: str(value) for name, value in sent.items() if name in {"id", "part"}}
    assert operations.path_values(facts, sent, "guide") == in_path
    assert operations.parameter_locations(facts.document, facts.operation_id, "guide") == {
        "id": "path", "part": "path", "fields": "query", "X-Language": "header",
    }  # fmt: skip


def test_a_call_by_a_method_that_the_document_does_not_define_is_an_operation_of_its_own(documents: Documents) -> None:
    facts = thing(documents)
    other = operations.undefined_method_call(facts, "DELETE", "update")
    assert (other.operation_id, other.method, other.safety) == ("DELETE /v1/things/{id}/{part}", "DELETE", "update")
    assert (other.path, other.document) == (facts.path, facts.document)


KINDS = "['one of a long list of kinds', 'another of a long list of kinds', 'a third']"


@pytest.mark.parametrize(
    ("answer", "violation"),
    [
        ({"body": {"id": "a"}}, None),
        ({"body": {"id": "a"}, "media": "application/json; charset=utf-8"}, None),
        ({"body": {"id": "a"}, "media": "Application/JSON"}, None),
        ({"status": 400, "body": {"id": 7}, "media": PROBLEM}, None),
        ({"status": 204}, None),
        ({"status": 204, "media": None}, None),
        ({"status": 201}, "the undocumented status 201"),
        ({"status": 418, "body": {"id": "a"}}, "the undocumented status 418"),
        ({"status": None}, "the undocumented status None"),
        ({"body": {"id": "a"}, "media": "text/html"}, "status 200 as text/html, not application/json"),
        ({"body": {"id": "a"}, "media": None}, "status 200 as application/octet-stream, not application/json"),
        ({"body": {"id": "a"}, "media": None, "headers": {"Date": "a/b", "content-TYPE": "application/json ; a=b"}},
         None),
        ({"body": {"id": "zoraida", "list": [1, "zoraida"]}},
         "status 200 with a body in which list.1 breaks type: 'integer'"),
        ({"body": {}}, "status 200 with a body in which the whole breaks required: ['id']"),
        ({"body": {"id": 7, "list": {}}},
         "status 200 with a body in which id breaks type: 'string'; list breaks type: 'array'"),
        ({"body": {"id": "a", "kind": "zoraida"}},
         f"status 200 with a body in which kind breaks enum: {KINDS[:80]}"),
        ({"body": b"{zoraida"}, "status 200: DataValidationError"),
        ({"body": b""}, "status 200: MissingData"),
        ({"surplus": 3, "body": {"id": "a"}}, "status 200 with more after its end (3 bytes)"),
        ({"status": 204, "surplus": 3}, "status 204 with a body (3 bytes)"),
        ({"method": "HEAD"}, None),
        ({"method": "HEAD", "media": "text/html"}, None),
        ({"method": "HEAD", "status": 418}, "the undocumented status 418"),
        ({"oversize": "is over 16 MB"}, None),
        ({"oversize": "is over 16 MB", "media": "APPLICATION/JSON;a"}, None),
        ({"oversize": "is over 16 MB", "status": 418}, "the undocumented status 418"),
        ({"oversize": "is over 16 MB", "media": "text/html"}, "status 200 as text/html, not application/json"),
        ({"oversize": "is over 16 MB", "media": None}, "status 200 as no media type, not application/json"),
        ({"oversize": "is over 16 MB", "status": 204, "media": "text/html"}, None),
        ({"oversize": "is over 16 MB", "body": {}},
         "status 200 with a body in which the whole breaks required: ['id']"),
        ({"oversize": "is over 16 MB", "surplus": 3}, "status 200 with more after its end (3 bytes)"),
    ],
)  # fmt: skip
def test_what_of_an_answer_leaves_the_document_is_told_without_its_values(
    answer: dict[str, Any], violation: str | None, documents: Documents
) -> None:
    facts = thing(documents)
    assert operations.contract_violation(facts, called(facts, **answer), "guide") == violation


@pytest.mark.parametrize(
    ("responses", "answer", "violation"),
    [
        ({"200": content(), "default": content()}, {"status": 418}, None),
        ({"200": content(), "default": content()}, {"status": 418, "media": "a/b"},
         "status 418 as a/b, not application/json"),
        ({"200": content({}, "*/*")}, {"media": "a/b"}, None),
        ({"200": {"content": {"a/b": {}, "c/d": {}}}}, {"media": "e/f"}, "status 200 as e/f, not a/b or c/d"),
        ({"200": {"content": {"a/b": {}, "c/d": {}}}}, {"media": "c/d"}, None),
        ({"200": {"$ref": "#/components/responses/Thing"}}, {"media": "a/b"},
         "status 200 as a/b, not application/json"),
    ],
)  # fmt: skip
def test_of_an_answer_that_is_too_large_to_be_read_the_status_and_the_media_type_are_held_against_the_document(
    responses: dict[str, Any], answer: dict[str, Any], violation: str | None, documents: Documents
) -> None:
    components = {"responses": {"Thing": {"description": "a", **content()}}}
    facts = documents.operation({"/things": path_item(responses)}, components=components)
    exchange = called(facts, oversize="is over 16 MB", **answer)
    assert operations.contract_violation(facts, exchange, "guide") == violation


def test_the_answer_to_head_has_any_status_where_the_document_has_a_default(documents: Documents) -> None:
    facts = documents.operation({"/things": path_item({"200": content(), "default": content()})})
    assert operations.contract_violation(facts, called(facts, 418, method="HEAD"), "guide") is None


@pytest.mark.parametrize(
    ("headers", "violation"),
    [
        ({"x-count": "7"}, None),
        ({}, "status 200: MissingRequiredHeader (X-Count)"),
        ({"X-Count": "zoraida"}, "status 200: HeaderValidationError (X-Count)"),
    ],
)
def test_a_header_that_the_document_asks_for_is_named(
    headers: dict[str, str], violation: str | None, documents: Documents
) -> None:
    header = {"required": True, "schema": {"type": "integer"}}
    facts = documents.operation({"/things": path_item({"200": {**content(), "headers": {"X-Count": header}}})})
    assert operations.contract_violation(facts, called(facts, body={}, headers=headers), "guide") == violation


def test_a_body_that_is_nested_deeper_than_can_be_followed_leaves_the_document(documents: Documents) -> None:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/List"}}
    listed = {"/things": path_item({"200": content({"$ref": "#/components/schemas/List"})})}
    facts = documents.operation(listed, components={"schemas": {"List": schema}})
    deep = b"[" * 400 + b"]" * 400
    assert operations.contract_violation(facts, called(facts, body=deep), "guide") == (
        "status 200 with a body that is nested deeper than any schema of the document"
    )
