"""What a fault does on the wire, over real connections: late, dropped, cut short, dripping, malformed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pii_sandbox.testing import Refused, Sandbox
from tests.in_process import InProcess

PROFILES = "/v1/d/pii/profiles"


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with sandbox.client("newstore") as client:
        yield client


def seconds(shop: httpx.Client) -> float:
    response = shop.get(PROFILES)
    assert response.status_code == 200
    return response.elapsed.total_seconds()


def test_a_dropped_connection_gives_no_response(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(drop=True, times=1)
    with pytest.raises(httpx.TransportError):
        shop.get(PROFILES)
    assert shop.get(PROFILES).status_code == 200


def test_a_dropped_call_has_been_carried_out(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(drop=True, method="POST", times=1)
    with pytest.raises(httpx.TransportError):
        shop.post(PROFILES, json={"email": "lost@example.com"})
    assert "lost@example.com" in [profile["email"] for profile in sandbox.documents("newstore", "profiles").values()]


def test_a_call_refused_by_a_status_fault_has_no_effect(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(status=502, method="POST", times=1)
    assert shop.post(PROFILES, json={"email": "never@example.com"}).status_code == 502
    assert len(sandbox.documents("newstore", "profiles")) == 3


def test_a_truncated_response_ends_before_its_announced_length(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(truncate=True, times=1)
    with shop.stream("GET", PROFILES) as response:
        assert response.status_code == 200
        announced = int(response.headers["Content-Length"])
        with pytest.raises(httpx.RemoteProtocolError, match=f"received {announced // 2} bytes, expected {announced}"):
            response.read()
    assert shop.get(PROFILES).status_code == 200


def test_a_dripping_response_arrives_whole_and_slowly(shop: httpx.Client, sandbox: Sandbox) -> None:
    expected = shop.get(PROFILES).json()
    sandbox.faults.add(drip_seconds=0.4, times=1)
    with shop.stream("GET", PROFILES) as response:
        pieces = list(response.iter_raw())
    assert len(pieces) > 3
    assert response.elapsed.total_seconds() >= 0.4
    sandbox.faults.add(drip_seconds=0.1, times=1)
    assert shop.get(PROFILES).json() == expected


def test_a_malformed_response_is_complete_and_no_json(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(malformed=True, times=1)
    response = shop.get(PROFILES)
    assert response.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
        response.json()


@pytest.mark.parametrize("effect", [{"drop": True}, {"truncate": True}, {"malformed": True}, {"drip_seconds": 0.1}])
def test_head_meets_faults_as_get_does(shop: httpx.Client, sandbox: Sandbox, effect: Any) -> None:
    sandbox.faults.add(times=1, **effect)
    try:
        assert shop.head(PROFILES).content == b""
    except httpx.TransportError:
        assert effect in ({"drop": True}, {"truncate": True})
    with sandbox.client("newstore") as another:  # the connection may be on its way to its end
        assert another.head(PROFILES).status_code == 200


def test_a_delay_goes_with_a_status(shop: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.faults.add(status=503, delay_seconds=0.3, times=1)
    response = shop.get(PROFILES)
    assert response.status_code == 503
    assert response.elapsed.total_seconds() >= 0.3
    assert seconds(shop) < 0.3


@pytest.mark.parametrize(
    ("delay", "least"),
    [
        ({"distribution": "uniform", "low_seconds": 0.2, "high_seconds": 0.3}, 0.2),
        ({"distribution": "normal", "mean_seconds": 0.2, "deviation_seconds": 0}, 0.2),
        ({"distribution": "exponential", "mean_seconds": 0}, 0),
    ],
)
def test_a_delay_is_drawn_from_a_distribution(
    shop: httpx.Client, sandbox: Sandbox, delay: dict[str, Any], least: float
) -> None:
    sandbox.faults.add(delay=delay)
    assert least <= seconds(shop) < least + 2


@pytest.mark.parametrize(
    ("header", "raised"),
    [("drop=true; times=1", True), ("truncate=true; times=1", True), ("drip_seconds=0.2; times=1", False)],
)
def test_the_header_can_request_each_effect(shop: httpx.Client, header: str, raised: bool) -> None:
    request_headers = {"X-Sandbox-Fault": header}
    if raised:
        with pytest.raises(httpx.TransportError):
            shop.get(PROFILES, headers=request_headers)
    else:
        assert shop.get(PROFILES, headers=request_headers).elapsed.total_seconds() >= 0.2
    assert shop.get(PROFILES, headers=request_headers).status_code == 200


def test_injected_faults_are_not_logged_as_server_errors(
    shop: httpx.Client, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    for effect in ({"drop": True}, {"truncate": True}, {"drip_seconds": 0.1}, {"malformed": True}):
        sandbox.faults.add(times=1, **effect)
        try:
            shop.get(PROFILES)
        except httpx.TransportError:
            continue
    assert shop.get(PROFILES).status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize("effect", [{"drop": True}, {"truncate": True}])
def test_without_a_connection_to_drop_the_application_raises(transport: InProcess, effect: Any) -> None:
    http = httpx.Client(transport=transport, base_url="http://sandbox.test", headers={"X-Sandbox": "no-socket"})
    http.post("/_sandbox/v1/faults", json={"effect": effect, "times": 1})
    headers = {"Authorization": "Bearer sandbox-newstore"}
    with pytest.raises(ConnectionResetError):
        http.get(PROFILES, headers=headers)
    assert http.get(PROFILES, headers=headers).status_code == 200
    http.delete("/_sandbox/v1/sandboxes/no-socket")


def test_slow_profiles_can_be_requested_by_their_rule(sandbox: Sandbox) -> None:
    sandbox.faults.add(internal="FAI-SLOW-1", api="fashionai", times=1)
    with sandbox.client("fashionai") as client:
        read = "/api/v1/crm/protected/profile/email/customer@example.com"
        slow = client.get(read)
        assert slow.headers["X-Sandbox-Rule"] == "FAI-SLOW-1"
        assert slow.elapsed.total_seconds() >= 3
        assert "X-Sandbox-Rule" not in client.get(read).headers


def test_an_impossible_fault_is_refused_with_the_reason(sandbox: Sandbox) -> None:
    with pytest.raises(Refused, match=r"400: effect names status and drop, .*"):
        sandbox.faults.add(status=500, drop=True)
