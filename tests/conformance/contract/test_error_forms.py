"""Error forms, caps and masks of responses by documents made by hand; what of them is drift at a vendor's own host."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.contract.response_checks import (
    CheckFailure,
    check_failures,
    has_assumed_errors,
    is_beyond_reach,
)
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.specs import Operation
from tests.conformance.contract.documents import JSON, PROBLEM, Documents, called, content, path_item

FORM = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
STRICT = {**FORM, "additionalProperties": False}
ASSUMED = {"x-assumed": True}


def failures(facts: Operation, exchange: Exchange, *, lenient: bool = False) -> list[str]:
    return [failure.seen for failure in check_failures(facts, exchange, "guide", lenient=lenient)]


KNOWN = "generated:error_form"


@pytest.mark.parametrize(
    ("responses", "answer", "seen"),
    [
        ({"400": content(FORM, PROBLEM)}, {"body": {"title": "a"}, "media": PROBLEM}, None),
        ({"400": content(FORM, PROBLEM)}, {"body": {"title": "a"}, "media": "Application/Problem+JSON; a=b"}, None),
        ({"400": content(FORM, PROBLEM)}, {"body": {}, "media": PROBLEM}, "status 400, the body breaks required"),
        ({"400": content(FORM, PROBLEM)}, {"body": b"<p>", "media": PROBLEM}, "status 400, a body that is not JSON"),
        ({"400": content(FORM, PROBLEM)}, {"body": {"title": "a"}}, f"status 400, sent as {JSON}"),
        ({"400": content(FORM, PROBLEM)}, {"body": {"title": "a"}, "media": None}, "status 400, sent as no media type"),
        ({"400": content(FORM, PROBLEM)}, {"status": 399, "body": {}, "media": PROBLEM}, None),
        ({"400": content(FORM, PROBLEM)}, {"body": {}, "media": PROBLEM, "method": "HEAD"}, None),
        ({"400": content(FORM, PROBLEM)}, {"body": {}, "media": PROBLEM, "answer_class": "intermediary"}, None),
        ({"400": content(FORM, PROBLEM)}, {"status": None}, None),
        ({"400": {}}, {"body": {}, "media": PROBLEM}, None),
        ({"400": {}, "404": content(FORM)}, {"body": {}}, None),
        ({"200": content(FORM)}, {"body": {}}, None),
        ({"404": content(FORM)}, {"body": {"title": "a"}}, None),
        ({"404": content(FORM)}, {"body": {}}, "status 400, the body breaks required"),
        ({"404": content(FORM), "500": content({"type": "array"})}, {"body": []}, None),
        ({"404": content(FORM), "500": content({"type": "array"})}, {"body": {}},
         "status 400, the body breaks required"),
        ({"404": content(FORM), "500": content({"type": "array"}, PROBLEM)}, {"body": {}, "media": PROBLEM},
         "status 400, the body breaks type"),
        ({"200": content({}), "404": content(FORM)}, {"body": {}}, "status 400, the body breaks required"),
        ({"302": content({}), "404": content(FORM)}, {"body": {}}, "status 400, the body breaks required"),
    ],
)  # fmt: skip
def test_an_error_has_the_form_that_the_document_gives_to_its_status_or_else_to_any_error(
    responses: dict[str, Any], answer: dict[str, Any], seen: str | None, documents: Documents
) -> None:
    facts = documents.operation({"/things": path_item(responses)})
    exchange = called(facts, **{"status": 400, **answer})
    found = check_failures(facts, exchange, "guide")
    assert [failure.seen for failure in found] == ([] if seen is None else [seen])
    assert {(failure.check, failure.rule) for failure in found} <= {("error_form", KNOWN)}


def test_the_expected_form_names_the_media_types_that_the_document_has(documents: Documents) -> None:
    responses = {"404": content(FORM, PROBLEM), "500": {"content": {JSON: {}, PROBLEM: {}}}, "200": content({}, "a/b")}
    facts = documents.operation({"/things": path_item(responses)})
    (failure,) = check_failures(facts, called(facts, 400, {}, "c/d"), "guide")
    assert failure == CheckFailure(
        "error_form", KNOWN, f"the vendor's own error form, {PROBLEM} or {JSON}", "status 400, sent as c/d"
    )


@pytest.mark.parametrize(
    ("responses", "status", "body", "strict", "lenient", "assumed"),
    [
        ({"400": content(STRICT)}, 400, {"title": "a", "more": 1}, True, False, False),
        ({"400": content(STRICT)}, 400, {"more": 1}, True, True, False),
        ({"400": {**ASSUMED, **content(STRICT)}}, 400, {"more": 1}, True, False, True),
        ({"400": {**ASSUMED, **content(STRICT)}}, 422, {"more": 1}, True, False, True),
        ({"400": {**ASSUMED, **content(STRICT)}, "404": content(STRICT)}, 404, {"more": 1}, True, True, False),
        ({"400": content(STRICT)}, 422, {"more": 1}, True, True, False),
    ],
)
def test_what_an_error_has_beyond_its_form_and_a_form_that_is_assumed_are_drift_at_a_vendors_own_host(
    responses: dict[str, Any],
    status: int,
    body: Any,
    strict: bool,
    lenient: bool,
    assumed: bool,
    documents: Documents,
) -> None:
    facts = documents.operation({"/things": path_item(responses)})
    exchange = called(facts, status, body)
    assert bool(failures(facts, exchange)) is strict
    assert bool(failures(facts, exchange, lenient=True)) is lenient
    assert has_assumed_errors(facts, exchange, "guide") is assumed


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"surplus": 3, "body": {}}, ["status 200 with more after its end (3 bytes)"]),
        ({"oversize": "is over 16 MB", "media": "a/b"}, ["status 200 as a/b, not application/json"]),
        ({"oversize": "is over 16 MB", "answer_class": "oversize", "status": 418}, ["the undocumented status 418"]),
        ({"oversize": "is over 16 MB"}, []),
        ({"body": {}, "status": 200}, []),
    ],
)
def test_of_an_answer_that_was_not_read_to_its_end_the_document_alone_is_checked(
    answer: dict[str, Any], seen: list[str], documents: Documents
) -> None:
    facts = documents.operation({"/things": path_item({"200": content(FORM)})})
    found = check_failures(facts, called(facts, **answer), "guide")
    assert [failure.seen for failure in found] == seen
    assert {(failure.check, failure.rule, failure.expected) for failure in found} <= {
        ("document", "generated:document", "a response that conforms to the document")
    }


def reaching(entries: int) -> dict[str, Any]:
    return {"x-reach": entries}


def listing(documents: Documents, **more: Any) -> Operation:
    """A list whose count is 2 to 50, 10 unless given."""
    count = {"name": "count", "in": "query", "schema": {"maximum": 50, "minimum": 2, "default": 10}}
    return documents.operation({"/things": path_item({"200": content({})}, parameters=[count], **more)})


@pytest.mark.parametrize(
    ("query", "body", "status", "seen"),
    [
        ("", {"a": [1] * 10}, 200, []),
        ("", {"a": [1] * 11}, 200, ["11 entries"]),
        ("", {"a": [1] * 11, "b": [1] * 3, "d": [1] * 12, "c": "a text that is long enough"}, 200, ["12 entries"]),
        ("", {"a": "a text that is long enough"}, 200, []),
        ("", [1] * 11, 200, []),
        ("?count=2", {"a": [1] * 2}, 200, []),
        ("?count=2", {"a": [1] * 3}, 200, ["3 entries"]),
        ("?count=50", {"a": [1] * 50}, 200, []),
        ("?count=51", {"a": []}, 200, ["status 200"]),
        ("?count=51", {"a": [1] * 99}, 299, ["status 299"]),
        ("?count=1", {"a": []}, 200, ["status 200"]),
        ("?count=1", {"a": []}, 300, []),
        ("?count=1", {"a": []}, 199, []),
        ("?count=1&count=1", {"a": [1] * 11}, 200, ["11 entries"]),
        ("?count=x", {"a": [1] * 11}, 200, ["11 entries"]),
        ("?offset=990", {"a": []}, 200, []),
        ("?offset=991", {"a": []}, 200, ["status 200"]),
        ("?offset=991", {"a": []}, 404, []),
        ("?offset=998&count=2", {"a": []}, 200, []),
        ("?offset=999&count=2", {"a": []}, 200, ["status 200"]),
        ("?offset=999&count=51", {"a": []}, 200, ["status 200", "status 200"]),
        ("?count=1001", {"a": []}, 200, ["status 200", "status 200"]),
        ("?count=1000", {"a": []}, 200, ["status 200"]),
    ],
)  # fmt: skip
def test_a_list_refuses_counts_outside_its_bounds_and_what_is_beyond_its_reach(
    query: str, body: Any, status: int, seen: list[str], documents: Documents
) -> None:
    facts = listing(documents, **reaching(1_000))
    exchange = called(facts, status, body, url=f"https://shop.test/things{query}")
    assert failures(facts, exchange) == seen


def test_caps_are_told_with_their_bounds(documents: Documents) -> None:
    facts = listing(documents, **reaching(1_000))

    def expected(query: str, many: int) -> list[tuple[str, str]]:
        exchange = called(facts, 200, {"a": [1] * many}, url=f"https://shop.test/things{query}")
        return [(failure.check, failure.expected) for failure in check_failures(facts, exchange, "guide")]

    assert expected("?offset=1000&count=51", 0) == [
        ("reach", "a refusal beyond 1000 entries"), ("count", "a refusal of a count outside 2 to 50"),
    ]  # fmt: skip
    assert expected("", 11) == [("count", "at most 10 entries")]
    assert expected("?count=5", 11) == [("count", "at most 5 entries")]


def test_a_list_without_a_reach_and_a_call_that_is_no_list_reach_everywhere(documents: Documents) -> None:
    far = "https://shop.test/things?offset=999999&count=50"
    facts = listing(documents)
    assert not is_beyond_reach(facts, far, "guide")
    single = documents.operation({"/things": path_item({"200": content({})}, **reaching(10))})
    assert not is_beyond_reach(single, far, "guide")
    assert failures(single, called(single, 200, {"a": [1] * 99}, url=far)) == []
    assert is_beyond_reach(listing(documents, **reaching(10)), far, "guide")


MASKED = {"properties": {"name": {"x-masked": True}, "list": {"items": {"x-masked": True}}, "free": {}}}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"body": {"name": "Z***"}}, []),
        ({"body": {"name": "Zoraida", "list": ["Zoraida"]}}, ["an unmasked text at name"]),
        ({"body": {"name": "Z*", "list": ["Z*", "Zoraida"]}}, ["an unmasked text at list.*"]),
        ({"body": {"free": "Zoraida"}}, []),
        ({"body": {"name": "Zoraida"}, "media": "APPLICATION/JSON; a=b"}, ["an unmasked text at name"]),
        ({"body": {"name": "Zoraida"}, "media": "a/b"}, []),
        ({"body": {"name": "Zoraida"}, "status": 404}, []),
        ({"body": {"name": "Zoraida"}, "status": 300}, []),
        ({"body": {"name": "Zoraida"}, "status": 201}, []),
        ({"body": b"Zoraida"}, []),
    ],
)
def test_a_masked_read_shows_no_text_unmasked_that_the_document_marks(
    answer: dict[str, Any], seen: list[str], documents: Documents
) -> None:
    for disclosure in ("masked", "unmasked"):
        responses = {"200": content(MASKED), "300": content(MASKED), "404": {}}
        facts = documents.operation({"/things": path_item(responses, **{"x-disclosure": disclosure})})
        found = check_failures(facts, called(facts, **answer), "guide")
        assert [failure.seen for failure in found] == (seen if disclosure == "masked" else [])
        assert {(failure.check, failure.expected) for failure in found} <= {("masked", "personal data masked")}
