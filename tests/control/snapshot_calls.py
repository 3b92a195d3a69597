"""Calls of the control API that save, restore and compare snapshots."""

from __future__ import annotations

from typing import Any

from tests.control_client import ControlClient

PROFILES = "/v1/d/pii/profiles"
SNAPSHOTS = "/_sandbox/v1/snapshots"


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
