"""What one response to a preflight read is taken for: trouble, the wrong place, the wrong dialect, a missing record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.preflight import judgement
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.specs import Dialect, Operation
from pii_sandbox.specs.api_facts import ProbeRead, apis

CALL = "GET /ccapp/v1/profiles/{id}"
JSON = "application/json"


def exchange(status: int | None = 200, body: Any = b"", media_type: str | None = JSON, **more: Any) -> Exchange:
    headers = {} if media_type is None else {"Content-Type": media_type}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = "https://shop.example.com/ccapp/v1/profiles/0"
    return Exchange("oracle", "getProfile", "GET", url, {}, b"", status, headers, content, **more)


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [(404, None, f"404 for {CALL}"), (None, "reset", f"reset for {CALL}"), (None, None, f"no response for {CALL}")],
)
def test_a_call_is_named_with_its_status_or_why_it_has_none(status: int | None, error: str | None, text: str) -> None:
    assert judgement.status_for_call(CALL, exchange(status, error=error)) == text


@pytest.mark.parametrize("answer_class", ["vendor", "credentials"])
def test_a_response_of_the_api_is_no_trouble(answer_class: AnswerClass) -> None:
    assert judgement.trouble(exchange(403, answer_class=answer_class), CALL) is None


@pytest.mark.parametrize(
    ("answer_class", "status", "more", "text"),
    [
        ("network", None, {"error": "shop.example.com cannot be reached"}, "shop.example.com cannot be reached"),
        ("network", None, {}, f"shop.example.com gave no response to {CALL}"),
        (
            "oversize",
            200,
            {"oversize": "is over 1 MB long"},
            f"the response of shop.example.com to {CALL} is over 1 MB",
        ),
        ("oversize", 200, {}, f"the response of shop.example.com to {CALL} is too large"),
        ("throttled", 429, {}, f"shop.example.com limits the rate of requests (429 for {CALL}); run again later"),
        ("unavailable", 503, {}, f"shop.example.com is unavailable (503 for {CALL}); run again when it is available"),
        ("intermediary", 407, {}, "a proxy in front of shop.example.com requires credentials (407); set proxy"),
        ("intermediary", 300, {}, f"shop.example.com redirects {CALL} (300); check the url"),
        ("intermediary", 399, {}, f"shop.example.com redirects {CALL} (399); check the url"),
    ],
)
def test_trouble_is_told_with_its_cause(
    answer_class: AnswerClass, status: int | None, more: dict[str, Any], text: str
) -> None:
    trouble = judgement.trouble(exchange(status, answer_class=answer_class, **more), CALL)
    assert trouble is not None
    assert trouble.kind == answer_class
    assert trouble.text.startswith(text)


@pytest.mark.parametrize("status", [200, 299, 400, 406, 408, 511])
@pytest.mark.parametrize(
    ("media_type", "what"),
    [("Text/HTML; charset=utf-8", "text/html"), ("text/plain", "text/plain"), (None, "a body without media type")],
)
def test_what_is_no_json_is_the_page_of_something_else(status: int, media_type: str | None, what: str) -> None:
    trouble = judgement.trouble(exchange(status, b"<html>", media_type, answer_class="intermediary"), CALL)
    assert trouble is not None
    assert trouble.kind == "intermediary"
    assert trouble.text.startswith(
        f"shop.example.com answered {CALL} with {what} instead of JSON ({status}): a page of"
    )


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"message": "no Route"}, {"message": "no Route"}, True),
        ({"message": "no Route"}, {"message": "no profile"}, False),
        ({"message": "no Route"}, {"error": "no Route"}, False),
        ({"message": "x", "request_id": "b5f1c3"}, {"message": "x", "request_id": "a1"}, True),  # differs by call
        ({"message": "x", "path": "/a/b"}, {"message": "x", "path": "/c"}, True),
        ({"message": "x", "at": 1700000000}, {"message": "x", "at": 1700000001.5}, True),
        ({"message": "x", "at": 1}, {"message": "x"}, True),
        ({"message": "x", "ok": True}, {"message": "x", "ok": False}, False),
        ({"errors": ["1"]}, {"errors": ["1"]}, True),
        ({"errors": ["1"]}, {"errors": ["2"]}, False),
        ([1], [1], True),
        ([1], [2], False),
        (b"not found", b"not found", True),
        (b"not found", b"not here", False),
        (b"[" * 100_000, b"[" * 100_000, True),
        (b"[" * 100_000, b"[" * 100_001, False),
        (b"", b"", False),  # which says nothing
        (b" \n", b" \n", False),
    ],
)
def test_a_host_that_answers_a_read_as_it_answers_any_path_is_not_the_api(one: Any, other: Any, alike: bool) -> None:
    assert judgement.is_alike(exchange(404, one), exchange(404, other)) is alike
    assert judgement.is_alike(exchange(404, other), exchange(404, one)) is alike


def test_answers_of_another_status_or_media_type_are_not_alike() -> None:
    body = {"message": "no Route"}
    known = exchange(404, body)
    assert not judgement.is_alike(known, exchange(410, body))
    assert not judgement.is_alike(known, exchange(404, body, "application/problem+json"))
    assert not judgement.is_alike(known, exchange(404, body, None))
    assert judgement.is_alike(known, exchange(404, body, "Application/JSON; charset=utf-8"))


def test_the_wrong_place_is_told_with_the_read_that_showed_it() -> None:
    cause = judgement.wrong_place(exchange(404))
    assert cause.kind == "intermediary"
    assert cause.text.startswith(
        "shop.example.com answers getProfile and a path that does not exist alike (404), so the API is not there"
    )


@pytest.mark.parametrize(
    ("kind", "variables", "cause_kind", "text"),
    [
        ("full", (), "credentials", "the credentials (401 for {}); check oracle.credentials.full"),
        ("full", ("KEY",), "credentials", "the credentials (401 for {}); check KEY"),
        ("user", ("KEY", "TOKEN"), "credential", "the user credentials (401 for {}); check KEY and TOKEN"),
        ("user", (), "credential", "the user credentials (401 for {}); check oracle.credentials.user"),
    ],
)
def test_a_refusal_names_what_to_check(kind: str, variables: tuple[str, ...], cause_kind: str, text: str) -> None:
    cause = judgement.refusal(apis()["oracle"], exchange(401), CALL, variables, kind)
    assert (cause.kind, cause.text) == (cause_kind, f"Oracle Commerce refused {text.format(CALL)}")


GUIDE_ALONE = {"id": "110001"}  # a profile that the reference would have in another form


@pytest.mark.parametrize(
    ("status", "body", "dialect", "other"),
    [
        (200, GUIDE_ALONE, "reference", "guide"),
        (200, GUIDE_ALONE, "guide", None),
        (200, {}, "reference", None),  # fits both
        (200, [], "reference", None),  # fits neither
        (201, GUIDE_ALONE, "reference", None),
        (199, GUIDE_ALONE, "reference", None),
        (404, GUIDE_ALONE, "reference", None),
    ],
)
def test_a_success_that_fits_the_other_dialect_alone_tells_which_to_set(
    status: int, body: Any, dialect: Dialect, other: Dialect | None
) -> None:
    cause = judgement.wrong_dialect(exchange(status, body), dialect)
    if other is None:
        assert cause is None
        return
    assert cause is not None
    assert cause.kind == "dialect"
    assert cause.text == (
        f"the response to getProfile follows the dialect {other}, but the target has {dialect}; "
        f'set dialect = "{other}" in the target file'
    )


def test_an_operation_that_no_dialect_has_shows_no_dialect() -> None:
    unknown = replace(exchange(200, GUIDE_ALONE), operation_id="getNothing")
    assert judgement.wrong_dialect(unknown, "reference") is None
    assert judgement.wrong_dialect(replace(unknown, operation_id=None), "reference") is None


def test_a_dialect_that_lacks_the_operation_is_not_the_one_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    found = operations.operation

    def operation_of_the_reference(api: str, operation_id: str, dialect: Dialect) -> Operation:
        if dialect == "guide":
            raise KeyError(operation_id)
        return found(api, operation_id, dialect)

    monkeypatch.setattr(operations, "operation", operation_of_the_reference)
    assert judgement.wrong_dialect(exchange(200, GUIDE_ALONE), "reference") is None


LISTING = ProbeRead("listProfiles", records="profiles")
READ = ProbeRead("getProfile")


@pytest.mark.parametrize(
    ("status", "body", "read", "found"),
    [
        (404, {"id": "1"}, READ, False),
        (410, {"id": "1"}, READ, False),
        (403, [], READ, True),
        (405, [], READ, True),
        (409, [], READ, True),
        (411, [], READ, True),
        (201, [], READ, True),
        (199, [], READ, True),
        (200, {"id": "1"}, READ, True),
        (200, [], READ, False),
        (200, [{"id": "1"}], READ, True),
        (200, {"profiles": []}, READ, True),
        (200, b"no JSON", READ, True),
        (200, {"profiles": []}, LISTING, False),
        (200, {"profiles": [{"id": "1"}]}, LISTING, True),
        (200, {}, LISTING, True),
        (200, [], LISTING, False),
    ],
)
def test_nothing_is_there_where_the_response_says_so(status: int, body: Any, read: ProbeRead, found: bool) -> None:
    assert judgement.is_found(exchange(status, body), read) is found
