"""Who may do what."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.credentials import VTEX, VTEX_NONE, VTEX_READONLY, VTEX_USER
from tests.vendors.vtex.conftest import Shop

KEY = "X-VTEX-API-AppKey"
TOKEN = "X-VTEX-API-AppToken"


@pytest.mark.rule("VTEX-AUTH-1")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {KEY: VTEX[KEY]},
        {TOKEN: VTEX[TOKEN]},
        {KEY: VTEX[KEY], TOKEN: "wrong"},
        {KEY: "vtexappkey-unknown", TOKEN: VTEX[TOKEN]},
        {"VtexIdclientAutCookie": "somebody-else"},
    ],
)
def test_vtex_auth_1_no_or_wrong_credentials_are_401(shop: Shop, headers: dict[str, str]) -> None:
    problem = shop.get("/prospects", 401, headers=headers, rule="VTEX-AUTH-1")
    assert problem["type"] == "https://tools.ietf.org/html/rfc7235#section-3.1"
    assert problem["title"] == "Unauthorized"


@pytest.mark.rule("VTEX-AUTH-1")
@pytest.mark.parametrize("headers", [VTEX, VTEX_USER, VTEX_READONLY, {**VTEX_USER, KEY: "wrong", TOKEN: "wrong"}])
def test_vtex_auth_1_either_kind_of_credentials_will_do(shop: Shop, headers: dict[str, str]) -> None:
    shop.get("/prospects", headers=headers)


@pytest.mark.rule("VTEX-AUTH-1")
def test_vtex_auth_1_comes_before_anything_that_the_request_says(shop: Shop) -> None:
    shop.send("GET", f"/profiles/{uuid.uuid4()}/unmask", 401, headers={})
    shop.send("POST", "/profiles", 401, headers={}, body={})


@pytest.mark.rule("VTEX-AUTH-2")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/profiles", {}),
        ("PATCH", "/profiles/any", {}),
        ("DELETE", "/profiles/any", None),
        ("POST", "/profiles/any/addresses", {}),
        ("DELETE", "/profiles/any/addresses/any", None),
        ("POST", "/prospects", {}),
        ("PATCH", "/prospects/any", {}),
        ("DELETE", "/prospects/any", None),
        ("POST", "/profiles/any/purchase-info", {}),
        ("DELETE", "/profiles/any/purchase-info", None),
        ("PUT", "/schemas/profileSystem/custom", {}),
    ],
)
def test_vtex_auth_2_a_key_for_reading_writes_nothing(shop: Shop, method: str, path: str, body: Any) -> None:
    problem = shop.send(method, path, 403, body=body, headers=VTEX_READONLY, rule="VTEX-AUTH-2")
    assert problem["type"] == "https://tools.ietf.org/html/rfc7231#section-6.5.3"


@pytest.mark.rule("VTEX-AUTH-2")
@pytest.mark.parametrize("path", ["/prospects", "/profiles/any", "/profiles/any/unmask", "/schemas/profileSystem"])
def test_vtex_auth_2_a_key_without_resources_reads_nothing(shop: Shop, path: str) -> None:
    shop.get(path, 403, headers=VTEX_NONE, rule="VTEX-AUTH-2")


def test_an_error_has_the_form_that_vtex_shows(shop: Shop) -> None:
    problem = shop.get(f"/profiles/{uuid.uuid4()}", 404)
    assert set(problem) == {"type", "title", "status", "traceId"}
    assert problem["type"] == "https://tools.ietf.org/html/rfc7231#section-6.5.4"
    assert (problem["title"], problem["status"]) == ("Not Found", 404)
    version, trace, span, flags = problem["traceId"].split("-")
    assert (version, len(trace), len(span), flags) == ("00", 32, 16, "00")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/profiles"), ("POST", "/prospects/unmask"), ("OPTIONS", "/profiles")]
)
def test_a_method_that_is_not_there_is_405_about_blank(http: httpx.Client, shop: Shop, method: str, path: str) -> None:
    problem = shop.send(method, path, 405)
    assert (problem["type"], problem["title"]) == ("about:blank", "Method Not Allowed")


def test_a_body_that_is_no_json_is_415_or_400(http: httpx.Client, shop: Shop) -> None:
    headers = {**VTEX, "Content-Type": "text/plain"}
    response = http.request("POST", "/api/storage/profile-system/profiles", headers=headers, content="{}")
    assert (response.status_code, response.json()["type"]) == (415, "about:blank")
    headers["Content-Type"] = "application/json"
    response = http.request("POST", "/api/storage/profile-system/profiles", headers=headers, content="{")
    assert response.status_code == 400
    assert response.json()["errors"]
