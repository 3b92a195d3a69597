"""Browsers' calls."""

from __future__ import annotations

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import FASHIONAI
from tests.vendors.fashionai.calls import BASE, KEYS, read

SHOP = "https://shop.example.com"
PATHS = [f"{BASE}/{key}/{value}" for key, value in KEYS.items()]


def preflight(http: httpx.Client, path: str, origin: str = SHOP) -> httpx.Response:
    request_headers = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-fashionai-app-token",
    }
    return http.options(path, headers={"Origin": origin, **request_headers})


def cors_headers(response: httpx.Response) -> list[str]:
    return [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.rule("FAI-CORS-1")
@pytest.mark.parametrize("path", PATHS)
def test_fai_cors_1_a_preflight_is_refused(http: httpx.Client, path: str) -> None:
    answer = preflight(http, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json()["statusCode"] == 405
    assert answer.headers["X-Sandbox-Rule"] == "FAI-CORS-1"
    assert cors_headers(answer) == []


@pytest.mark.rule("FAI-CORS-1")
@pytest.mark.parametrize("headers", [FASHIONAI, {}])
@pytest.mark.parametrize("email", ["customer@example.com", "nobody@example.com"])
def test_fai_cors_1_no_answer_lets_a_browser_read_it(http: httpx.Client, headers: dict[str, str], email: str) -> None:
    assert cors_headers(read(http, "email", email, headers)) == []
    assert cors_headers(read(http, "email", email, {**headers, "Origin": SHOP})) == []


@pytest.mark.rule("FAI-CORS-2")
@pytest.mark.parametrize("path", PATHS)
def test_fai_cors_2_an_authorized_domain_is_granted_its_preflight(
    http: httpx.Client, control: ControlClient, path: str
) -> None:
    control.settings({"fashionai.cors_origins": ["https://other.example.com", SHOP]})
    answer = preflight(http, path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "x-fashionai-app-token" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert "Origin" in answer.headers["Vary"].split(", ")
    assert answer.headers["X-Sandbox-Rule"] == "FAI-CORS-2"


@pytest.mark.rule("FAI-CORS-2")
@pytest.mark.parametrize(("headers", "status"), [(FASHIONAI, 200), ({}, 401)])
def test_fai_cors_2_an_authorized_domain_can_read_the_answers(
    http: httpx.Client, control: ControlClient, headers: dict[str, str], status: int
) -> None:
    control.settings({"fashionai.cors_origins": [SHOP]})
    answer = read(http, headers={**headers, "Origin": SHOP})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer.headers["Vary"].split(", ")


@pytest.mark.rule("FAI-CORS-2")
@pytest.mark.parametrize(
    "origin",
    [
        "https://else.example.com",
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://example.com",
        "null",
    ],
)
def test_fai_cors_2_other_domains_are_still_blocked(http: httpx.Client, control: ControlClient, origin: str) -> None:
    control.settings({"fashionai.cors_origins": [SHOP]})
    refused = preflight(http, PATHS[0], origin)
    assert (refused.status_code, cors_headers(refused)) == (405, [])
    assert cors_headers(read(http, headers={**FASHIONAI, "Origin": origin})) == []


@pytest.mark.rule("FAI-CORS-2")
def test_fai_cors_2_without_an_origin_nothing_is_added(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.cors_origins": [SHOP]})
    assert cors_headers(read(http)) == []


@pytest.mark.rule("FAI-CORS-2")
def test_fai_cors_2_is_authorized_in_one_sandbox_alone(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"fashionai.cors_origins": [SHOP]})
    assert preflight(http, f"/~another{PATHS[0]}").status_code == 405


@pytest.mark.rule("FAI-CORS-2")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/crm/protected/profile/nothing/here", 404),
        ("HEAD", "/api/v1/crm/protected/profile/nothing/here", 404),
        ("OPTIONS", "/api/v1/crm/protected/profile/nothing/here", 404),
        ("GET", f"{BASE}/email/%ff", 400),
        ("POST", PATHS[0], 405),
        ("DELETE", PATHS[0], 405),
    ],
)
def test_fai_cors_2_an_authorized_domain_can_read_what_leads_nowhere(
    http: httpx.Client, control: ControlClient, method: str, path: str, status: int
) -> None:
    control.settings({"fashionai.cors_origins": [SHOP]})
    answer = http.request(method, path, headers={"Origin": SHOP})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer.headers["Vary"].split(", ")
    assert ("Allow" in answer.headers) is (status == 405)
    assert cors_headers(http.request(method, path, headers={"Origin": "https://else.example.com"})) == []
    assert cors_headers(http.request(method, path)) == []
