"""Which calls a fault meets, and when: headers, body, schedule, probability."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.in_process import InProcess

PROFILES = "/v1/d/pii/profiles"
FAULTS = "/_sandbox/v1/faults"
BROKEN = {"status": 500}


def status(http: httpx.Client, **headers: str) -> int:
    return http.get(PROFILES, headers={**NEWSTORE, **headers}).status_code


def create_profile(http: httpx.Client, body: Any) -> int:
    return http.post(PROFILES, headers=NEWSTORE, json=body).status_code


@pytest.mark.parametrize(
    ("wanted", "is_matched"),
    [
        ({"X-Request-Id": "abc"}, True),
        ({"x-request-id": "abc"}, True),
        ({"X-Request-Id": "ab"}, False),
        ({"X-Request-Id": "ABC"}, False),
        ({"X-Request-Id": True}, True),
        ({"X-Request-Id": False}, False),
        ({"X-Other": False}, True),
        ({"X-Other": True}, False),
        ({"X-Request-Id": "abc", "X-Other": "1"}, False),
    ],
)
def test_a_fault_meets_calls_by_their_headers(
    http: httpx.Client, control: ControlClient, wanted: dict[str, Any], is_matched: bool
) -> None:
    control.fault({"match": {"headers": wanted}, "effect": BROKEN})
    assert status(http, **{"X-Request-Id": "abc"}) == (500 if is_matched else 200)


BODY = {
    "email": "ana@example.com",
    "full_name": "Ana Reis",
    "extended_attributes": [{"name": "size", "value": "38"}, {"name": "vip", "value": "yes"}],
}


@pytest.mark.parametrize(
    ("wanted", "is_matched"),
    [
        ({"email": "ana@example.com"}, True),
        ({"email": "ANA@example.com"}, False),
        ({"extended_attributes.name": "vip"}, True),
        ({"extended_attributes.name": "none"}, False),
        ({"extended_attributes": BODY["extended_attributes"]}, True),
        ({"email.more": "x"}, False),
        ({"extended_attributes": {"name": "vip"}}, True),
        ({"extended_attributes": {"name": "vip", "value": "no"}}, False),
        ({"absent": None}, False),
        ({"email": "ana@example.com", "full_name": "Bea"}, False),
    ],
)
def test_a_fault_meets_calls_by_their_body(
    http: httpx.Client, control: ControlClient, wanted: dict[str, Any], is_matched: bool
) -> None:
    control.fault({"match": {"body": wanted}, "effect": BROKEN})
    assert (create_profile(http, BODY) == 500) is is_matched


def test_calls_without_a_body_or_with_a_broken_one_are_not_met_by_their_body(
    http: httpx.Client, control: ControlClient
) -> None:
    control.fault({"match": {"body": {"email": "ana@example.com"}}, "effect": BROKEN})
    assert status(http) == 200
    assert http.post(PROFILES, headers=NEWSTORE, content=b'{"email"').status_code == 400


def test_a_form_is_matched_by_its_fields(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"body": {"username": "sandbox"}}, "effect": BROKEN})
    form = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
    assert http.post("/v0/token", data=form).status_code == 500
    assert http.post("/v0/token", data={**form, "username": "other"}).status_code != 500


def test_a_fault_begins_after_so_many_calls(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"match": {"api": "newstore"}, "effect": BROKEN, "after": 2, "times": 1})
    assert [status(http) for _ in range(4)] == [200, 200, 500, 200]


def test_a_fault_has_its_time_on_the_sandboxs_clock(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2030-01-01T11:59:59Z", frozen=True)
    control.fault({"effect": BROKEN, "from": "2030-01-01T09:00:00-03:00", "until": "2030-01-01T13:00:00Z"})
    seen = []
    for _ in range(4):
        seen.append(status(http))
        control.advance(minutes=20, seconds=0.5)
    assert seen == [200, 500, 500, 200]


def test_a_named_vendor_fault_has_a_schedule_too(http: httpx.Client, control: ControlClient) -> None:
    control.fault({"effect": {"internal": "NS-UP-1"}, "after": 1, "until": "2100-01-01T00:00:00Z"})
    assert [status(http) for _ in range(2)] == [200, 500]
    control.clock(at="2100-01-01T00:00:00Z")
    assert status(http) == 200


def test_a_listed_fault_has_the_number_of_matching_calls(http: httpx.Client, control: ControlClient) -> None:
    fault = {
        "match": {"headers": {"X-A": "1"}},
        "effect": BROKEN,
        "times": 5,
        "after": 1,
        "from": "2020-01-01T00:00:00Z",
    }
    fault_id = control.fault(fault)
    for _ in range(3):
        status(http, **{"X-A": "1"})
    assert control.call("GET", "/faults")["faults"] == [
        {
            "id": fault_id,
            "match": {"headers": {"X-A": "1"}},
            "effect": BROKEN,
            "times": 3,
            "probability": 1.0,
            "after": 1,
            "from": "2020-01-01T00:00:00+00:00",
            "seen": 3,
        }
    ]


def draw_statuses(seed: int) -> list[int]:
    """The statuses of 40 calls that a fault meets one time in two."""
    app = App(SandboxDefaults(seeded=SeedSpec(seed, 0)), Options(validate_responses=True, surface_errors=True))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        ControlClient(http).fault({"effect": BROKEN, "probability": 0.5})
        return [status(http) for _ in range(40)]


def test_chance_is_the_same_for_a_seed() -> None:
    first = draw_statuses(1)
    assert draw_statuses(1) == first
    assert draw_statuses(2) != first
    assert 8 < first.count(500) < 32


def test_chance_is_the_same_after_a_reset(http: httpx.Client, control: ControlClient) -> None:
    def statuses() -> list[int]:
        control.fault({"effect": BROKEN, "probability": 0.5})
        return [status(http) for _ in range(40)]

    first = statuses()
    control.call("POST", "/reset")
    assert statuses() == first


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"effect": {"status": 500, "drop": True}}, "of which only one"),
        ({"effect": {"keys": ["a"]}}, "names no effect"),
        (
            {"effect": {"delay_seconds": 1, "delay": {"distribution": "exponential", "mean_seconds": 1}}},
            "of which only one",
        ),
        ({"effect": {"internal": "NS-UP-1", "delay_seconds": 1}}, "which do not go together"),
        ({"effect": {"internal": "NS-UP-1"}, "match": {"body": {"a": 1}}}, "match.body"),
        ({"effect": {"internal": "NS-UP-1"}, "match": {"headers": {"a": "1"}}}, "match.headers"),
        ({"effect": {"delay": {"distribution": "uniform", "low_seconds": 2, "high_seconds": 1}}}, "below"),
        ({"effect": {"delay": {"distribution": "normal", "mean_seconds": 2}}}, "delay"),
        ({"effect": {"delay": {"distribution": "other"}}}, "delay"),
        ({"effect": {"delay_seconds": 61}}, "delay_seconds"),
        ({"effect": {"status": 200}}, "status"),
        ({"effect": {"internal": "NS-TTL-1"}}, "effect.internal: unknown internal failure NS-TTL-1"),
        (
            {"effect": {"internal": "ns-tok-44"}},
            "did you mean NS-TOK-4? (the rules whose failure a fault can simulate are FAI-SLOW-1, NS-TOK-4",
        ),
        ({"effect": BROKEN, "from": "today"}, "from"),
        ({"effect": BROKEN, "until": "2030-02-30T00:00:00Z"}, "until"),
        ({"effect": BROKEN, "after": -1}, "after"),
        ({"effect": BROKEN, "match": {"colour": "red"}}, "colour"),
        ({}, "effect"),
    ],
)
def test_a_fault_that_cannot_be_is_400(http: httpx.Client, control: ControlClient, fault: Any, message: str) -> None:
    response = http.post(FAULTS, json=fault)
    assert response.status_code == 400
    assert message in response.text
    assert control.call("GET", "/faults") == {"faults": []}
