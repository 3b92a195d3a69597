"""Faults that somebody asks for, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE

PROFILES = "/v1/d/pii/profiles"
CUSTOMER = "/api/v1/crm/protected/profile/email/customer@example.com"


def statuses(http: httpx.Client, calls: int, **headers: str) -> list[int]:
    return [http.get(PROFILES, headers={**NEWSTORE, **headers}).status_code for _ in range(calls)]


def test_a_fault_meets_so_many_calls_and_is_gone(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"api": "newstore"}, "effect": {"status": 502}, "times": 2})
    assert statuses(http, 3) == [502, 502, 200]
    assert control.call("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("match", "is_matched"),
    [
        ({}, True),
        ({"api": "newstore"}, True),
        ({"api": "vtex"}, False),
        ({"operation": "listProfiles"}, True),
        ({"operation": "getProfile"}, False),
        ({"method": "GET"}, True),
        ({"method": "POST"}, False),
        ({"path": "/v1/d/pii"}, True),
        ({"path": "/api"}, False),
    ],
)
def test_a_fault_meets_what_it_matches(
    http: httpx.Client, control: ControlClient, match: Any, is_matched: bool
) -> None:
    control.fault({"match": match, "effect": {"status": 500}})
    assert statuses(http, 1) == [500 if is_matched else 200]


def test_a_fault_can_be_deleted(http: httpx.Client, control: ControlClient) -> None:
    fault_id = control.fault({"effect": {"status": 500}})
    control.call("DELETE", f"/faults/{fault_id}")
    assert statuses(http, 1) == [200]
    assert http.delete(f"/_sandbox/v1/faults/{fault_id}").status_code == 404


def test_the_header_meets_the_first_calls_that_carry_it(http: httpx.Client) -> None:
    assert statuses(http, 3, **{"X-Sandbox-Fault": "status=502; times=2"}) == [502, 502, 200]
    assert statuses(http, 1) == [200]


_STATUS = "X-Sandbox-Fault: status must be a status from 400 to 599"
_SECONDS = "must be a number of seconds from 0 to 60"
_TIMES = "X-Sandbox-Fault: times must be a whole number from 1 to 1000000"
_NONE = "X-Sandbox-Fault names no effect: one of status, delay_seconds, drop, malformed, truncate, drip_seconds is"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("status=abc", _STATUS),
        ("status=200", _STATUS),
        ("status=5_02", _STATUS),
        ("status", _STATUS),
        ("status=502, status=503", _STATUS),
        ("unknown=1", "X-Sandbox-Fault: unknown is none of status, "),
        ("delay_seconds=1e9", f"X-Sandbox-Fault: delay_seconds {_SECONDS}"),
        ("drip_seconds=nan", f"X-Sandbox-Fault: drip_seconds {_SECONDS}"),
        ("delay_seconds=soon", f"X-Sandbox-Fault: delay_seconds {_SECONDS}"),
        ("drop=false", "X-Sandbox-Fault: drop must be true, or left out"),
        ("status=502; times=0", _TIMES),
        ("status=502; times=-1", _TIMES),
        ("status=502; times=1.5", _TIMES),
        ("status=502; times=often", _TIMES),
        ("times=2", _NONE),
        ("", _NONE),
        (" ; ", _NONE),
        ("status=502; drop=true", "X-Sandbox-Fault names status and drop, of which only one can happen to a call"),
        ("truncate=true; malformed=true", "X-Sandbox-Fault names malformed and truncate, of which only one can"),
        ("status=502; status=503", "X-Sandbox-Fault: status is named twice"),
        ("status=502;" + " " * 300, "X-Sandbox-Fault has at most 256 characters"),
    ],
)
def test_a_header_that_names_no_fault_is_400_in_one_sentence_of_the_vendors_form(
    http: httpx.Client, control: ControlClient, header: str, message: str
) -> None:
    response = http.post(PROFILES, headers={**NEWSTORE, "X-Sandbox-Fault": header}, json={"email": "a@example.com"})
    assert response.status_code == 400
    assert response.json()["message"].startswith(message)
    assert "a@example.com" not in [entry["document"]["email"] for entry in control.documents("newstore", "profiles")]


@pytest.mark.parametrize(
    ("fault", "title"),
    [
        ({"effect": {"status": 502}, "times": 0}, "times: "),
        ({"times": 2}, "effect: "),
        ({"effect": {}, "times": 2}, "effect"),
        ({"effect": {"status": 502, "drop": True}}, "effect names status and drop, of which only one can happen"),
        ({"effect": {"delay_seconds": 1, "delay": {"distribution": "exponential", "mean_seconds": 1}}},
         "effect names delay_seconds and delay, of which only one can happen"),
        ({"effect": {"internal": "NS-TOK-4", "delay_seconds": 1}}, "effect names internal with a delay, "),
        ({"effect": {"drop": False}}, "effect.drop: "),
    ],
)  # fmt: skip
def test_a_fault_with_no_effect_or_two_is_400_in_one_sentence(
    http: httpx.Client, control: ControlClient, fault: Any, title: str
) -> None:
    response = http.post("/_sandbox/v1/faults", json=fault)
    assert response.status_code == 400
    assert response.json()["title"].startswith(title)
    assert control.call("GET", "/faults") == {"faults": []}


def test_without_credentials_nothing_is_kept_and_no_fault_is_used_up(
    app: App, http: httpx.Client, control: ControlClient
) -> None:
    control.fault({"effect": {"status": 502}, "times": 1})
    request_headers = {"X-Sandbox-Fault": "status=503; times=1"}
    for _ in range(3):
        assert http.get(PROFILES, headers=request_headers).status_code == 401
        assert http.get(PROFILES).status_code == 401
    assert app.sandboxes.get(http.headers["X-Sandbox"]).faults.state()["spent"] == {}
    assert statuses(http, 2, **request_headers) == [503, 502]
    assert statuses(http, 1, **request_headers) == [200]


def test_a_fault_takes_the_vendors_own_error_form(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"effect": {"status": 500}})
    body = http.get(CUSTOMER, headers=FASHIONAI).json()
    assert (body["statusCode"], body["error"]) == (500, "Internal Server Error")


def test_a_malformed_response_is_no_json(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"effect": {"malformed": True}, "times": 1})
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
        http.get(CUSTOMER, headers=FASHIONAI).json()


def test_a_fault_of_probability_zero_never_applies(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"effect": {"status": 500}, "probability": 0})
    assert statuses(http, 5) == [200] * 5


def test_the_control_api_meets_no_faults(control: ControlClient) -> None:
    control.fault({"effect": {"status": 500}})
    control.call("GET", "/status")
