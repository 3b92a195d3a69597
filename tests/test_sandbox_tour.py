"""One walk through what the sandbox is for, over real HTTP: what the README tells, in one piece."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, VTEX
from tests.server_process import running_server

PROFILES = "/api/storage/profile-system/profiles"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"
ERASE = "/api/user-rights/createAndProcessDeleteUserData"
JOHN = {
    "firstName": "John",
    "lastName": "Doe",
    "email": "john.doe@example.com",
    "birthDate": "1925-11-17",
    "document": "12345678911",
    "documentType": "CPF",
}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with running_server("--shoppers", "5") as server, httpx.Client(base_url=server.url) as client:
        yield client


def test_the_walk(http: httpx.Client) -> None:
    control = ControlClient(http)
    _a_vtex_profile_lives_two_days(http, control)
    _a_newstore_profile_is_locked_paged_and_deleted(http, control)
    _a_vtex_customer_is_erased_once_no_order_is_open(http, control)


def _a_vtex_profile_lives_two_days(http: httpx.Client, control: ControlClient) -> None:
    created = http.post(PROFILES, params={"ttl": 2}, headers=VTEX, json=JOHN)
    assert created.status_code == 201
    by_email = f"{PROFILES}/{JOHN['email']}"

    masked = http.get(by_email, params={"alternativeKey": "email"}, headers=VTEX)
    assert masked.status_code == 200
    assert masked.json()["document"]["email"] == "j***.d**@e******.c**"
    assert masked.json()["document"]["birthDate"] == "1925-11-17"
    assert masked.headers["X-Sandbox-Rule"] == "VTEX-MASK-1"

    reason = {"alternativeKey": "email", "reason": "support case 7"}
    assert http.get(f"{by_email}/unmask", params=reason, headers=VTEX).json()["document"] == JOHN
    assert [(event["action"], event["reason"]) for event in control.events()] == [
        ("GetProfileUnmasked", "support case 7")
    ]

    second = http.post(PROFILES, headers=VTEX, json={**JOHN, "document": "98765432100"})
    assert (second.status_code, second.headers["X-Sandbox-Rule"]) == (409, "VTEX-UNIQ-1")

    control.advance(days=2)
    gone = http.get(f"{PROFILES}/{created.json()['id']}", headers=VTEX)
    assert (gone.status_code, gone.headers["X-Sandbox-Rule"]) == (404, "VTEX-TTL-1")


def _a_newstore_profile_is_locked_paged_and_deleted(http: httpx.Client, control: ControlClient) -> None:
    body = {"email": "anna@example.com", "full_name": "Anna Berg"}
    first, second = (http.post(NEWSTORE_PROFILES, headers=NEWSTORE, json=body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()

    profile = f"{NEWSTORE_PROFILES}/{first.json()['id']}"
    change = {"full_name": "Anna B.", "last_updated_at": first.json()["updated_at"]}
    assert http.patch(profile, headers=NEWSTORE, json=change).status_code == 200
    stale = http.patch(profile, headers=NEWSTORE, json=change)
    assert (stale.status_code, stale.headers["X-Sandbox-Rule"]) == (409, "NS-LOCK-1")

    last = http.get(NEWSTORE_PROFILES, params={"offset": 9990, "count": 10}, headers=NEWSTORE)
    assert last.status_code == 200
    beyond = http.get(NEWSTORE_PROFILES, params={"offset": 9991, "count": 10}, headers=NEWSTORE)
    assert (beyond.status_code, beyond.headers["X-Sandbox-Rule"]) == (400, "NS-LIST-2")

    assert http.post(f"{profile}/delete", headers=NEWSTORE).status_code == 202
    assert http.post(f"{profile}/delete", headers=NEWSTORE).status_code == 409
    assert http.get(profile, headers=NEWSTORE).status_code == 200
    control.advance(seconds=61)
    assert http.get(profile, headers=NEWSTORE).status_code == 404


def _a_vtex_customer_is_erased_once_no_order_is_open(http: httpx.Client, control: ControlClient) -> None:
    john = {"email": JOHN["email"], "firstName": "John", "lastName": "Doe", "document": "1", "phone": "+5511999998888"}
    order = {"value": 9900, "creationDate": "2026-01-05T10:00:00Z", "clientProfileData": john, "shippingData": {}}
    control.put("vtex", "orders", "1001-01", {**order, "orderId": "1001-01", "status": "invoiced"})
    control.put("vtex", "orders", "1002-01", {**order, "orderId": "1002-01", "status": "handling"})
    profile_id = http.post(PROFILES, headers=VTEX, json=JOHN).json()["id"]

    blocked = http.post(ERASE, headers=VTEX, json={"email": JOHN["email"]}).json()
    assert blocked["status"] == "Blocked"
    assert http.get(f"{PROFILES}/{profile_id}", headers=VTEX).status_code == 404
    stored = {document["id"]: document["document"] for document in control.documents("vtex", "orders")}
    assert JOHN["email"] not in str(stored["1001-01"])
    assert JOHN["email"] in str(stored["1002-01"])

    control.put("vtex", "orders", "1002-01", {**stored["1002-01"], "status": "invoiced"})
    done = http.post(ERASE, headers=VTEX, json={"email": JOHN["email"]}).json()
    assert done["status"] == "Completed"
    assert {part["application"]: part["status"] for part in done["applications"]} == {
        "chk": "Deleted",
        "orders": "Deleted",
        "profileSystemV2": "Deleted",
        "vid": "Deleted",
    }
    assert JOHN["email"] not in str(control.documents("vtex", "orders"))
