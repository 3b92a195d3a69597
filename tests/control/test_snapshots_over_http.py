"""Snapshots over HTTP: taken, listed, compared, restored, loaded elsewhere, deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.control import snapshot_files
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.mockserver.store import Record, Store
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, VTEX
from tests.in_process import InProcess

PROFILES = "/v1/d/pii/profiles"
SNAPSHOTS = "/_sandbox/v1/snapshots"
ERASE = "/api/user-rights/createAndProcessDeleteUserData"


def save_snapshot(control: ControlClient, name: str = "before") -> None:
    control.call("POST", "/snapshots", {"name": name})


def restore(control: ControlClient, name: str = "before") -> Any:
    return control.call("POST", f"/snapshots/{name}/restore")


def diff(control: ControlClient, name: str = "before") -> Any:
    return control.call("GET", f"/snapshots/{name}/diff")


def all_documents(control: ControlClient) -> dict[str, list[Any]]:
    return {
        f"{api}/{name}": control.documents(api, name)
        for api, names in control.call("GET", "/status")["documents"].items()
        for name in names
    }


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


def test_the_difference_lists_ids_by_collection(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    assert diff(control) == {"collections": {}, "properties": {}, "state": {}}
    removed, changed = (stored["id"] for stored in control.documents("newstore", "profiles")[:2])
    control.call("DELETE", f"/documents/newstore/profiles/{removed}")
    profile = http.get(f"{PROFILES}/{changed}", headers=NEWSTORE).json()
    change = {"full_name": "Other", "last_updated_at": profile["updated_at"]}
    assert http.patch(f"{PROFILES}/{changed}", headers=NEWSTORE, json=change).status_code == 200
    added = http.post(PROFILES, headers=NEWSTORE, json={"email": "new@example.com"}).json()["id"]
    found = diff(control)["collections"]["newstore/profiles"]
    assert found == {"added": [added], "changed": [changed], "removed": [removed]}


def test_the_difference_names_the_changed_properties_of_a_document_without_their_values(control: ControlClient) -> None:
    stored = control.documents("oracle", "profiles")[0]
    document = {**stored["document"], "shippingAddresses": [{"city": "Bari"}, {"city": "Rome"}], "note": "a"}
    control.put("oracle", "profiles", stored["id"], document)
    save_snapshot(control)
    now = {name: value for name, value in document.items() if name != "note"}
    now |= {"firstName": "Other", "shippingAddresses": [{"city": "Bari"}, {"city": "Oslo"}, {}], "a@example.com": 1}
    control.put("oracle", "profiles", stored["id"], now)
    found = diff(control)["properties"]
    assert found.keys() == {"oracle/profiles"}
    paths = {"document.firstName", "document.note", "document.*"}
    paths |= {"document.shippingAddresses.1.city", "document.shippingAddresses.2"}
    assert set(found["oracle/profiles"][stored["id"]]) == paths


def test_the_difference_separates_state_from_documents(control: ControlClient) -> None:
    save_snapshot(control)
    control.dialect("reference")
    control.settings({"fashionai.slow": True})
    control.fault({"effect": {"status": 500}})
    state = diff(control)["state"]
    assert state["dialect"] == {"before": "guide", "now": "reference"}
    assert state["settings"]["now"] == {"fashionai.slow": True}
    assert state["faults"]["before"] == []
    assert set(state) == {"dialect", "settings", "faults"}


def test_another_sandbox_loads_the_file(http: httpx.Client, control: ControlClient) -> None:
    control.clock(at="2030-01-31T12:00:00Z", frozen=True)
    profile = http.post(PROFILES, headers=NEWSTORE, json={"email": "kept@example.com"}).json()
    control.fault(
        {"match": {"body": {"email": "a@example.com"}}, "effect": {"status": 502}, "until": "2031-01-01T00:00:00Z"}
    )
    save_snapshot(control)
    file = json.loads(json.dumps(control.call("GET", "/snapshots/before")))
    expected = all_documents(control)
    other = httpx.Client(transport=http._transport, base_url="http://sandbox.test", headers={"X-Sandbox": "other"})
    there = ControlClient(other)
    assert other.put(f"{SNAPSHOTS}/loaded", json=file).status_code == 201
    assert other.put(f"{SNAPSHOTS}/loaded", json=file).status_code == 200
    restore(there, "loaded")
    assert all_documents(there) == expected
    assert other.get(f"{PROFILES}/{profile['id']}", headers=NEWSTORE).json() == profile
    assert there.clock()["now"] == "2030-01-31T12:00:00.000000Z"
    assert there.call("GET", "/faults") == control.call("GET", "/faults")
    there.call("DELETE", "/sandboxes/other")


def test_a_file_that_another_library_wrote_is_the_same_file(http: httpx.Client, control: ControlClient) -> None:
    save_snapshot(control)
    file = control.call("GET", "/snapshots/before")
    reordered = json.loads(json.dumps(file, sort_keys=True))
    reordered["collections"]["sandbox"][0]["value"]["clock"]["offset_seconds"] = 0  # was 0.0
    assert http.put(f"{SNAPSHOTS}/again", json=reordered).status_code == 201


def edit_file(file: Any) -> Any:
    file["collections"]["newstore/profiles"][0]["value"]["email"] = "other@example.com"
    return file


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (edit_file, "changed after it was saved"),
        (lambda file: {**file, "format": "pii-sandbox snapshot, format 9"}, "format"),
        (lambda file: {**file, "sha256": "0"}, "changed after it was saved"),
        (lambda file: {**file, "collections": {}}, "changed after it was saved"),
        (lambda file: {name: value for name, value in file.items() if name != "about"}, "about"),
        (lambda file: {**file, "more": 1}, "more"),
        (lambda file: [], ""),
    ],
)
def test_a_file_that_is_no_snapshot_is_400(http: httpx.Client, control: ControlClient, change: Any, told: str) -> None:
    save_snapshot(control)
    file = change(control.call("GET", "/snapshots/before"))
    response = http.put(f"{SNAPSHOTS}/loaded", json=file)
    assert response.status_code == 400
    assert told in response.text
    assert [snapshot["name"] for snapshot in control.call("GET", "/snapshots")["snapshots"]] == ["before"]


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


@contextmanager
def control_of_folder(folder: Path) -> Iterator[ControlClient]:
    """A server of its own over that folder."""
    app = App(
        SandboxDefaults(seeded=SeedSpec(1, 2), data=folder), Options(validate_responses=True, surface_errors=True)
    )
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        yield ControlClient(http)
    app.sandboxes.close()


def test_a_data_folder_keeps_snapshots(tmp_path: Path) -> None:
    with control_of_folder(tmp_path) as control:
        before = all_documents(control)
        save_snapshot(control, "b")
        save_snapshot(control, "a")
        control.call("DELETE", f"/documents/newstore/profiles/{before['newstore/profiles'][0]['id']}")
    with control_of_folder(tmp_path) as control:
        assert [snapshot["name"] for snapshot in control.call("GET", "/snapshots")["snapshots"]] == ["b", "a"]
        assert "newstore/profiles" in diff(control, "a")["collections"]
        restore(control, "a")
    with control_of_folder(tmp_path) as control:
        assert all_documents(control) == before


def test_a_deleted_sandbox_leaves_no_files(tmp_path: Path) -> None:
    with control_of_folder(tmp_path) as control:
        save_snapshot(control)
        control.call("DELETE", "/sandboxes/default")
        assert [path.name for path in tmp_path.iterdir() if "default" in path.name] == []


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("clock", {"offset_seconds": "soon", "frozen_at": None}),
        ("clock", {"offset_seconds": 1e300, "frozen_at": None}),
        ("clock", {}),
        ("dialect", "klingon"),
        ("settings", []),
        ("settings", {"journal.entries": "many"}),
        ("seeded", {"seed": "x", "shoppers": 1}),
        ("seeded", {"seed": 1}),
        ("faults", {"made": 0, "spent": {}, "waiting": [{"fault": {}}]}),
        ("faults", {}),
    ],
)
def test_a_file_with_a_right_digest_and_a_state_that_cannot_be_is_400(
    http: httpx.Client, control: ControlClient, part: str, value: Any
) -> None:
    save_snapshot(control)
    file = control.call("GET", "/snapshots/before")
    holder = file["about"] if part == "faults" else file["collections"]["sandbox"][0]["value"]
    holder[part] = value
    file["sha256"] = snapshot_files._digest({name: file[name] for name in ("about", "collections")})
    response = http.put(f"{SNAPSHOTS}/loaded", json=file)
    assert (response.status_code, "cannot be read" in response.text) == (400, True)
    assert [snapshot["name"] for snapshot in control.call("GET", "/snapshots")["snapshots"]] == ["before"]


def test_a_server_starts_whatever_state_its_file_holds(tmp_path: Path) -> None:
    with control_of_folder(tmp_path) as control:
        control.put("vtex", "orders", "1-01", {"orderId": "1-01", "status": "handling"})
    store = Store(tmp_path / "default.sandbox")
    store.put("sandbox", Record("state", {"clock": {"offset_seconds": "soon"}}))
    store.close()
    with control_of_folder(tmp_path) as control:
        assert control.call("GET", "/documents/vtex/orders/1-01")["document"]["status"] == "handling"
