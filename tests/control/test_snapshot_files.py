"""Snapshot files that no server wrote: whatever is loaded, the server answers without a fault."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.control.snapshot_server import CUSTOMER, VTEX_PROFILES, clients, control, file, put_snapshot
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, VTEX

__all__ = ["clients", "control", "file"]


def exercise_sandbox(http: httpx.Client) -> None:
    """Looks at all that there is, lets all come due, and erases somebody. A fault of the sandbox is raised."""
    control = ControlClient(http)
    control.call("POST", "/snapshots/loaded/restore")
    for api, names in control.call("GET", "/status")["documents"].items():
        for name in names:
            for document in control.documents(api, name):
                control.call("GET", f"/documents/{api}/{name}/{document['id']}")
    for profile in control.documents("vtex", "profiles"):
        for path in ("", "/versions", "/addresses", "/purchase-info", "/unmask?reason=x"):
            http.get(f"{VTEX_PROFILES}/{profile['id']}{path}", headers=VTEX)
    for profile in control.documents("newstore", "profiles"):
        http.get(f"/v1/d/pii/profiles/{profile['id']}/addresses", headers=NEWSTORE)
    http.get("/v1/d/pii/profiles?sort=email", headers=NEWSTORE)
    for profile in control.documents("oracle", "profiles"):
        http.get(f"/ccapp/v1/profiles/{profile['id']}", headers=ORACLE)
    http.get(CUSTOMER, headers=FASHIONAI)
    http.get("/api/storage/profile-system/schemas/profileSystem", headers=VTEX)
    http.post("/api/user-rights/createAndProcessDeleteUserData", headers=VTEX, json={"email": "c@example.com"})
    control.events()
    control.call("GET", "/faults")
    control.advance(days=3000)
    control.call("GET", "/status")


def test_a_file_that_the_server_wrote_is_loaded(clients: httpx.Client, file: Any) -> None:
    internal = {"vtex/versions", "vtex/jobs", "vtex/departed", "vtex/schema", "newstore/access-tokens", "audit"}
    assert internal | {"oracle/access-tokens", "fashionai/calls", "newstore/tokens"} <= set(file["collections"])
    assert put_snapshot(clients, file).is_success
    exercise_sandbox(clients)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, below in inner:
        yield (*at, name)
        if len(at) < 2:
            yield from places(below, (*at, name))


def replace_at(value: Any, place: tuple[Any, ...], replacement: Any) -> Any:
    copied = copy.deepcopy(value)
    holder = copied
    for name in place[:-1]:
        holder = holder[name]
    if isinstance(place[-1], int) and isinstance(holder, dict):
        raise LookupError
    if replacement is None:
        del holder[place[-1]]
    else:
        holder[place[-1]] = replacement
    return copied


@pytest.mark.parametrize("replacement", [None, "x", {"x": "y"}], ids=json.dumps)
def test_whatever_is_loaded_leads_to_no_fault_of_the_server(clients: httpx.Client, file: Any, replacement: Any) -> None:
    refused = 0
    for records in file["collections"].values():
        for place in places(copy.deepcopy(records[0]["value"])):
            sound = records[0]["value"]
            try:
                records[0]["value"] = replace_at(sound, place, replacement)
            except (LookupError, TypeError):  # a place that an earlier change took away
                continue
            if put_snapshot(clients, file).status_code == 400:
                refused += 1
                records[0]["value"] = sound
        assert put_snapshot(clients, file).is_success
        exercise_sandbox(clients)
    assert refused > 50


def test_a_file_is_loaded_again_and_again_with_a_data_folder(clients: httpx.Client, file: Any, tmp_path: Path) -> None:
    assert [put_snapshot(clients, file).status_code for _ in range(3)][1:] == [200, 200]
    names = [path.name for path in tmp_path.parent.glob("data*/*")]
    assert not any("trial" in name for name in names)
