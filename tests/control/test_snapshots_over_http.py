"""Snapshots over HTTP: save, list, restore, names and bounds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control.snapshot_calls import PROFILES, SNAPSHOTS, all_documents, restore, save_snapshot
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, VTEX

ERASE = "/api/user-rights/createAndProcessDeleteUserData"


def test_a_snapshot_is_listed_with_its_time_and_size(control: ControlClient) -> None:
    control.clock(at="2030-01-31T12:00:00Z", frozen=True)
    save_snapshot(control, "first")
    save_snapshot(control, "second")
    listed = control.call("GET", "/snapshots")["snapshots"]
    assert [snapshot["name"] for snapshot in listed] == ["first", "second"]
    assert listed[0]["taken_at"] == "2030-01-31T12:00:00.000000+00:00"
    assert listed[0]["documents"] > 20
    counts = control.call("GET", "/status")["documents"]
    stored = {f"{api}/{name}": count for api, names in counts.items() for name, count in names.items() if count}
    assert stored.items() <= listed[0]["collections"].items()
    assert sum(listed[0]["collections"].values()) == listed[0]["documents"]


def test_restoring_brings_all_documents_back(http: httpx.Client, control: ControlClient) -> None:
    before = all_documents(control)
    save_snapshot(control)
    email = before["vtex/profiles"][0]["document"]["email"]
    http.post(ERASE, headers=VTEX, json={"email": email})
    http.post(PROFILES, headers=NEWSTORE, json={"email": "new@example.com"})
    control.put("vtex", "orders", "1-01", {"orderId": "1-01", "status": "handling"})
    assert all_documents(control) != before
    status = restore(control)
    assert status["name"] == http.headers["X-Sandbox"]
    assert all_documents(control) == before


def test_restoring_brings_clock_dialect_settings_people_and_faults_back(
    http: httpx.Client, control: ControlClient
) -> None:
    control.clock(at="2030-01-31T12:00:00Z", frozen=True)
    control.settings({"newstore.deletion_seconds": 5})
    control.fault({"effect": {"status": 502}, "times": 2})
    save_snapshot(control)
    people = control.call("GET", "/people")
    control.clock(at="2040-01-01T00:00:00Z", frozen=False)
    control.dialect("reference")
    control.settings({"newstore.deletion_seconds": 7})
    control.call("POST", "/seed", {"shoppers": 1, "seed": 9})
    control.call("DELETE", "/faults")
    restore(control)
    assert control.clock()["now"] == "2030-01-31T12:00:00.000000Z"
    assert control.clock()["frozen"] is True
    assert control.call("GET", "/dialect") == {"dialect": "guide"}
    assert control.call("GET", "/settings")["newstore.deletion_seconds"] == 5
    assert control.call("GET", "/people") == people
    statuses = [http.get(PROFILES, headers=NEWSTORE).status_code for _ in range(3)]
    assert statuses == [502, 502, 200]


def test_a_snapshot_can_be_restored_again_and_again(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    before = all_documents(control)
    for number in range(3):
        http.post(PROFILES, headers=NEWSTORE, json={"email": f"new{number}@example.com"})
        restore(control)
        assert all_documents(control) == before


def test_a_lifetime_goes_on_from_where_it_was(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    entry = http.post(
        "/v1/d/pii/data", headers=NEWSTORE, json={"content": "x", "content_type": "text/plain", "ttl": 2}
    ).json()
    save_snapshot(control)
    control.advance(days=3)
    assert http.get(f"/v1/d/pii/data/{entry['id']}", headers=NEWSTORE).status_code == 404
    restore(control)
    control.advance(days=1)
    assert http.get(f"/v1/d/pii/data/{entry['id']}", headers=NEWSTORE).status_code == 200
    control.advance(days=2)
    assert http.get(f"/v1/d/pii/data/{entry['id']}", headers=NEWSTORE).status_code == 404


def test_a_used_up_quota_is_free_again(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    control.settings({"fashionai.limit_per_minute": 1})
    save_snapshot(control)
    read = "/api/v1/crm/protected/profile/email/customer@example.com"
    assert [http.get(read, headers=FASHIONAI).status_code for _ in range(2)] == [200, 429]
    restore(control)
    assert http.get(read, headers=FASHIONAI).status_code == 200


def test_an_existing_name_is_409(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    response = http.post(SNAPSHOTS, json={"name": "before"})
    assert (response.status_code, response.json()["title"]) == (
        409,
        "there is a snapshot of that name already: delete it first",
    )


@pytest.mark.parametrize("name", ["", "A", "a b", "a" * 65, 5])
def test_a_name_that_cannot_be_is_400(http: httpx.Client, name: Any) -> None:
    assert http.post(SNAPSHOTS, json={"name": name}).status_code == 400


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/restore"), ("GET", "/diff")])
def test_an_unknown_snapshot_is_404(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, f"{SNAPSHOTS}/unknown{path}").status_code == 404


def test_a_hundred_are_kept_and_one_more_is_409(http: httpx.Client, control: ControlClient) -> None:
    for number in range(100):
        save_snapshot(control, f"s{number}")
    response = http.post(SNAPSHOTS, json={"name": "more"})
    assert response.status_code == 409
    assert "100 snapshots" in response.json()["title"]
    assert http.put(f"{SNAPSHOTS}/more", json=control.call("GET", "/snapshots/s0")).status_code == 409
    control.call("DELETE", "/snapshots/s0")
    save_snapshot(control, "more")


def test_the_bound_is_a_setting(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"snapshots.most": 1})
    save_snapshot(control)
    assert http.post(SNAPSHOTS, json={"name": "more"}).status_code == 409


def test_a_snapshot_stays_through_a_reset(control: ControlClient) -> None:
    control.put("vtex", "orders", "1-01", {"orderId": "1-01", "status": "handling"})
    save_snapshot(control)
    control.call("POST", "/reset")
    restore(control)
    assert "1-01" in [order["id"] for order in control.documents("vtex", "orders")]


def test_each_sandbox_has_its_own_snapshots(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    assert http.get("/~elsewhere/_sandbox/v1/snapshots").json() == {"snapshots": []}
    assert http.get("/~elsewhere/_sandbox/v1/snapshots/before").status_code == 404
