"""Bounds, and who may not call the control API at all."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from pii_sandbox.mockserver import sandboxes as sandboxes_module
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.credentials import FASHIONAI, NEWSTORE
from tests.in_process import InProcess

STATUS = "/_sandbox/v1/status"
CUSTOMER = "/api/v1/crm/protected/profile/email/customer@example.com"
STRICT = Options(validate_responses=True, surface_errors=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://sandbox.test:8081"},
        {"Origin": "http://sandbox.test.evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://sandbox.test", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", [STATUS, "/~other/_sandbox/v1/status", "/%5Fsandbox/v1/status"])
def test_a_page_of_another_site_is_403(http: httpx.Client, headers: dict[str, str], path: str) -> None:
    response = http.get(path, headers=headers)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://sandbox.test"},
        {"Origin": "https://sandbox.test"},  # behind a proxy that ends TLS
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://sandbox.test"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_own_pages_and_clients_that_are_no_browsers_are_served(http: httpx.Client, headers: dict[str, str]) -> None:
    assert http.get(STATUS, headers=headers).status_code == 200


def test_a_write_from_another_site_writes_nothing(http: httpx.Client) -> None:
    body = {"days": 30}
    response = http.post("/_sandbox/v1/clock/advance", json=body, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert http.get("/_sandbox/v1/clock").json()["offset_seconds"] == 0


def test_vendors_decide_for_themselves_about_origins(http: httpx.Client) -> None:
    headers = {"Origin": "https://shop.example", "Sec-Fetch-Site": "cross-site"}
    assert http.get(CUSTOMER, headers={**FASHIONAI, **headers}).status_code == 200


def own_client(host: str, **options: object) -> httpx.Client:
    app = App(SandboxDefaults(seeded=SeedSpec(1, 0)), STRICT, **options)  # type: ignore[arg-type]  # the keywords of App
    return httpx.Client(transport=InProcess(app), base_url=f"http://{host}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost", "localhost:8080", "[::1]:8080", "127.9.9.9", "a.localhost"]
)
def test_a_server_for_this_machine_accepts_its_names(host: str) -> None:
    with own_client(host, loopback_only=True) as http:
        assert http.get(STATUS).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "192.168.1.5"]
)
def test_open_to_this_machine_a_name_that_was_made_to_point_here_is_403(host: str) -> None:
    with own_client(host, loopback_only=True) as http:
        response = http.get(STATUS)
        assert (response.status_code, "--control-token" in response.json()["title"]) == (403, True)
        assert http.get("/v1/d/pii/profiles", headers=NEWSTORE).status_code == 200


def test_with_a_token_any_name_will_do() -> None:
    with own_client("sandbox.internal", control_token="secret") as http:
        assert http.get(STATUS, headers={"X-Sandbox-Control-Token": "secret"}).status_code == 200


def bounded_client(most: int, evict_idle_seconds: float | None = None) -> httpx.Client:
    defaults = SandboxDefaults(seeded=SeedSpec(1, 1), most_sandboxes=most, evict_idle_seconds=evict_idle_seconds)
    return httpx.Client(transport=InProcess(App(defaults, STRICT)), base_url="http://sandbox.test", headers=NEWSTORE)


def use_sandbox(http: httpx.Client, name: str) -> int:
    return http.get(f"/~{name}/v1/d/pii/profiles").status_code


def names(http: httpx.Client) -> list[str]:
    listed: list[str] = http.get("/_sandbox/v1/sandboxes").json()["sandboxes"]
    return listed


def test_one_sandbox_too_many_is_400_in_the_vendors_form_and_says_how_to_have_more() -> None:
    with bounded_client(3) as http:
        assert [use_sandbox(http, name) for name in ("default", "a", "b")] == [200] * 3
        response = http.get("/~c/v1/d/pii/profiles")
        assert response.status_code == 400
        assert "--max-sandboxes" in response.json()["message"]
        assert use_sandbox(http, "a") == 200
        http.delete("/_sandbox/v1/sandboxes/a")
        assert use_sandbox(http, "c") == 200


def test_the_least_recently_used_makes_room_where_that_is_set() -> None:
    with bounded_client(3, evict_idle_seconds=0) as http:
        for name in ("default", "a", "b", "a", "c"):
            assert use_sandbox(http, name) == 200
        assert names(http) == ["a", "c", "default"]


def test_default_is_never_evicted() -> None:
    with bounded_client(2, evict_idle_seconds=0) as http:
        assert [use_sandbox(http, name) for name in ("default", "a", "b")] == [200] * 3
        assert names(http) == ["b", "default"]


def test_a_sandbox_in_use_is_not_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 0.0
    monkeypatch.setattr(sandboxes_module, "monotonic", lambda: seconds)
    with bounded_client(2, evict_idle_seconds=600) as http:
        assert [use_sandbox(http, name) for name in ("a", "b")] == [200] * 2
        seconds = 599.0
        assert use_sandbox(http, "c") == 400
        assert use_sandbox(http, "b") == 200
        seconds = 601.0
        assert use_sandbox(http, "c") == 200
        assert use_sandbox(http, "d") == 400  # b was used 2 s ago


def test_a_sandbox_has_at_most_a_thousand_faults_and_one_more_is_409(http: httpx.Client) -> None:
    fault = {"match": {"path": "/v1"}, "effect": {"status": 500}}
    responses = [http.post("/_sandbox/v1/faults", json=fault).status_code for _ in range(1000)]
    assert set(responses) == {201}
    response = http.post("/_sandbox/v1/faults", json=fault)
    assert (response.status_code, "1000 faults" in response.json()["title"]) == (409, True)


def test_a_fault_has_a_size(http: httpx.Client) -> None:
    fault = {"match": {"body": {"text": "x" * 70_000}}, "effect": {"status": 500}}
    assert http.post("/_sandbox/v1/faults", json=fault).status_code == 413


def test_what_a_data_folder_keeps_counts_and_may_be_evicted(tmp_path: Path) -> None:
    def client(evict_idle_seconds: float | None = None) -> httpx.Client:
        defaults = SandboxDefaults(
            seeded=SeedSpec(1, 1), data=tmp_path, most_sandboxes=2, evict_idle_seconds=evict_idle_seconds
        )
        app = App(defaults, STRICT)
        apps.append(app)
        return httpx.Client(transport=InProcess(app), base_url="http://sandbox.test", headers=NEWSTORE)

    apps: list[App] = []
    with client() as http:
        assert [use_sandbox(http, name) for name in ("default", "a", "b")] == [200, 200, 400]
        for name in ("default", "a"):  # a file comes with the first change
            assert http.put(f"/~{name}/_sandbox/v1/dialect", json={"dialect": "guide"}).status_code == 200
    apps[0].sandboxes.close()
    with client() as http:
        assert use_sandbox(http, "b") == 400
    apps[1].sandboxes.close()
    with client(evict_idle_seconds=0) as http:
        assert use_sandbox(http, "b") == 200
        assert names(http) == ["b", "default"]
    apps[2].sandboxes.close()
    assert sorted(file.name for file in tmp_path.glob("*.sandbox")) == ["default.sandbox"]


def test_a_token_in_odd_characters_is_401() -> None:
    with own_client("sandbox.test", control_token="secret") as http:
        assert http.get(STATUS, headers={b"X-Sandbox-Control-Token": "é".encode()}).status_code == 401
