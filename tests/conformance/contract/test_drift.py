"""What an answer has beyond the document is told by operation and JSON path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.contract.drift import drift, is_new_status, known_part
from pii_sandbox.conformance.http.observer import MOST_DRIFT, Observer
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.observations import Drift

FACTS = operations.operation("newstore", "getProfile", "guide")
PROFILE = {"id": "NS-EU-1", "email": "a@example.com", "created_at": "2026-01-01T00:00:00Z"}


def answer(status: int, body: Any, **headers: str) -> Exchange:
    all_headers = {
        "Content-Type": "application/json; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange("newstore", "getProfile", "GET", "https://a.test/b", {}, b"", status, all_headers, content)


@pytest.mark.parametrize(
    ("exchange", "expected"),
    [
        (answer(200, PROFILE), []),
        (answer(200, PROFILE | {"loyalty": {"tier": 1}}), ["property $.loyalty"]),
        (answer(200, PROFILE, X_Loyalty="1"), ["header X-Loyalty"]),
        (answer(200, PROFILE, Server="a", X_Request_Id="1", CF_Ray="2", X_Amzn_Trace="3", ETag="4"), []),
        (answer(206, PROFILE), ["status 206"]),
        (answer(302, {}), []),
        (answer(200, b"{"), []),
        (answer(200, b""), []),
    ],
)
def test_additions_of_a_vendor_are_reported(exchange: Exchange, expected: list[str]) -> None:
    assert [found.what for found in drift(FACTS, exchange, "guide")] == expected


def test_an_addition_deep_in_lists_is_reported_once() -> None:
    facts = operations.operation("newstore", "listProfiles", "guide")
    page = {"data": [PROFILE | {"tier": 1}, PROFILE | {"tier": 2}], "next": {"a": 1}}
    exchange = answer(200, page)
    paths = known_part(facts, exchange, "guide")[1]
    assert len(paths) == len(set(paths))
    assert paths


def test_the_known_part_is_what_is_held_against_the_document() -> None:
    body, _ = known_part(FACTS, answer(200, PROFILE | {"loyalty": 1}), "guide")
    assert json.loads(body) == PROFILE


def test_a_status_of_another_class_than_the_one_that_was_asked_for_is_no_drift() -> None:
    assert is_new_status(FACTS, answer(410, {}), "guide", [404])
    assert not is_new_status(FACTS, answer(410, {}), "guide", [200])
    assert not is_new_status(FACTS, answer(404, {}), "guide", [400])


def test_thousands_of_unknown_names_are_told_as_a_few_and_that_there_are_more() -> None:
    observer = Observer()
    for _ in range(2):
        observer.note_drift(*(Drift("newstore", "getProfile", f"property $.name{number}") for number in range(5_000)))
    observer.note_drift(
        Drift("vtex", "GetProfile", "property $.tier"), Drift("vtex", "GetProfile", "header X-" + "y" * 999)
    )
    drift = observer.observations().drift
    assert sorted(each.what for each in drift if each.api == "vtex") == ["header of 1008 characters", "property $.tier"]
    few = [each.what for each in drift if each.api == "newstore"]
    assert len(few) == MOST_DRIFT + 1
    assert f"more than {MOST_DRIFT} differences from the document" in few
