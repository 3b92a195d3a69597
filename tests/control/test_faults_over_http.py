"""Faults that somebody asks for, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.controls import Control
from tests.credentials import FASHIONAI, NEWSTORE

PROFILES = "/v1/d/pii/profiles"
CUSTOMER = "/api/v1/crm/protected/profile/email/customer@example.com"


def statuses(http: httpx.Client, calls: int, **headers: str) -> list[int]:
    return [http.get(PROFILES, headers={**NEWSTORE, **headers}).status_code for _ in range(calls)]


def test_a_fault_meets_so_many_calls_and_is_gone(http: httpx.Client, control: Control) -> None:
    control.fault({"match": {"api": "newstore"}, "effect": {"status": 502}, "times": 2})
    assert statuses(http, 3) == [502, 502, 200]
    assert control.call("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("match", "met"),
    [
        ({}, True),
        ({"api": "newstore"}, True),
        ({"api": "vtex"}, False),
        ({"operation": "listProfiles"}, True),
        ({"operation": "getProfile"}, False),
        ({"method": "GET"}, True),
        ({"method": "POST"}, False),
        ({"path": "/v1/d/pii"}, True),
        ({"path": "/v2"}, False),
    ],
)
def test_a_fault_meets_what_it_matches(http: httpx.Client, control: Control, match: Any, met: bool) -> None:
    control.fault({"match": match, "effect": {"status": 500}})
    assert statuses(http, 1) == [500 if met else 200]


def test_a_fault_can_be_deleted(http: httpx.Client, control: Control) -> None:
    fault_id = control.fault({"effect": {"status": 500}})
    control.call("DELETE", f"/faults/{fault_id}")
    assert statuses(http, 1) == [200]
    assert http.delete(f"/_sandbox/v1/faults/{fault_id}").status_code == 404


def test_the_header_meets_the_first_calls_that_carry_it(http: httpx.Client) -> None:
    assert statuses(http, 3, **{"X-Sandbox-Fault": "status=502; times=2"}) == [502, 502, 200]
    assert statuses(http, 1) == [200]


@pytest.mark.parametrize("header", ["status=abc", "status=200", "unknown=1", "delay_seconds=1e9"])
def test_a_header_that_cannot_be_read_is_400_in_the_vendors_form(http: httpx.Client, header: str) -> None:
    response = http.get(PROFILES, headers={**NEWSTORE, "X-Sandbox-Fault": header})
    assert response.status_code == 400
    assert "X-Sandbox-Fault" in response.json()["message"]


def test_a_fault_takes_the_vendors_own_error_form(http: httpx.Client, control: Control) -> None:
    control.fault({"effect": {"status": 500}})
    body = http.get(CUSTOMER, headers=FASHIONAI).json()
    assert (body["statusCode"], body["error"]) == (500, "Internal Server Error")


def test_a_malformed_answer_is_no_json(http: httpx.Client, control: Control) -> None:
    control.fault({"effect": {"malformed": True}, "times": 1})
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
        http.get(CUSTOMER, headers=FASHIONAI).json()


def test_a_probability_of_nought_meets_nobody(http: httpx.Client, control: Control) -> None:
    control.fault({"effect": {"status": 500}, "probability": 0})
    assert statuses(http, 5) == [200] * 5


def test_the_control_api_meets_no_faults(control: Control) -> None:
    control.fault({"effect": {"status": 500}})
    control.call("GET", "/status")
