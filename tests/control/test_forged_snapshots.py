"""Forged snapshot files with a matching digest: a record that no call can make is refused with 400 and named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox.cli.data import data
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control.snapshot_server import clients, control, file, put_snapshot
from tests.control_client import ControlClient
from tests.in_process import InProcess

__all__ = ["clients", "control", "file"]


def first_record(file: Any, collection: str) -> Any:
    return file["collections"][collection][0]


def add_twin(file: Any, collection: str) -> None:
    """One more with the same keys."""
    file["collections"][collection].append(copy.deepcopy(first_record(file, collection)) | {"id": "twin"})


Forgery = Callable[[Any], Any]


def lifetime(days: Any) -> Forgery:
    return lambda file: first_record(file, "vtex/schema")["value"].update(ttl_days=days)


def state(part: str, **values: Any) -> Forgery:
    return lambda file: first_record(file, "sandbox")["value"][part].update(values)


NO_LIFETIMES: list[Any] = [[], 0, True, ""]
NO_LOCALES: list[Any] = ["xx", []]
FORGERIES: list[tuple[str, str, Forgery]] = [
    ("vtex/profiles", "email", lambda file: first_record(file, "vtex/profiles")["value"]["document"].update(email=7)),
    ("vtex/profiles", "email", lambda file: first_record(file, "vtex/profiles")["value"]["document"].pop("email")),
    (
        "vtex/profiles",
        "keys",
        lambda file: first_record(file, "vtex/profiles")["keys"].update(email="other@example.com"),
    ),
    ("vtex/profiles", "another", lambda file: add_twin(file, "vtex/profiles")),
    ("vtex/profiles", "meta", lambda file: first_record(file, "vtex/profiles")["value"]["meta"].pop("version")),
    (
        "vtex/profiles",
        "cannot be read",
        lambda file: first_record(file, "vtex/profiles")["value"]["meta"].update(lastUpdate="x"),
    ),
    (
        "vtex/addresses",
        "profileId",
        lambda file: first_record(file, "vtex/addresses")["value"]["document"].update(profileId="x"),
    ),
    ("vtex/orders", "status", lambda file: first_record(file, "vtex/orders")["value"].update(status=None)),
    ("vtex/users", "email", lambda file: first_record(file, "vtex/users")["value"].pop("email")),
    ("vtex/versions", "cannot be read", lambda file: first_record(file, "vtex/versions")["value"].pop("document")),
    ("vtex/versions", "owner", lambda file: first_record(file, "vtex/versions")["value"].update(owner=5)),
    ("vtex/jobs", "email", lambda file: [job["value"].pop("email", None) for job in file["collections"]["vtex/jobs"]]),
    ("vtex/jobs", "status", lambda file: first_record(file, "vtex/jobs")["value"].update(status=[])),
    ("vtex/departed", "rule", lambda file: first_record(file, "vtex/departed").update(value={})),
    ("vtex/schema", "fields", lambda file: first_record(file, "vtex/schema")["value"].update(fields=[])),
    *(("vtex/schema", "ttl_days", lifetime(days)) for days in NO_LIFETIMES),
    *(
        ("sandbox", "cannot be read", state("clock", frozen_at=at))
        for at in ("2026-11-29", "2026-11-29T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", 5)
    ),
    *(("sandbox", "cannot be read", state("seeded", locale=locale)) for locale in NO_LOCALES),
    *(("sandbox", "cannot be read", state("seeded", shoppers=number)) for number in (10**9, -1)),
    ("sandbox", "cannot be read", state("seeded", seed="1")),
    (
        "vtex/schema",
        "cannot be read",
        lambda file: first_record(file, "vtex/schema")["value"].update(keys=[{"name": "x"}]),
    ),
    (
        "newstore/profiles",
        "created_at",
        lambda file: first_record(file, "newstore/profiles")["value"].update(created_at="x"),
    ),
    (
        "newstore/profiles",
        "cannot be read",
        lambda file: first_record(file, "newstore/profiles")["value"].pop("updated_at"),
    ),
    ("newstore/profiles", "full_name", lambda file: first_record(file, "newstore/profiles")["value"].pop("full_name")),
    ("newstore/addresses", "city", lambda file: first_record(file, "newstore/addresses")["value"].update(city=1)),
    ("newstore/data", "ttl", lambda file: first_record(file, "newstore/data")["value"].update(ttl="long")),
    ("newstore/tokens", "value", lambda file: first_record(file, "newstore/tokens").update(value={})),
    ("newstore/access-tokens", "username", lambda file: first_record(file, "newstore/access-tokens").update(value={})),
    (
        "fashionai/customers",
        "phone",
        lambda file: first_record(file, "fashionai/customers")["value"].update(phone=None),
    ),
    (
        "fashionai/calls",
        "cannot be read",
        lambda file: first_record(file, "fashionai/calls")["value"].update(calls=["x"]),
    ),
    ("oracle/profiles", "email", lambda file: first_record(file, "oracle/profiles")["value"].update(email=[])),
    ("oracle/access-tokens", "expired", lambda file: first_record(file, "oracle/access-tokens").update(value={})),
    ("audit", "only text values", lambda file: first_record(file, "audit")["value"].update(profileId=[])),
    (
        "sandbox",
        "no such record",
        lambda file: file["collections"]["sandbox"].append(copy.deepcopy(first_record(file, "sandbox")) | {"id": "x"}),
    ),
    (
        "vtex/unheard-of",
        "no such collection",
        lambda file: file["collections"].update({"vtex/unheard-of": [first_record(file, "audit")]}),
    ),
    (
        "vtex/orders",
        "expires_at",
        lambda file: first_record(file, "vtex/orders").update(expires_at="2030-13-01T00:00:00Z"),
    ),
    (
        "vtex/orders",
        "the same id",
        lambda file: file["collections"]["vtex/orders"].append(first_record(file, "vtex/orders")),
    ),
    ("snapshot", "cannot be read", lambda file: file["about"]["faults"]["waiting"][0].update(seen="often")),
    ("snapshot", "cannot be read", lambda file: file["about"]["faults"]["waiting"][0].update(left=[])),
    ("snapshot", "cannot be read", lambda file: file["about"]["faults"]["waiting"][0].update(number=-1)),
    (
        "audit",
        "do not expire",
        lambda file: first_record(file, "audit").update(expires_at="2030-01-01T00:00:00Z"),
    ),
    (
        "sandbox",
        "do not expire",
        lambda file: first_record(file, "sandbox").update(expires_at="2030-01-01T00:00:00Z"),
    ),
    ("vtex/users", "has no id", lambda file: first_record(file, "vtex/users").update(id="")),
    (
        "snapshot",
        "cannot be read",
        lambda file: file["about"]["faults"]["waiting"][0]["fault"]["effect"].update(status="x"),
    ),
]


@pytest.mark.parametrize(("collection", "reason", "forge"), FORGERIES)
def test_a_record_that_no_call_makes_is_400_and_named(
    clients: httpx.Client, control: ControlClient, file: Any, collection: str, reason: str, forge: Forgery
) -> None:
    forge(file)
    response = put_snapshot(clients, file)
    assert response.status_code == 400, response.text
    title = response.json()["title"]
    assert collection in title
    assert reason in title
    assert [each["name"] for each in control.call("GET", "/snapshots")["snapshots"]] == ["sound"]


def test_a_server_starts_again_on_what_it_has_loaded(file: Any, tmp_path: Path) -> None:
    """And tells the same of it, whatever of the forgeries was sent in between."""
    statuses = []
    for forgeries in (FORGERIES, []):
        app = App(SandboxDefaults(seeded=SeedSpec(1, 3), data=tmp_path), Options(surface_errors=True))
        with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
            for _, _, forge in forgeries:
                forged = copy.deepcopy(file)
                forge(forged)
                assert put_snapshot(http, forged).status_code == 400
            if forgeries:
                assert put_snapshot(http, file).status_code == 201
                assert http.post("/_sandbox/v1/snapshots/loaded/restore").is_success
            status = http.get("/_sandbox/v1/status").json()
            statuses.append((status["documents"], http.get("/_sandbox/v1/snapshots/loaded").json()["collections"]))
        app.sandboxes.close()
    assert statuses[0] == statuses[1]
    checked = CliRunner().invoke(data, ["check", str(tmp_path)])
    assert (checked.exit_code, "INVALID" in checked.output) == (0, False)
