"""Whose answer an exchange holds: one case for each kind of host that stands between a run and a vendor."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations, schemas
from pii_sandbox.conformance.http.classification import ExpectedAnswer, cause_of, classify, expected_answer
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import vendor

PAGE = b"<!doctype html><title>Maintenance</title>"
JSON, PROBLEM, HTML, TEXT = "application/json", "application/problem+json", "text/html; charset=utf-8", "text/plain"
DOCUMENTED = ExpectedAnswer({JSON, PROBLEM}, {200, 400, 401, 404, 500, 502}, opens=True)


def answer(status: int | None, media_type: str = "", body: bytes = b"", **headers: str) -> Exchange:
    all_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if media_type:
        all_headers["Content-Type"] = media_type
    return Exchange("vtex", "GetProfile", "GET", "https://shop.example.com/a", {}, b"", status, all_headers, body)


@pytest.mark.parametrize(
    ("exchange", "wanted", "expected"),
    [
        (answer(200, JSON, b"[]"), (), "vendor"),
        (answer(200, "application/json; charset=utf-8; profile=x", b"[]"), (), "vendor"),
        (answer(200, "application/vnd.vtex.v2+json", b"{}"), (), "vendor"),
        (answer(200, TEXT, b"[]"), (), "vendor"),  # JSON by another name
        (answer(200, JSON, b"{"), (), "vendor"),  # broken JSON is the vendor's own
        (answer(204), (), "vendor"),
        (answer(404), (), "vendor"),
        (answer(404, PROBLEM, b"{}"), (), "vendor"),
        (answer(404, JSON, b'{"message": "no Route matched"}'), (), "vendor"),
        (answer(418, JSON, b"{}"), (), "vendor"),
        (answer(500, PROBLEM, b"{}"), (), "vendor"),
        (answer(500, TEXT, b"failed"), (), "unavailable"),
        (answer(500, TEXT, b"failed", X_Sandbox_Error="KeyError"), (), "vendor"),  # a sandbox that is up, and fails
        (answer(200, HTML, PAGE), (), "intermediary"),
        (answer(404, HTML, PAGE), (), "intermediary"),
        (answer(403, HTML, PAGE), (), "intermediary"),
        (answer(403, HTML, PAGE), (403,), "intermediary"),  # a firewall refuses for reasons of its own
        (answer(400, TEXT, b"bad request"), (), "intermediary"),
        (answer(400, "", b"bad request"), (), "intermediary"),
        (answer(302, HTML, PAGE, Location="/login"), (), "intermediary"),
        (answer(302, Location="/login"), (), "intermediary"),
        (answer(407), (), "intermediary"),
        (answer(511), (), "intermediary"),
        (answer(401, PROBLEM, b"{}"), (), "credentials"),
        (answer(403, PROBLEM, b"{}"), (), "credentials"),
        (answer(403), (), "credentials"),
        (answer(401, PROBLEM, b"{}"), (401,), "vendor"),
        (answer(429, JSON, b"{}"), (), "throttled"),
        (answer(429, HTML, PAGE), (), "throttled"),
        (answer(429, JSON, b"{}"), (429,), "vendor"),
        (answer(503, HTML, PAGE, Retry_After="3"), (), "throttled"),
        (answer(503, HTML, PAGE), (), "unavailable"),
        (answer(502, PROBLEM, b"{}"), (), "unavailable"),
        (answer(502, PROBLEM, b"{}"), (502,), "vendor"),
        (answer(504), (), "unavailable"),
        (answer(521, HTML, PAGE), (), "unavailable"),
        (answer(408), (), "unavailable"),
        (answer(500, HTML, PAGE), (), "unavailable"),
        (answer(500, HTML, PAGE), (500,), "unavailable"),
        (answer(None), (), "network"),
    ],
)
def test_an_answer_is_classified(exchange: Exchange, wanted: tuple[int, ...], expected: AnswerClass) -> None:
    known = ExpectedAnswer(DOCUMENTED.media_types, DOCUMENTED.statuses, wanted, opens=True)
    assert classify(exchange, known) == expected


OWN = b'{"type": "about:blank", "title": "Internal Server Error", "status": 500, "traceId": "00-1"}'
FORMS = [frozenset({"type", "title", "status", "traceId"})]


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (answer(500, PROBLEM, OWN), "vendor"),
        (answer(500, JSON, OWN), "vendor"),  # by another name
        (answer(500, PROBLEM, OWN.replace(b"}", b', "tier": 1}')), "vendor"),  # with what the vendor added
        (answer(500, PROBLEM, OWN.replace(b"500", b'"500"')), "vendor"),  # its own, with a fault in it
        (answer(500, PROBLEM, OWN.replace(b"500", b"500,")), "unavailable"),  # cannot be read
        (answer(500, JSON, b'{"message": "Internal server error"}'), "unavailable"),  # AWS API Gateway
        (answer(500, JSON, b'{"message": "An unexpected error occurred"}'), "unavailable"),  # Kong
        (answer(500, JSON, b'{"fault": {"faultstring": "Raising fault"}}'), "unavailable"),  # Apigee
        (answer(500, JSON, b'{"statusCode": 500, "message": "Internal server error"}'), "unavailable"),  # Azure
        (answer(500, JSON, b"[]"), "unavailable"),
        (answer(500, JSON, b"null"), "unavailable"),
        (answer(500), "unavailable"),
        (answer(500, JSON, b"{}", X_Sandbox_Error="KeyError"), "vendor"),
        (answer(400, JSON, b'{"message": "no"}'), "vendor"),  # it is a 500 alone that gateways give so often
    ],
)
def test_a_500_is_the_vendors_in_the_vendors_form(exchange: Exchange, expected: AnswerClass) -> None:
    known = ExpectedAnswer(DOCUMENTED.media_types, DOCUMENTED.statuses, opens=True, error_forms=FORMS)
    assert classify(exchange, known) == expected


def test_a_500_is_the_vendors_where_the_scenario_asks_for_it() -> None:
    known = ExpectedAnswer(DOCUMENTED.media_types, DOCUMENTED.statuses, (500,), error_forms=FORMS)
    assert classify(answer(500, JSON, b"{}"), known) == "vendor"


@pytest.mark.parametrize(
    "name", sorted(name for api, names in specs.APIS.items() if api != "sandbox" for name in names)
)
def test_each_example_of_a_500_is_in_the_form_that_is_asked_of_one(name: str) -> None:
    document, checked = specs.load(name, "guide"), 0
    for operation_id, facts in specs.operations(name, "guide").items():
        failure = operations.definition(facts, "guide")["responses"]["500"]
        ((media_type, content),) = specs.resolve_reference(document, failure)["content"].items()
        request = Request("vtex", operation_id, facts.method, "https://a.test/", {}, b"", facts.safety, facts)
        known = expected_answer(request, vendor())
        body = json.dumps(content["example"]).encode()
        assert (operation_id, classify(answer(500, media_type, body), known)) == (operation_id, "vendor")
        assert classify(answer(500, media_type, b'{"message": "failed"}'), known) == "unavailable"
        assert not expected_answer(request, replace(vendor("control"), control="https://shop.example.com")).error_forms
        checked += 1
    assert checked > 0


def test_a_500_without_a_documented_form_needs_that_of_the_other_errors() -> None:
    content = {"schema": {"allOf": [{"required": ["code"]}, {"required": ["text"]}]}}
    forms = schemas.error_forms({}, {"200": {JSON: {}}, "404": {JSON: content["schema"]}, "500": {}})
    assert forms == (frozenset({"code", "text"}),)
    assert schemas.error_forms({}, {"200": {JSON: {"required": ["id"]}}}) == ()


def test_a_refusal_of_credentials_that_need_not_open_it_is_the_vendors() -> None:
    assert classify(answer(403, PROBLEM, b"{}"), ExpectedAnswer({PROBLEM}, {403})) == "vendor"


def test_text_is_the_vendors_where_the_document_has_it() -> None:
    assert classify(answer(200, "text/plain", b"a"), ExpectedAnswer({"*/*"}, {200})) == "vendor"
    assert classify(answer(200, "Text/Plain", b"a"), ExpectedAnswer({"text/plain"}, {200})) == "vendor"


def test_a_page_is_not_the_vendors_where_the_document_has_text_for_another_status() -> None:
    any_content = ExpectedAnswer({"*/*", PROBLEM}, {200, 500}, by_status={200: ["*/*"], 500: [PROBLEM]})
    assert classify(answer(200, HTML, PAGE), any_content) == "vendor"
    assert classify(answer(200, HTML, PAGE), replace(any_content, wanted=(200,))) == "vendor"
    assert classify(answer(200, HTML, PAGE), replace(any_content, wanted=(401,))) == "intermediary"
    assert classify(answer(200, TEXT, b"a"), replace(any_content, wanted=(401,))) == "vendor"
    assert classify(answer(500, HTML, PAGE), any_content) == "unavailable"


def test_an_answer_that_passes_a_bound_is_oversize_whatever_it_is() -> None:
    exchange = Exchange("vtex", "a", "GET", "https://a.test/", {}, b"", 200, oversize="is over 10 MiB")
    assert classify(exchange, DOCUMENTED) == "oversize"


@pytest.mark.parametrize(
    ("answer_class", "words"),
    [
        ("intermediary", "something other than the API answered at shop.example.com (status 502, text/html)"),
        ("credentials", "shop.example.com refused the credentials (status 502)"),
        ("throttled", "shop.example.com limits the rate of requests (status 502)"),
        ("unavailable", "shop.example.com was unavailable (status 502)"),
        ("network", "shop.example.com gave no response"),
        ("oversize", "the response None"),
    ],
)
def test_a_cause_says_who_answered_and_where(answer_class: AnswerClass, words: str) -> None:
    cause = cause_of(replace(answer(502, HTML, PAGE), answer_class=answer_class), "GET /a")
    assert cause is not None
    assert (cause.kind, cause.text, cause.first) == (answer_class, words, "GET /a")


def test_the_vendors_answer_has_no_cause() -> None:
    assert cause_of(answer(200, JSON, b"{}"), "GET /a") is None
