"""A server in which every collection holds something, and its snapshot as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.control import snapshot_files
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.control_client import ControlClient
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE_APPLICATION, VTEX
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
