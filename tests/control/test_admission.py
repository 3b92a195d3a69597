"""Sandboxes come into being with the first call that passes routing, guard and credentials, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.credentials import FASHIONAI, NEWSTORE
from tests.in_process import InProcess

STRICT = Options(validate_responses=True, surface_errors=True)
FOREIGN = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
PROFILES = "/v1/d/pii/profiles"
TOKEN_FORM = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}


@contextmanager
def client(data: Path | None = None, host: str = "localhost", **options: object) -> Iterator[httpx.Client]:
    limits = {name: options.pop(name) for name in ("most_sandboxes", "evict_idle_seconds") if name in options}
    defaults = SandboxDefaults(seeded=SeedSpec(1, 3), data=data, **limits)  # type: ignore[arg-type]  # its keywords
    app = App(defaults, STRICT, **options)  # type: ignore[arg-type]  # the keywords of App
    with httpx.Client(transport=InProcess(app), base_url=f"http://{host}") as http:
        yield http
    app.sandboxes.close()


def names(http: httpx.Client) -> list[str]:
    listed: list[str] = http.get("/_sandbox/v1/sandboxes").json()["sandboxes"]
    return listed


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/no/such/path", {}, 404),
        ("PUT", PROFILES, NEWSTORE, 405),
        ("GET", PROFILES, {}, 401),
        ("GET", PROFILES, {"Authorization": "Bearer sandbox-expired"}, 403),
        ("POST", "/v0/token", {}, 400),
        ("GET", "/_sandbox/", {}, 200),
        ("GET", "/_sandbox/v1/health", {}, 200),
        ("GET", "/_sandbox/v1/status", FOREIGN, 403),
        ("GET", PROFILES, {**NEWSTORE, **FOREIGN}, 200),
        ("POST", PROFILES, {**NEWSTORE, **FOREIGN}, 403),
    ],
)
def test_a_call_that_does_not_pass_makes_no_sandbox_and_no_file(
    tmp_path: Path, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    with client(tmp_path) as http:
        body = {"email": "a@example.com"} if method == "POST" else None
        assert http.request(method, f"/~new{path}", headers=headers, json=body).status_code == status
        assert names(http) == ["default"]
        assert not list(tmp_path.glob("*.sandbox"))


def test_a_form_of_a_foreign_page_makes_no_sandbox() -> None:
    with client() as http:
        response = http.post("/~new/v0/token", data=TOKEN_FORM, headers=FOREIGN)
        assert (response.status_code, "request_id" in response.json()) == (403, True)
        assert names(http) == ["default"]
        assert http.post("/~new/v0/token", data=TOKEN_FORM).status_code == 200
        assert names(http) == ["default", "new"]


def test_a_wrong_password_makes_no_sandbox() -> None:
    with client() as http:
        assert http.post("/~new/v0/token", data={**TOKEN_FORM, "password": "wrong"}).status_code == 403
        assert names(http) == ["default"]


def test_a_file_is_created_by_the_first_change_and_contains_it(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        assert http.get(f"/~new{PROFILES}", headers=NEWSTORE).status_code == 200
        assert not list(tmp_path.glob("*.sandbox"))
        token = http.post("/~new/v0/token", data=TOKEN_FORM).json()["access_token"]
        assert [file.name for file in tmp_path.glob("*.sandbox")] == ["new.sandbox"]
        issued = {"Authorization": f"Bearer {token}"}
        assert http.post(f"/~new{PROFILES}", json={"email": "a@example.com"}, headers=issued).status_code == 201
    with client(tmp_path) as http:
        found = http.get(f"/~new{PROFILES}", headers=issued).json()
        assert found["pagination_info"]["total"] == 4


def test_a_refused_first_call_is_in_the_journal_once_there_is_a_sandbox() -> None:
    with client() as http:
        assert http.get(f"/~new{PROFILES}").status_code == 401
        assert [entry["status"] for entry in http.get("/~new/_sandbox/v1/journal").json()["entries"]] == [401]


def test_foreign_calls_evict_nothing() -> None:
    with client(most_sandboxes=2, evict_idle_seconds=0) as http:
        assert http.get(f"/~mine{PROFILES}", headers=NEWSTORE).status_code == 200
        for number in range(100):
            http.get(f"/~other{number}/favicon.ico", headers=FOREIGN)
            http.get(f"/~other{number}/_sandbox/v1/status", headers=FOREIGN)
        assert http.get(f"/~mine{PROFILES}", headers=NEWSTORE).status_code == 200
        assert names(http) == ["default", "mine"]


@pytest.mark.parametrize(
    ("headers", "host"),
    [(FOREIGN, "localhost"), ({"Origin": "null"}, "localhost"), ({"Sec-Fetch-Site": "same-site"}, "127.0.0.1"),
     ({}, "evil.example")],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_without_authentication_no_foreign_page_reaches_a_vendors_api(
    headers: dict[str, str], host: str, method: str
) -> None:
    with client(host=host, authenticate=False, on_loopback=True) as http:
        response = http.request(
            method, f"{PROFILES}/NS-EU-00000000-0000-4000-8000-000000000000", headers=headers, json={}
        )
        assert (response.status_code, "request_id" in response.json()) == (403, True)


def test_without_authentication_the_vendors_own_host_is_let_in() -> None:
    with client(host="sandbox.p.newstore.net", authenticate=False, on_loopback=True) as http:
        assert http.get(PROFILES).status_code == 200


def test_without_authentication_an_origin_that_was_granted_is_let_in() -> None:
    path = "/api/v1/crm/protected/profile/email/customer@example.com"
    with client(authenticate=False, on_loopback=True) as http:
        assert http.get(path, headers={**FASHIONAI, **FOREIGN}).status_code == 403
        http.patch("/_sandbox/v1/settings", json={"fashionai.cors_origins": [FOREIGN["Origin"]]})
        response = http.get(path, headers={**FASHIONAI, **FOREIGN})
        assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, FOREIGN["Origin"])


def test_beyond_loopback_without_authentication_any_page_may_call() -> None:
    with client(host="sandbox.internal", authenticate=False) as http:
        assert http.get(PROFILES, headers=FOREIGN).status_code == 200


@pytest.mark.parametrize(
    "host", ["[", "[::1", "a b", "a/b", "x@y", "a:b", "localhost:80:80", "é", "a, b", "]", "[::::]", "[1.2]"]
)
def test_a_malformed_host_is_400_and_leaves_the_journal_readable(host: str) -> None:
    with client() as http:
        response = http.get(PROFILES, headers=[*NEWSTORE.items(), (b"Host", host.encode())])  # type: ignore[arg-type]  # httpx takes bytes
        assert (response.status_code, "request_id" in response.json()) == (400, True)
        assert http.get(PROFILES, headers=NEWSTORE).status_code == 200
        for path in ("journal", "journal.har", "findings", "journal/last/explain"):
            assert http.get(f"/_sandbox/v1/{path}").status_code == 200, path
        assert http.get("/_sandbox/v1/journal").json()["total"] == 1


@pytest.mark.parametrize("token", ["", "a b", "é", "a\nb", " a", "\ud800"])
def test_a_control_token_that_no_header_can_carry_is_refused_at_the_start(token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII"):
        App(control_token=token)


@pytest.mark.parametrize(
    ("headers", "disposition"),
    [
        ({}, None),
        ({"Accept": "*/*"}, None),
        ({"Accept": "text/html,application/xhtml+xml"}, "attachment"),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}, "attachment"),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}, "attachment"),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty", "Accept": "text/html"}, None),
    ],
)
def test_stored_content_is_never_a_page_of_this_server(headers: dict[str, str], disposition: str | None) -> None:
    with client() as http:
        body = {"content_type": "text/html", "content": "<script>alert(1)</script>"}
        created = http.post("/v1/d/pii/data", json=body, headers=NEWSTORE).json()["id"]
        response = http.get(f"/v1/d/pii/data/{created}", headers={**NEWSTORE, **headers})
        assert (response.status_code, response.text) == (200, body["content"])
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "sandbox"
        assert response.headers.get("content-disposition") == disposition
