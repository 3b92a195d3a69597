"""NS-ERR and NS-UP: how refusals look."""

from __future__ import annotations

import httpx
import pytest

from pii_sandbox.mockserver.problems import TooMany
from pii_sandbox.mockserver.vendors.newstore import errors
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, NEWSTORE_EXPIRED
from tests.vendors.newstore.shop import BASE, UNKNOWN, Shop, refusal_message

CALLS = [
    ("GET", f"{BASE}/profiles", {}, None, 401),
    ("GET", f"{BASE}/profiles", NEWSTORE_EXPIRED, None, 403),
    ("GET", f"{BASE}/profiles?count=0", NEWSTORE, None, 400),
    ("GET", f"{BASE}/profiles/{UNKNOWN}", NEWSTORE, None, 404),
    ("GET", f"{BASE}/nothing", NEWSTORE, None, 404),
    ("PUT", f"{BASE}/profiles", NEWSTORE, None, 405),
    ("POST", f"{BASE}/profiles", NEWSTORE, b"{", 400),
    ("POST", f"{BASE}/profiles", NEWSTORE, b'{"email": "\\ud800@a.test"}', 400),
    ("POST", f"{BASE}/profiles", NEWSTORE, b'{"email": "a@b.test", "full_name": NaN}', 400),
    ("POST", f"{BASE}/profiles", NEWSTORE, b'{"email": "\xff@b.test"}', 400),
    ("POST", f"{BASE}/profiles", NEWSTORE, b"", 400),
    ("POST", f"{BASE}/profiles", {**NEWSTORE, "Content-Type": "text/xml"}, b"<a/>", 415),
    ("POST", f"{BASE}/profiles", NEWSTORE, b'{"email": "a@b.test", "phone_number": "1"}', 422),
    ("POST", f"{BASE}/data", NEWSTORE, b"[" * 11_000_000, 413),
    ("POST", "/v0/token", {}, b'{"grant_type": "password", "username": "a", "password": "b"}', 403),
]


@pytest.mark.rule("NS-ERR-1")
@pytest.mark.parametrize(("method", "url", "headers", "content", "status"), CALLS)
def test_ns_err_1_every_error_is_a_problem_with_a_request_id(
    http: httpx.Client, method: str, url: str, headers: dict[str, str], content: bytes | None, status: int
) -> None:
    if content is not None:
        headers = {"Content-Type": "application/json", **headers}
    responses = [http.request(method, url, headers=headers, content=content) for _ in range(2)]
    for response in responses:
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json().keys() == {"request_id", "message", "type", "title"}
        assert response.json()["type"] == "about:blank"
    assert responses[0].json()["request_id"] != responses[1].json()["request_id"]


def test_a_method_that_there_is_not_is_told_which_there_are(shop: Shop) -> None:
    response = shop.call("PUT", "/profiles")
    assert response.status_code == 405
    assert {method.strip() for method in response.headers["Allow"].split(",")} >= {"GET", "POST"}


@pytest.mark.rule("NS-UP-1")
@pytest.mark.parametrize(("status", "title"), [(502, "Bad gateway"), (500, "Internal server error")])
def test_ns_up_1_upstream_failures_can_be_injected(shop: Shop, control: ControlClient, status: int, title: str) -> None:
    control.fault({"match": {"api": "newstore", "operation": "listProfiles"}, "effect": {"status": status}, "times": 1})
    response = shop.get("/profiles")
    assert refusal_message(response, status, "NS-UP-1") == f"{title}."
    assert response.json()["title"] == title
    assert shop.get("/profiles").status_code == 200


@pytest.mark.rule("NS-UP-1")
def test_ns_up_1_a_request_can_ask_for_its_own_failure(http: httpx.Client) -> None:
    headers = {**NEWSTORE, "X-Sandbox-Fault": "status=502; times=2"}
    statuses = [http.get(f"{BASE}/profiles", headers=headers).status_code for _ in range(3)]
    assert statuses == [502, 502, 200]


def test_a_limit_says_when_to_come_back() -> None:
    reply = errors.render(TooMany("slow down", retry_after_seconds=7))
    assert (reply.status, reply.headers) == (429, {"Retry-After": "7"})
