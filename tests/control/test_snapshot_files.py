"""Snapshot files that no server wrote: with a right digest, and with records that no call could make."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from pii_sandbox.cli.data import data
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.control import snapshot_files
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, ORACLE_APPLICATION, VTEX
from tests.in_process import InProcess

VTEX_PROFILES = "/api/storage/profile-system/profiles"
SCHEMA = "/api/storage/profile-system/schemas/profileSystem/custom"
JOBS = "/api/user-rights/forget/jobs"
CUSTOMER = "/api/v1/crm/protected/profile/email/customer@example.com"
ANA = {
    "firstName": "Ana",
    "lastName": "Reis",
    "email": "ana@example.com",
    "document": "12345678909",
    "documentType": "CPF",
}
ADDRESS = {
    "full_name": "Ana",
    "address_line_1": "Rua 1",
    "zip_code": "01310-100",
    "city": "Recife",
    "country_code": "BR",
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server in which every collection holds something; a fault of its own is raised here."""
    defaults = SandboxDefaults(seeded=SeedSpec(1, 3), data=tmp_path_factory.mktemp("data"))
    app = App(defaults, Options(surface_errors=True))
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        fill(http)
        yield http
    app.sandboxes.close()


def fill(http: httpx.Client) -> None:
    control = ControlClient(http)
    control.settings({"fashionai.limit_per_minute": 100})
    control.fault({"match": {"operation": "getProfile"}, "effect": {"status": 503}, "times": 1})

    def send(method: str, path: str, headers: dict[str, str], **body: Any) -> Any:
        response = http.request(method, path, headers=headers, **body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    send("PUT", SCHEMA, VTEX, json={"shoeSize": {"type": "integer"}})
    [gone, kept] = [
        send(
            "POST",
            VTEX_PROFILES,
            VTEX,
            json=ANA | {"email": f"{number}@example.com", "document": f"1234567890{number}"},
        )
        for number in range(2)
    ]
    send("PATCH", f"{VTEX_PROFILES}/{kept['id']}", VTEX, json={"firstName": "Bea"})
    send("GET", f"{VTEX_PROFILES}/{kept['id']}/unmask", VTEX, params={"reason": "a test"})
    send("DELETE", f"{VTEX_PROFILES}/{gone['id']}", VTEX)
    for email in ("nobody@example.com", "somebody@example.com"):
        send("POST", JOBS, VTEX, json={"email": email})
        control.advance(seconds=40)
    for collection in ("orders", "carts", "users"):
        control.put("vtex", collection, "c-1", {"email": "c@example.com", "status": "handling", "items": []})
    control.put("vtex", "prospects", "p-1", {"email": "p@example.com"})
    control.put("vtex", "purchase-info", kept["id"], {"payments": []})
    send("POST", "/v1/d/pii/data", NEWSTORE, json={"content": "aGVsbG8=", "content_type": "text/plain", "ttl": 400})
    send("POST", "/v1/d/pii/tokenize", NEWSTORE, json={"data": {"mail": "ana@example.com"}})
    send("POST", "/v0/token", {}, json={"grant_type": "password", "username": "sandbox", "password": "sandbox"})
    send("GET", CUSTOMER, FASHIONAI)
    oracle = send("GET", "/_sandbox/v1/documents/oracle/profiles", {})["documents"][0]
    control.put("oracle", "preview-profiles", oracle["id"], oracle["document"])
    send("POST", "/ccapp/v1/login", ORACLE_APPLICATION, data={"grant_type": "client_credentials"})
    control.call("POST", "/snapshots", {"name": "sound"})


@pytest.fixture
def control(clients: httpx.Client) -> Iterator[ControlClient]:
    control = ControlClient(clients)
    yield control
    clients.delete("/_sandbox/v1/snapshots/loaded")
    control.call("POST", "/snapshots/sound/restore")


@pytest.fixture
def file(control: ControlClient) -> Any:
    return control.call("GET", "/snapshots/sound")


def put_snapshot(http: httpx.Client, file: Any) -> httpx.Response:
    """The file with a digest that fits."""
    file["sha256"] = snapshot_files._digest({name: file[name] for name in ("about", "collections")})
    return http.put("/_sandbox/v1/snapshots/loaded", json=file)


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


def test_a_server_starts_again_on_what_it_has_loaded(file: Any, tmp_path: Path) -> None:
    """And tells the same of it, whatever of the forgeries was sent in between."""
    told = []
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
            told.append((status["documents"], http.get("/_sandbox/v1/snapshots/loaded").json()["collections"]))
        app.sandboxes.close()
    assert told[0] == told[1]
    checked = CliRunner().invoke(data, ["check", str(tmp_path)])
    assert (checked.exit_code, "INVALID" in checked.output) == (0, False)


def test_a_file_is_loaded_again_and_again_with_a_data_folder(clients: httpx.Client, file: Any, tmp_path: Path) -> None:
    assert [put_snapshot(clients, file).status_code for _ in range(3)][1:] == [200, 200]
    names = [path.name for path in tmp_path.parent.glob("data*/*")]
    assert not any("trial" in name for name in names)
