"""Which statuses are the vendor's and which are not, and what is known of an answer before it comes."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import replace

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.classification import ExpectedAnswer, cause_of, classify, expected_answer
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE, vendor

JSON, PROBLEM, HTML, TEXT = "application/json", "application/problem+json", "text/html", "text/plain"
REFUSED_OR_AWAY = {408, 425, 502, 503, 504, *range(520, 531), 598, 599}
REDIRECTS = set(range(300, 400))


def answer(status: int, media_type: str = "", body: bytes = b"", **headers: str) -> Exchange:
    all_headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if media_type:
        all_headers["Content-Type"] = media_type
    return Exchange("vtex", "GetProfile", "GET", "https://shop.example.com/a", {}, b"", status, all_headers, body)


def statuses_of(answer_class: AnswerClass, expected: ExpectedAnswer, **headers: str) -> set[int]:
    """The statuses at which an answer without a body has that class."""
    return {
        status for status in range(200, 600) if classify(answer(status, "", b"", **headers), expected) == answer_class
    }


@pytest.mark.parametrize(
    ("documented", "wanted", "opens", "headers", "expected"),
    [
        (
            {200}, (), True, {},
            {"unavailable": REFUSED_OR_AWAY, "throttled": {429}, "intermediary": {407, 511, *REDIRECTS},
             "credentials": {401, 403}},
        ),
        (
            {200, 304}, (), False, {},
            {"unavailable": REFUSED_OR_AWAY, "throttled": {429}, "intermediary": {407, 511, *REDIRECTS - {304}},
             "credentials": set()},
        ),
        (
            {200}, (), True, {"Retry_After": "3"},
            {"unavailable": REFUSED_OR_AWAY - {503}, "throttled": {429, 503}, "intermediary": {407, 511, *REDIRECTS},
             "credentials": {401, 403}},
        ),
        (
            {200}, (307, 401, 407, 429, 503), True, {"Retry_After": "3"},
            {"unavailable": REFUSED_OR_AWAY - {503}, "throttled": set(), "intermediary": {511, *REDIRECTS - {307}},
             "credentials": {403}},
        ),
    ],
    ids=["all", "some documented", "retry-after", "some wanted"],
)  # fmt: skip
def test_a_status_tells_whose_answer_it_is(
    documented: Collection[int],
    wanted: Collection[int],
    opens: bool,
    headers: dict[str, str],
    expected: dict[AnswerClass, Set[int]],
) -> None:
    known = ExpectedAnswer({JSON}, documented, wanted, opens)
    assert {each: statuses_of(each, known, **headers) for each in expected} == expected
    others = set(range(200, 600)).difference(*expected.values())
    assert statuses_of("vendor", known, **headers) == others


@pytest.mark.parametrize(
    ("exchange", "documented", "wanted", "expected"),
    [
        (answer(501, TEXT, b"failed", X_Sandbox_Error="KeyError"), {JSON}, (), "intermediary"),  # no 500
        (answer(499, TEXT, b"failed", X_Sandbox_Error="KeyError"), {JSON}, (), "intermediary"),
        (answer(500, TEXT, b"failed", X_Sandbox_Error=""), {JSON}, (), "unavailable"),
        (answer(501, TEXT, b"failed"), {JSON}, (), "intermediary"),
        (answer(503, TEXT, b"busy"), {JSON}, (503,), "unavailable"),
        (answer(404, HTML, b"<html>"), {JSON}, (404,), "intermediary"),
        (answer(404, HTML, b"<html>"), (), (), "vendor"),  # of a call outside the documents
        (answer(404, HTML, b" \r\n"), {JSON}, (), "vendor"),  # nothing but space is no page
        (answer(200, "text/json", b"{"), {"application/xml"}, (), "vendor"),
        (answer(200, "Application/JSON ; charset=utf-8", b"{"), {"application/xml"}, (), "vendor"),
        (answer(200, "application/hal+json", b"{"), {"application/xml"}, (), "vendor"),
        (answer(200, "application/xml", b"<a/>"), {"Application/XML"}, (), "vendor"),
        (answer(200, "application/json-seq", b"{"), {"application/xml"}, (), "intermediary"),
        (answer(200, "json", b"{"), {"application/xml"}, (), "intermediary"),
        (answer(200, TEXT, b"null"), {JSON}, (), "vendor"),
        (answer(200, TEXT, b"[" * 100_000), {JSON}, (), "intermediary"),  # too deep to be read
        (answer(200, TEXT, b"\xff\xff"), {JSON}, (), "intermediary"),
    ],
    ids=range(17),
)
def test_a_body_tells_whose_answer_it_is(
    exchange: Exchange, documented: Collection[str], wanted: Collection[int], expected: AnswerClass
) -> None:
    assert classify(exchange, ExpectedAnswer(documented, {200}, wanted)) == expected


def test_the_media_types_of_the_status_decide_where_it_has_any() -> None:
    known = ExpectedAnswer({TEXT, PROBLEM}, {200, 404}, by_status={404: [PROBLEM]})
    assert classify(answer(404, TEXT, b"a"), known) == "intermediary"
    assert classify(answer(200, TEXT, b"a"), known) == "vendor"
    assert classify(answer(418, TEXT, b"a"), known) == "vendor"


def call(api: str, operation_id: str, /, **more: object) -> Request:
    facts = operations.operation(api, operation_id, "guide")
    request = Request(api, operation_id, facts.method, f"{BASE}/a", facts=facts, safety=facts.safety)
    return replace(request, **more)  # type: ignore[arg-type]


def test_an_operation_says_which_answers_its_document_has() -> None:
    known = expected_answer(call("vtex", "DeleteClientProfile", expected=(204, 404)), vendor())
    assert set(known.media_types) == {PROBLEM}
    assert set(known.statuses) == {204, 400, 401, 403, 404, 405, 500, 502}
    assert {status: list(types) for status, types in known.by_status.items()} == {
        status: [PROBLEM] for status in (400, 401, 403, 404, 405, 500, 502)
    }  # a 204 has none
    assert list(known.wanted) == [204, 404]


def test_the_default_response_of_a_document_is_of_no_status() -> None:
    known = expected_answer(call("oracle", "getProfile"), vendor())
    assert 200 in known.statuses
    assert JSON in known.media_types
    assert set(known.by_status) <= set(known.statuses)


@pytest.mark.parametrize(
    ("api", "missing", "wanted"),
    [
        ("vtex", {"operation_id": None}, (404,)),
        ("vtex", {"facts": None}, (404,)),
        ("vtex", {"operation_id": None, "facts": None}, (404,)),
        ("sandbox", {"operation_id": None, "facts": None}, range(200, 600)),
    ],
)
def test_a_call_outside_the_documents_may_have_any_media_type(
    api: str, missing: dict[str, None], wanted: Collection[int]
) -> None:
    request = call("vtex", "GetProfile", api=api, expected=(404,), **missing)
    known = expected_answer(request, vendor())
    assert (set(known.media_types), set(known.statuses), set(known.by_status)) == (set(), set(), set())
    assert set(known.wanted) == set(wanted)
    assert known.error_forms == ()


@pytest.mark.parametrize(
    ("credentials", "opens"),
    [("full", True), ("application", True), ("user", True), ("unprivileged", False), ("expired", False), (None, False)],
)
@pytest.mark.parametrize("missing", [{}, {"operation_id": None}], ids=["documented", "outside"])
def test_a_refusal_of_credentials_that_should_open_is_none_of_the_vendor(
    credentials: str | None, opens: bool, missing: dict[str, None]
) -> None:
    request = call("vtex", "GetProfile", credentials=credentials, **missing)
    assert expected_answer(request, vendor()).opens is opens
    sandbox = replace(vendor("control"), control=BASE)
    assert expected_answer(request, sandbox).opens is False  # its credentials are known to be good


def test_a_sandbox_of_ours_answers_for_itself() -> None:
    sandbox = replace(vendor("control"), control=BASE)
    for missing in ({}, {"operation_id": None}):
        known = expected_answer(call("vtex", "GetProfile", expected=(404,), **missing), sandbox)
        assert list(known.wanted) == [404, 429]
        assert known.error_forms == ()
    assert expected_answer(call("vtex", "GetProfile"), vendor()).error_forms != ()


@pytest.mark.parametrize(
    ("url", "about", "text"),
    [
        (
            "https://me:secret@shop.example.com:8443/a",
            {"answer_class": "unavailable"},
            "shop.example.com:8443 was unavailable (status 502)",
        ),
        (
            f"{BASE}/a",
            {"answer_class": "intermediary", "response_headers": {"content-type": "text/html; charset=utf-8"}},
            "something other than the API answered at shop.example.com (status 502, text/html)",
        ),
        (
            f"{BASE}/a",
            {"answer_class": "intermediary"},
            "something other than the API answered at shop.example.com (status 502, no media type)",
        ),
        (f"{BASE}/a", {"answer_class": "network"}, "shop.example.com gave no response"),
        (
            f"{BASE}/a",
            {"answer_class": "network", "error": "no response within the time limit"},
            "no response within the time limit",
        ),
        (f"{BASE}/a", {"answer_class": "oversize", "oversize": "is over 1 MB long"}, "the response is over 1 MB long"),
    ],
    ids=["user", "page", "no media type", "silence", "error", "oversize"],
)
def test_a_cause_names_the_host_and_what_it_sent(url: str, about: dict[str, object], text: str) -> None:
    cause = cause_of(replace(answer(502), url=url, **about), "GET /a")  # type: ignore[arg-type]
    assert cause is not None
    assert cause.text == text
