"""Snapshots that leave the server: downloaded and uploaded files, and data folders."""

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
from tests.control.snapshot_calls import PROFILES, SNAPSHOTS, all_documents, diff, restore, save_snapshot
from tests.control_client import ControlClient
from tests.credentials import NEWSTORE
from tests.in_process import InProcess


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
    other_control = ControlClient(other)
    assert other.put(f"{SNAPSHOTS}/loaded", json=file).status_code == 201
    assert other.put(f"{SNAPSHOTS}/loaded", json=file).status_code == 200
    restore(other_control, "loaded")
    assert all_documents(other_control) == expected
    assert other.get(f"{PROFILES}/{profile['id']}", headers=NEWSTORE).json() == profile
    assert other_control.clock()["now"] == "2030-01-31T12:00:00.000000Z"
    assert other_control.call("GET", "/faults") == control.call("GET", "/faults")
    other_control.call("DELETE", "/sandboxes/other")


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
    ("change", "message"),
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
def test_a_file_that_is_no_snapshot_is_400(
    http: httpx.Client, control: ControlClient, change: Any, message: str
) -> None:
    save_snapshot(control)
    file = change(control.call("GET", "/snapshots/before"))
    response = http.put(f"{SNAPSHOTS}/loaded", json=file)
    assert response.status_code == 400
    assert message in response.text
    assert [snapshot["name"] for snapshot in control.call("GET", "/snapshots")["snapshots"]] == ["before"]


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
