"""HTTP kept properly, at every vendor: what a client sends wrong is a clear 4xx in the vendor's own form."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE_APPLICATION, VTEX
from tests.in_process import InProcess


def _is_vtex(body: dict[str, Any], status: int) -> bool:
    return body["status"] == status and body["traceId"].startswith("00-") and "title" in body


def _is_newstore(body: dict[str, Any], status: int) -> bool:
    return body["type"] == "about:blank" and bool(body["request_id"]) and bool(body["message"])


def _is_fashionai(body: dict[str, Any], status: int) -> bool:
    return body["statusCode"] == status and bool(body["message"]) and bool(body["error"])


def _is_oracle(body: dict[str, Any], status: int) -> bool:
    return body["status"] == str(status) and bool(body["message"]) and "errorCode" in body


def _is_problem(body: dict[str, Any], status: int) -> bool:
    return body["status"] == status and bool(body["title"])


@dataclass(frozen=True)
class Api:
    """Where one API takes a body, where it gives an answer, and what its errors look like."""

    name: str
    headers: dict[str, str]
    read: str
    allow: str
    unknown: str
    write: tuple[str, str] | None
    is_error: Callable[[dict[str, Any], int], bool]


PROFILES = "/api/storage/profile-system/profiles"
APIS = [
    Api(
        "vtex",
        VTEX,
        f"{PROFILES}/x",
        "DELETE, GET, HEAD, PATCH",
        "/api/storage/profile-system/x",
        ("POST", PROFILES),
        _is_vtex,
    ),
    Api(
        "user rights",
        VTEX,
        "/api/user-rights/forget/jobs/x",
        "GET, HEAD",
        "/api/user-rights/x",
        ("POST", "/api/user-rights/forget/jobs"),
        _is_vtex,
    ),
    Api(
        "newstore",
        NEWSTORE,
        "/v1/d/pii/profiles",
        "GET, HEAD, POST",
        "/v1/d/pii/x",
        ("POST", "/v1/d/pii/profiles"),
        _is_newstore,
    ),
    Api(
        "fashionai",
        FASHIONAI,
        "/api/v1/crm/protected/profile/email/customer@example.com",
        "GET, HEAD",
        "/api/v1/crm/x",
        None,
        _is_fashionai,
    ),
    Api("oracle", ORACLE_APPLICATION, "/ccapp/v1/profiles/x", "GET, HEAD", "/ccapp/v1/x", None, _is_oracle),
    Api(
        "control",
        {},
        "/_sandbox/v1/dialect",
        "GET, HEAD, PUT",
        "/_sandbox/v1/x",
        ("PUT", "/_sandbox/v1/dialect"),
        _is_problem,
    ),
]
WRITERS = [(api, *api.write) for api in APIS if api.write]
PERSON = {"firstName": "A", "lastName": "B", "email": "a@example.com", "document": "1", "documentType": "CPF"}
each_api = pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
each_writer = pytest.mark.parametrize(("api", "method", "path"), WRITERS, ids=[api.name for api, *_ in WRITERS])

MALFORMED = {
    "no JSON": b"{",
    "NaN": b'{"email": NaN}',
    "infinity": b'{"email": 1e999}',
    "not UTF-8": b'{"email": "\xff"}',
    "lone surrogate": b'{"email": "\\ud800"}',
    "deep nesting": b'{"email": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "nesting that parses": b'{"email": ' + b"[" * 200 + b"]" * 200 + b"}",
    "nesting beside a long number": b'{"number": 1234567890123456789, "email": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "a number too long": b'{"email": ' + b"9" * 5000 + b"}",
    "a number for a text": b'{"email": 123456789012345678901234567890}',
    "a list": b"[]",
    "null": b"null",
    "nothing": b"",
}


@pytest.mark.rule("VTEX-HTTP-1", "NS-HTTP-1", "FAI-HTTP-1", "OCC-HTTP-1")
@each_api
def test_an_unknown_path_is_404_in_the_form_of_its_vendor(http: httpx.Client, api: Api) -> None:
    response = http.get(api.unknown, headers=api.headers)
    assert response.status_code == 404
    assert api.is_error(response.json(), 404)


@pytest.mark.rule("VTEX-HTTP-1", "NS-HTTP-1", "FAI-HTTP-1", "OCC-HTTP-1")
@each_api
@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PROPFIND"])
def test_an_undefined_method_is_405_with_allow(http: httpx.Client, api: Api, method: str) -> None:
    response = http.request(method, api.read, headers=api.headers)
    assert response.status_code == 405
    assert response.headers["allow"] == api.allow
    assert api.is_error(response.json(), 405)


@pytest.mark.rule("VTEX-HTTP-1", "NS-HTTP-1", "FAI-HTTP-1", "OCC-HTTP-1")
@each_api
def test_head_responds_like_get_without_a_body(http: httpx.Client, api: Api) -> None:
    get, head = (http.request(method, api.read, headers=api.headers) for method in ("GET", "HEAD"))
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.rule("VTEX-HTTP-1", "NS-HTTP-1")
@pytest.mark.parametrize("api", [api for api in APIS if api.name in ("vtex", "newstore")], ids=lambda api: api.name)
def test_a_204_announces_no_length(http: httpx.Client, api: Api) -> None:
    if api.name == "vtex":
        created = http.post("/api/storage/profile-system/prospects", headers=api.headers, json={"lastName": "Doe"})
        place = f"/api/storage/profile-system/prospects/{created.json()['id']}"
    else:
        created = http.post(
            "/v1/d/pii/data", headers=api.headers, json={"content": "text", "content_type": "text/plain"}
        )
        place = f"/v1/d/pii/data/{created.json()['id']}"
    response = http.delete(place, headers=api.headers)
    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers


@pytest.mark.rule("VTEX-HTTP-2", "NS-HTTP-2", "FAI-HTTP-2", "OCC-HTTP-2")
@each_writer
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_cannot_be_read_is_400(http: httpx.Client, api: Api, method: str, path: str, body: bytes) -> None:
    headers = {**api.headers, "Content-Type": "application/json"}
    response = http.request(method, path, headers=headers, content=body)
    assert response.status_code == 400, response.text
    assert api.is_error(response.json(), 400)


@pytest.mark.rule("VTEX-HTTP-2", "NS-HTTP-2", "FAI-HTTP-2", "OCC-HTTP-2")
@each_writer
@pytest.mark.parametrize("kind", ["text/plain", "", "nonsense", "application/json; charset=utf-16", "application/xml"])
def test_another_media_type_is_415(http: httpx.Client, api: Api, method: str, path: str, kind: str) -> None:
    response = http.request(method, path, headers={**api.headers, "Content-Type": kind}, content=b'{"a": 1}')
    assert response.status_code == 415
    assert api.is_error(response.json(), 415)


@pytest.mark.rule("VTEX-HTTP-2", "NS-HTTP-2", "FAI-HTTP-2", "OCC-HTTP-2")
@each_writer
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_413(api: Api, method: str, path: str, announced: bool) -> None:
    app = App(
        SandboxDefaults(seeded=SeedSpec(1, 0)), Options(largest_body=100, validate_responses=True, surface_errors=True)
    )
    body = json.dumps({"email": "a" * 100}).encode()
    headers = {**api.headers, "Content-Type": "application/json"}
    headers |= {} if announced else {"Content-Length": ""}
    with httpx.Client(transport=InProcess(app), base_url="http://sandbox.test") as http:
        response = http.request(method, path, headers=headers, content=body)
    assert response.status_code == 413
    assert api.is_error(response.json(), 413)


@pytest.mark.parametrize(
    "api",
    [api for api in APIS if "/" in api.read and api.name not in ("newstore", "control")],
    ids=lambda api: api.name,
)
def test_a_path_that_is_not_utf8_is_400(http: httpx.Client, api: Api) -> None:
    response = http.get(api.read.rsplit("/", 1)[0] + "/%ff", headers=api.headers)
    assert response.status_code == 400
    assert api.is_error(response.json(), 400)


def test_a_path_of_no_vendor_is_404_as_problem_details(http: httpx.Client) -> None:
    response = http.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_repeated_parameter_is_400(http: httpx.Client) -> None:
    response = http.get("/v1/d/pii/profiles?offset=1&offset=2", headers=NEWSTORE)
    assert response.status_code == 400
    assert "offset" in response.json()["message"]


def test_an_integer_of_any_length_comes_back_exactly(http: httpx.Client) -> None:
    body = {**PERSON, "points": 10**30, "deep": [{"n": -(2**80)}]}
    created = http.post(PROFILES, headers=VTEX, json=body)
    assert created.json()["document"] == body
    again = http.get(f"{PROFILES}/{created.json()['id']}/unmask?reason=x", headers=VTEX)
    assert again.json()["document"] == body
