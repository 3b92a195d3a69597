"""Whose answer an exchange holds: one case for each kind of host that stands between a run and a vendor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.conformance.http.classification import ExpectedAnswer, cause_of, classify
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.findings import Exchange

PAGE = b"<!doctype html><title>Maintenance</title>"
JSON, PROBLEM, HTML, TEXT = "application/json", "application/problem+json", "text/html; charset=utf-8", "text/plain"
DOCUMENTED = ExpectedAnswer({JSON, PROBLEM}, {200, 400, 401, 404, 500, 502}, opens=True)


def answer(status: int | None, media_type: str = "", body: bytes = b"", **headers: str) -> Exchange:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if media_type:
        told["Content-Type"] = media_type
    return Exchange("vtex", "GetProfile", "GET", "https://shop.example.com/a", {}, b"", status, told, body)


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
        ("throttled", "shop.example.com asks to wait (status 502)"),
        ("unavailable", "shop.example.com was unavailable (status 502)"),
        ("network", "shop.example.com gave no answer"),
        ("oversize", "the answer None"),
    ],
)
def test_a_cause_says_who_answered_and_where(answer_class: AnswerClass, words: str) -> None:
    cause = cause_of(replace(answer(502, HTML, PAGE), answer_class=answer_class), "GET /a")
    assert cause is not None
    assert (cause.kind, cause.text, cause.first) == (answer_class, words, "GET /a")


def test_the_vendors_answer_has_no_cause() -> None:
    assert cause_of(answer(200, JSON, b"{}"), "GET /a") is None
