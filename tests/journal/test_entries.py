"""The journal: every vendor request with its answer, bounded, a sandbox's own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, VTEX
from tests.in_process import InProcess
from tests.journal.calls import (
    CUSTOMERS,
    NEWSTORE_PROFILES,
    PROFILES,
    create_anna,
    create_john,
    journal,
    last_entry,
    unmask,
)


def test_an_entry_has_the_complete_exchange(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2031-05-06T07:08:09Z", frozen=True)
    profile = create_john(http)
    entry = last_entry(control)
    assert entry["time"] == "2031-05-06T07:08:09.000000Z"
    assert entry["system_time"][:4] != "2031"
    assert entry["sandbox"] == http.headers["X-Sandbox"]
    assert (entry["api"], entry["operation"], entry["method"]) == ("vtex", "CreateClientProfile", "POST")
    assert (entry["status"], entry["rule"], entry["path"]) == (201, None, PROFILES)
    assert entry["url"] == f"http://sandbox.test{PROFILES}"
    assert entry["validation"] == {"ok": True, "errors": {}}
    assert entry["elapsed_ms"] > 0
    assert entry["request"]["body"]["documentType"] == "CPF"
    assert entry["response"]["body"]["id"] == profile
    assert entry["response"]["headers"]["content-type"] == "application/json"


def test_a_refusal_reports_the_validation_errors_and_the_rule(http: httpx.Client, control: ControlClient) -> None:
    http.post(NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "none"})
    entry = last_entry(control)
    assert (entry["status"], entry["rule"]) == (400, "NS-GOC-3")
    assert entry["validation"]["ok"] is False
    assert list(entry["validation"]["errors"]) == ["email"]
    assert entry["refusal"]["kind"] == "Malformed"


def test_a_rule_that_refused_later_leaves_validation_alone(http: httpx.Client, control: ControlClient) -> None:
    create_john(http)
    assert http.post(PROFILES, headers=VTEX, json={**_PERSON, "document": "12345678911"}).status_code == 409
    entry = last_entry(control)
    assert entry["validation"] == {"ok": True, "errors": {}}
    assert (entry["rule"], entry["refusal"]["kind"]) == ("VTEX-UNIQ-1", "Duplicate")


_PERSON = {"firstName": "A", "lastName": "B", "email": "a@example.com", "documentType": "CPF"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "api"),
    [
        ("GET", "/v1/d/pii/profile", NEWSTORE, 404, "newstore"),
        ("GET", "/nowhere", {}, 404, None),
        ("PUT", NEWSTORE_PROFILES, NEWSTORE, 405, "newstore"),
        ("OPTIONS", "/ccapp/v1/profiles/x", ORACLE, 405, "oracle"),
        ("GET", NEWSTORE_PROFILES, {}, 401, "newstore"),
        ("HEAD", f"{CUSTOMERS}/email/customer@example.com", FASHIONAI, 200, "fashionai"),
    ],
)
def test_a_request_to_an_unknown_path_is_in_the_journal_too(
    http: httpx.Client,
    control: ControlClient,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
    api: str | None,
) -> None:
    http.request(method, path, headers=headers)
    entry = last_entry(control)
    assert (entry["method"], entry["status"], entry["api"]) == (method, status, api)


def test_the_body_of_a_call_without_credentials_is_in_the_journal(http: httpx.Client, control: ControlClient) -> None:
    http.post(NEWSTORE_PROFILES, json={"email": "anna@example.com", "store_id": "berlin"})
    entry = last_entry(control)
    assert (entry["status"], entry["request"]["body"]["store_id"]) == (401, "berlin")


def test_a_fault_is_reported_with_the_call_that_it_affected(http: httpx.Client, control: ControlClient) -> None:
    http.get(NEWSTORE_PROFILES, headers={**NEWSTORE, "X-Sandbox-Fault": "status=502"})
    entry = last_entry(control)
    assert (entry["status"], entry["fault"]) == (502, {"status": 502})


def test_control_calls_and_pages_are_not_in_the_journal(http: httpx.Client, control: ControlClient) -> None:
    control.call("GET", "/status")
    http.get("/_sandbox/v1/nowhere")
    http.get("/_sandbox/docs/sandbox_control")
    assert journal(control) == []


def test_filters_choose(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    create_anna(http)
    http.get(f"{PROFILES}/x", headers=VTEX)
    http.get("/ccapp/v1/profiles/x", headers=ORACLE)
    chosen: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3, 4]),
        ({"api": "newstore"}, [1, 2]),
        ({"operation": "getProfile"}, [4]),
        ({"status": 404}, [3, 4]),
        ({"rule": "NS-GOC-1"}, [2]),
        ({"since": 2}, [3, 4]),
        ({"limit": 1}, [4]),
        ({"since": 1, "limit": 1}, [2]),
        ({"api": "newstore", "status": 404}, []),
    ]
    for query, ids in chosen:
        assert [entry["id"] for entry in journal(control, **query)] == ids, query
    assert control.call("GET", "/journal", limit=1)["total"] == 4


@pytest.mark.parametrize("query", ["api=nope", "status=abc", "limit=0", "limit=1001", "since=-1", "reveal=%20"])
def test_a_filter_that_cannot_be_is_400(http: httpx.Client, query: str) -> None:
    assert http.get(f"/_sandbox/v1/journal?{query}").status_code == 400


def test_an_entry_is_found_by_its_number_or_as_the_last(http: httpx.Client, control: ControlClient) -> None:
    for path in ("a", "b"):
        http.get(f"/ccapp/v1/profiles/{path}", headers=ORACLE)
    assert control.call("GET", "/journal/1")["url"].endswith("/a")
    assert control.call("GET", "/journal/last")["id"] == 2
    assert http.get("/_sandbox/v1/journal/3").status_code == 404
    assert http.get("/_sandbox/v1/journal/x").status_code == 400


def test_an_emptied_journal_numbers_on(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    control.call("DELETE", "/journal")
    assert journal(control) == []
    assert http.get("/_sandbox/v1/journal/last").status_code == 404
    create_anna(http)
    assert [entry["id"] for entry in journal(control)] == [2]


def test_a_reset_empties_the_journal(http: httpx.Client, control: ControlClient) -> None:
    create_anna(http)
    control.call("POST", "/reset")
    assert journal(control) == []


def test_the_oldest_go_beyond_a_number_of_entries(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"journal.entries": 3})
    for _ in range(5):
        http.get("/ccapp/v1/profiles/x", headers=ORACLE)
    assert [entry["id"] for entry in journal(control)] == [3, 4, 5]


def test_entries_are_the_same_in_a_listing_and_alone(http: httpx.Client, control: ControlClient) -> None:
    # each text also occurs in an exchange that does not know it as personal, before and after one that does
    profile = create_john(http)
    for reason in ("Johannes called", "order 5511987654321", "nobody called", "Johannes called"):
        unmask(http, profile, reason=reason)
        http.get(f"{PROFILES}/{profile}", headers={**VTEX, "X-Note": reason}, params={"note": reason})
        unmask(http, "0f0e0d0c-0b0a-4908-8706-050403020100", reason=reason)
    create_john(http, email="nobody@example.com", document="98765432100", firstName="nobody", lastName="called")
    newstore = create_anna(http)["id"]
    http.get(f"{NEWSTORE_PROFILES}/{newstore}", headers=NEWSTORE)
    http.get(f"{NEWSTORE_PROFILES}?q=Johannes", headers=NEWSTORE)
    http.post(NEWSTORE_PROFILES, headers=NEWSTORE, content=b'{"email": "Johannes", "nobody": 5511987654321}')
    http.post("/v1/d/pii/data", headers=NEWSTORE, json={"content_type": "text/plain", "content": "Johannes, Anna"})
    listed = journal(control)
    assert len(listed) == 19
    assert [control.call("GET", f"/journal/{entry['id']}") for entry in listed] == listed
    urls = [entry["url"] for entry in listed if "/unmask" in entry["url"]]
    assert ["Johannes" in url for url in urls] == [False, True, False, False, False, False, False, True], urls


def test_the_oldest_go_beyond_a_number_of_bytes(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"journal.bytes": 150_000})
    for number in range(20):
        body = {"content_type": "text/plain", "content": "x" * 40_000 + str(number)}
        assert http.post("/v1/d/pii/data", headers=NEWSTORE, json=body).status_code == 201
    assert [entry["id"] for entry in journal(control)] == [18, 19, 20]


def test_no_entry_is_stored_if_the_limit_is_0(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"journal.entries": 0})
    create_anna(http)
    assert journal(control) == []


def test_the_bounds_can_be_set_for_all_sandboxes() -> None:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 0), settings={"journal.entries": 2}))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        for _ in range(3):
            http.get("/ccapp/v1/profiles/x", headers=ORACLE)
        assert http.get("/_sandbox/v1/journal").json()["total"] == 2


def test_of_a_large_body_the_size_is_kept(http: httpx.Client, control: ControlClient) -> None:
    body = {"content_type": "text/plain", "content": "x" * 300_000}
    assert http.post("/v1/d/pii/data", headers=NEWSTORE, json=body).status_code == 201
    request = last_entry(control)["request"]
    assert (request["kind"], request["body"]) == ("omitted", None)
    assert request["bytes"] > 300_000


def test_each_sandbox_has_its_own_journal(http: httpx.Client, control: ControlClient) -> None:
    other = {"X-Sandbox": f"{http.headers['X-Sandbox']}-other"}
    create_anna(http)
    assert http.get("/_sandbox/v1/journal", headers=other).json()["entries"] == []
    http.get("/ccapp/v1/profiles/x", headers={**ORACLE, **other})
    assert [entry["operation"] for entry in journal(control)] == ["getOrCreateProfile"]
    http.delete(f"/_sandbox/v1/sandboxes/{other['X-Sandbox']}")
