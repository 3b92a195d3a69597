"""Explain calls that a fault decided, or that a later call mends: the correction deletes that fault and no other."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, VTEX
from tests.journal.calls import (
    CUSTOMERS,
    NEWSTORE_PROFILES,
    command,
    create_anna,
    explain,
)


def test_a_fault_is_explained_as_one(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"effect": {"status": 503}})
    http.get(NEWSTORE_PROFILES, headers=NEWSTORE)
    explanation = explain(control)
    assert (explanation["outcome"], explanation["saw"]["fault"]) == ("fault", {"status": 503})
    assert command(explanation["correction"]["curl"]).run(http).status_code == 204
    assert control.call("GET", "/faults") == {"faults": []}
    explanation = explain(control)
    assert explanation["correction"]["advice"].startswith(
        "the fault that was injected into this call is used up or deleted"
    )
    assert command(explanation["correction"]["curl"]).run(http).status_code == 200


def test_the_correction_of_a_fault_deletes_those_that_hit_the_call_and_no_other(
    http: httpx.Client, control: ControlClient
) -> None:
    hitting = [control.fault({"match": match, "effect": {"status": 502}}) for match in ({"api": "newstore"}, {})]
    other = {"match": {"api": "vtex"}, "effect": {"status": 500}}
    control.fault(other)
    http.get(NEWSTORE_PROFILES, headers=NEWSTORE)
    correction = explain(control)["correction"]
    assert "delete the 2 faults that hit it, no other" in correction["advice"]
    assert len(correction["curl"].splitlines()) == len(hitting)
    for line in correction["curl"].splitlines():
        assert command(line).run(http).status_code == 204
    assert [each["match"] for each in control.call("GET", "/faults")["faults"]] == [other["match"]]
    assert http.get(NEWSTORE_PROFILES, headers=NEWSTORE).status_code == 200


def _token(http: httpx.Client) -> httpx.Response:
    return http.post("/v1/d/pii/tokenize", headers=NEWSTORE, json={"data": {"phone": "1"}})


def _erasure(http: httpx.Client) -> httpx.Response:
    return http.post(
        "/api/user-rights/createAndProcessDeleteUserData", headers=VTEX, json={"email": "nobody@example.com"}
    )


def _oracle_profile(http: httpx.Client) -> httpx.Response:
    return http.get("/ccapp/v1/profiles/110658", headers=ORACLE)


def _customer(http: httpx.Client) -> httpx.Response:
    email = http.get("/_sandbox/v1/people").json()["people"][0]["email"]
    return http.get(f"{CUSTOMERS}/email/{email}", headers=FASHIONAI)


@pytest.mark.parametrize(
    ("rule", "call", "outcome"),
    [
        ("NS-UP-1", lambda http: http.get(NEWSTORE_PROFILES, headers=NEWSTORE), "refused"),
        ("OCC-GET-4", _oracle_profile, "refused"),
        ("NS-TOK-4", _token, "changed"),
        ("VTEX-ERASE-9", _erasure, "changed"),
        ("FAI-SLOW-1", _customer, "changed"),
    ],
)
def test_the_correction_of_a_rule_that_a_fault_makes_fail_deletes_that_fault_and_no_other(
    http: httpx.Client,
    control: ControlClient,
    rule: str,
    call: Callable[[httpx.Client], httpx.Response],
    outcome: str,
) -> None:
    control.fault({"effect": {"internal": rule}})
    others = [{"internal": "VTEX-JOB-4"}, {"internal": "NS-UP-1" if rule == "OCC-GET-4" else "OCC-GET-4"}]
    for effect in others:
        control.fault({"effect": effect})
    assert call(http).headers["X-Sandbox-Rule"] == rule
    explanation = explain(control)
    assert (explanation["outcome"], explanation["rule"]["id"]) == (outcome, rule)
    assert explanation["correction"]["advice"].endswith("delete it, no other, and send the call again")
    assert command(explanation["correction"]["curl"]).run(http).status_code == 204
    assert [each["effect"] for each in control.call("GET", "/faults")["faults"]] == others
    assert call(http).headers.get("X-Sandbox-Rule") != rule


def test_a_job_that_a_fault_made_fail_is_corrected_by_deleting_it_and_asking_anew(
    http: httpx.Client, control: ControlClient
) -> None:
    control.fault({"match": {"operation": "createErasureJob"}, "effect": {"internal": "VTEX-JOB-4"}})
    job = http.post("/api/user-rights/forget/jobs", headers=VTEX, json={"email": "a@example.com"}).json()["jobId"]
    control.advance(hours=1)
    assert http.get(f"/api/user-rights/forget/jobs/{job}", headers=VTEX).json()["status"] == "Failed"
    correction = explain(control)["correction"]
    assert correction["advice"].endswith("and send createErasureJob again")
    assert command(correction["curl"]).run(http).status_code == 204
    assert control.call("GET", "/faults") == {"faults": []}


def test_a_failing_rule_whose_fault_is_used_up_is_corrected_by_the_same_call(
    http: httpx.Client, control: ControlClient
) -> None:
    control.fault({"effect": {"internal": "NS-UP-1"}, "times": 1})
    assert http.get(NEWSTORE_PROFILES, headers=NEWSTORE).status_code == 500
    correction = explain(control)["correction"]
    assert correction["advice"] == "the fault on NS-UP-1 is used up or deleted: send the same call again"
    assert command(correction["curl"]).run(http).status_code == 200


def test_a_fault_by_header_is_left_out_of_the_corrected_call(http: httpx.Client, control: ControlClient) -> None:
    http.get(NEWSTORE_PROFILES, headers={**NEWSTORE, "X-Sandbox-Fault": "status=503"})
    assert command(explain(control)["correction"]["curl"]).run(http).status_code == 200


def test_a_pending_deletion_is_explained_by_its_wait(http: httpx.Client, control: ControlClient) -> None:
    profile = create_anna(http)
    for _ in range(2):
        http.post(f"{NEWSTORE_PROFILES}/{profile['id']}/delete", headers=NEWSTORE)
    explanation = explain(control)
    assert explanation["rule"]["id"] == "NS-DEL-1"
    assert command(explanation["correction"]["curl"]).run(http).status_code == 200
    assert http.get(f"{NEWSTORE_PROFILES}/{profile['id']}", headers=NEWSTORE).status_code == 404
