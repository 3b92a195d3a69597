"""`POST /journal/verify`: this call, so often, in this order, and what came nearest."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, ORACLE
from tests.journal.calls import NEWSTORE_PROFILES, create_anna, create_john, unmask


def verify(control: ControlClient, **asked: Any) -> dict[str, Any]:
    verdict: dict[str, Any] = control.call("POST", "/journal/verify", asked)
    return verdict


@pytest.mark.parametrize(
    ("match", "count"),
    [
        ({}, 4),
        ({"api": "newstore"}, 3),
        ({"operation": "getOrCreateProfile"}, 2),
        ({"method": "GET"}, 2),
        ({"path": "/v1/d/pii"}, 3),
        ({"status": 404}, 1),
        ({"rule": "NS-GOC-1"}, 1),
        ({"query": {"count": "1"}}, 1),
        ({"query": {"count": "2"}}, 0),
        ({"headers": {"Authorization": "Bearer sandbox-newstore"}}, 3),
        ({"headers": {"X-Nope": "1"}}, 0),
        ({"body": {"email": "anna@example.com"}}, 2),
        ({"body": {"email": "anna@example.com", "store_id": None}}, 0),
        ({"body": {"full_name": 1}}, 0),
        ({"operation": "getOrCreateProfile", "status": 201}, 1),
    ],
)
def test_calls_that_fit_are_counted(http: httpx.Client, control: ControlClient, match: Any, count: int) -> None:
    create_anna(http)
    create_anna(http)
    http.get(NEWSTORE_PROFILES, headers=NEWSTORE, params={"count": 1})
    http.get("/ccapp/v1/profiles/x", headers=ORACLE)
    verdict = verify(control, match=match)
    assert (verdict["ok"], verdict["count"]) == (count > 0, count)


@pytest.mark.parametrize(
    ("count", "ok"),
    [
        (2, True),
        (1, False),
        (0, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 2}, True),
    ],
)
def test_so_many_calls_can_be_wanted(http: httpx.Client, control: ControlClient, count: Any, ok: bool) -> None:
    create_anna(http)
    create_anna(http)
    assert verify(control, match={"operation": "getOrCreateProfile"}, count=count)["ok"] is ok


def test_a_call_that_must_not_have_been(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    assert verify(control, match={"operation": "deleteAddress"}, count=0)["ok"] is True


def test_the_nearest_misses_tell_what_differs(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    http.get("/ccapp/v1/profiles/x", headers=ORACLE)
    wanted = {"api": "newstore", "operation": "getOrCreateProfile", "body": {"email": "other@example.com"}}
    verdict = verify(control, match=wanted)
    assert verdict["ok"] is False
    first, second = verdict["nearest"]
    assert (first["id"], list(first["differs"])) == (1, ["body"])
    assert first["differs"]["body"]["was"]["email"].startswith("email#")
    assert second["differs"]["operation"] == {"wanted": "getOrCreateProfile", "was": "getProfile"}
    assert "anna" not in json.dumps(verdict)


def test_calls_can_be_wanted_in_an_order(http: httpx.Client, control: ControlClient) -> None:
    profile = create_john(http)
    create_anna(http)
    unmask(http, profile, reason="a case of a customer")
    create, unmasked = {"operation": "CreateClientProfile"}, {"operation": "GetUnmaskedProfile"}
    assert verify(control, order=[create, unmasked]) == {"ok": True, "count": 2, "nearest": [], "order": [1, 3]}
    wrong = verify(control, order=[unmasked, create])
    assert (wrong["ok"], wrong["order"]) == (False, [3])
    assert wrong["nearest"][0]["differs"]["operation"]["wanted"] == "CreateClientProfile"
    both = verify(control, match={"api": "newstore"}, count=2, order=[create, unmasked])
    assert (both["ok"], both["count"], both["order"]) == (False, 1, [1, 3])


@pytest.mark.parametrize("body", [{}, {"match": {"unknown": 1}}, {"count": -1}, {"order": []}, {"count": {}}])
def test_a_question_that_cannot_be_is_400(http: httpx.Client, body: Any) -> None:
    assert http.post("/_sandbox/v1/journal/verify", json=body).status_code == 400
