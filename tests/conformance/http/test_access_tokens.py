"""Which request a login is, which token its response gives, and in which header that is sent from then on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.http.login import AccessTokens
from pii_sandbox.conformance.target.login_tokens import login_credentials
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.login_vendor import DATA, OLD, vendor_target
from tests.conformance.stub_transport import BASE

NEW_TOKEN = b'{"access_token": "new-1"}'


def response(body: bytes = NEW_TOKEN, status: int | None = 200) -> Exchange:
    return Exchange("newstore", "createToken", "POST", BASE, {}, b"", status, {}, body)


def target_with(api: str, full: dict[str, str], **more: Any) -> Target:
    target = vendor_target()
    return replace(target, credentials={**target.credentials, api: {"full": full}}, **more)


def call(headers: dict[str, str], credentials: str | None = "full", api: str = "newstore") -> Request:
    return Request(api, "listProfiles", "GET", BASE, headers, credentials=credentials)


def test_a_login_is_the_documented_request_without_the_old_token() -> None:
    target = vendor_target()
    slashed = replace(target, urls={**target.urls, "newstore": f"{BASE}/tenant/"})
    login = AccessTokens(slashed).login_request("newstore")
    assert login is not None
    assert (login.method, login.url, login.safety) == ("POST", f"{BASE}/tenant/v0/token", "read")
    assert login.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in login.headers
    assert login.body == b"grant_type=password&username=sandbox&password=sandbox"


def test_a_login_with_an_application_key_sends_the_key() -> None:
    login = AccessTokens(vendor_target()).login_request("oracle")
    assert login is not None
    assert login.headers["Authorization"] == "Bearer sandbox-application-key"


@pytest.mark.parametrize(
    ("api", "change"),
    [
        ("sandbox", {}),
        ("of-our-own", {}),
        ("vtex", {}),
        ("newstore", {"urls": {"vtex": BASE}}),
        ("newstore", {"credentials": {"newstore": {}}}),
        ("newstore", {"credentials": {}}),
        ("newstore", {"credentials": {"newstore": {"full": {"Authorization": "Bearer a", "X-Tenant": "b"}}}}),
        ("newstore", {"data": {"newstore": {"username": "sandbox"}}}),
        ("newstore", {"data": {}}),
        ("oracle", {"credentials": {"oracle": {"full": {"Authorization": "Bearer a"}}}}),
    ],
    ids=[
        "no vendor", "no API", "no login", "no URL", "no credentials", "no API's credentials", "two headers",
        "no password", "no data", "no application key",
    ],
)  # fmt: skip
def test_a_target_that_lacks_what_a_login_takes_has_none(api: str, change: dict[str, Any]) -> None:
    assert AccessTokens(replace(vendor_target(), **change)).login_request(api) is None


@pytest.mark.parametrize(
    ("headers", "credentials", "needs"),
    [
        (login_credentials("newstore", (), DATA["newstore"])["full"], "full", True),
        (login_credentials("newstore", (), DATA["newstore"])["full"], "expired", False),
        ({"Authorization": f"Bearer {OLD}"}, "full", False),
        ({}, None, False),
    ],
    ids=["no token yet", "other credentials", "a token", "no credentials"],
)
def test_a_request_needs_a_login_where_its_token_is_still_to_come(
    headers: dict[str, str], credentials: str | None, needs: bool
) -> None:
    tokens = AccessTokens(vendor_target())
    assert tokens.needs_login(call(headers, credentials)) is needs
    tokens.take("newstore", response())
    assert not tokens.needs_login(call(headers, credentials))


@pytest.mark.parametrize("status", [200, 201, 299])
def test_a_success_gives_a_token_which_is_counted(status: int) -> None:
    tokens = AccessTokens(vendor_target())
    assert [tokens.logins(api) for api in ("newstore", "oracle")] == [0, 0]
    for number in (1, 2, 3):
        assert tokens.take("newstore", response(status=status)) == "new-1"
        assert [tokens.logins(api) for api in ("newstore", "oracle")] == [number, 0]


@pytest.mark.parametrize(
    "exchange",
    [
        response(status=None),
        response(status=199),
        response(status=300),
        response(status=403),
        response(b""),
        response(b"no JSON"),
        response(b'["new-1"]'),
        response(b"[" * 100_000),
        response(b"{}"),
        response(b'{"access_token": 7}'),
        response(b'{"access_token": ""}'),
        response(b'{"access_token": "two words"}'),
        response(b'{"access_token": "line\\nbreak"}'),
        response('{"access_token": "é"}'.encode()),
    ],
    ids=[
        "nothing", "199", "300", "403", "empty", "text", "array", "deep", "no member", "number", "empty token", "space",
        "control character", "not ASCII",
    ],
)  # fmt: skip
def test_a_response_that_gives_no_token_that_a_header_can_have_changes_nothing(exchange: Exchange) -> None:
    tokens = AccessTokens(vendor_target())
    assert tokens.take("newstore", exchange) is None
    assert tokens.logins("newstore") == 0
    assert tokens.renewed_headers(call({"Authorization": f"Bearer {OLD}"})) == {}


@pytest.mark.parametrize(
    ("name", "value"), [("Authorization", "Bearer new-1"), ("authorization", "Bearer new-1"), ("X-Token", "new-1")]
)
def test_a_token_is_sent_as_the_header_of_the_target_file_asks_for_it(name: str, value: str) -> None:
    """In the form that the API's credentials have; as it is in a header that is none of them."""
    tokens = AccessTokens(target_with("newstore", {name: "Bearer old"}))
    tokens.take("newstore", response())
    assert tokens.renewed_headers(call({name: "Bearer old", "Accept": "*/*"})) == {name: value}


def test_only_calls_with_the_old_token_get_the_new_one() -> None:
    old = {"Authorization": f"Bearer {OLD}"}
    tokens = AccessTokens(vendor_target())
    assert tokens.renewed_headers(call(old)) == {}
    tokens.take("newstore", response())
    assert tokens.renewed_headers(call(old)) == {"Authorization": "Bearer new-1"}
    assert tokens.renewed_headers(call({"Authorization": "Bearer other"})) == {}
    assert tokens.renewed_headers(call({})) == {}
    assert tokens.renewed_headers(call(old, "expired")) == {}
    assert tokens.renewed_headers(call(old, None)) == {}
    assert tokens.renewed_headers(call(old, api="oracle")) == {}


def test_the_variables_that_a_token_comes_from_are_those_of_its_api() -> None:
    names: dict[str, Any] = {"newstore": {"full": ("A_USER", "A_PASSWORD"), "expired": ("OLD",)}}
    tokens = AccessTokens(replace(vendor_target(), variables=names))
    assert [tuple(tokens.variables(api)) for api in ("newstore", "oracle")] == [("A_USER", "A_PASSWORD"), ()]
