"""NS-AUTH: access tokens."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import NEWSTORE, NEWSTORE_EXPIRED
from tests.vendors.newstore.shop import BASE, Shop, refusal_message

LOGIN = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
PROFILES = f"{BASE}/profiles"


@pytest.mark.rule("NS-AUTH-1")
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic c2FuZGJveDpzYW5kYm94"}, {"Authorization": "Bearer "}])
def test_ns_auth_1_a_call_without_a_bearer_token_is_unauthorized(http: httpx.Client, headers: dict[str, str]) -> None:
    response = http.get(PROFILES, headers=headers)
    refusal_message(response, 401, "NS-AUTH-1")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.rule("NS-AUTH-2")
@pytest.mark.parametrize("headers", [NEWSTORE_EXPIRED, {"Authorization": "Bearer nobody-gave-me-this"}])
def test_ns_auth_2_an_expired_or_invalid_token_is_forbidden(http: httpx.Client, headers: dict[str, str]) -> None:
    refusal_message(http.get(PROFILES, headers=headers), 403, "NS-AUTH-2")


@pytest.mark.rule("NS-AUTH-2")
@pytest.mark.parametrize("wrong", [{"username": "somebody"}, {"password": "wrong"}])
def test_ns_auth_2_a_wrong_login_is_forbidden(http: httpx.Client, wrong: dict[str, str]) -> None:
    refusal_message(http.post("/v0/token", json=LOGIN | wrong), 403, "NS-AUTH-2")


@pytest.mark.rule("NS-AUTH-3")
@pytest.mark.parametrize("form", [False, True])
def test_ns_auth_3_a_token_works_until_it_expires_on_the_clock(
    http: httpx.Client, control: ControlClient, form: bool
) -> None:
    granted = http.post("/v0/token", data=LOGIN) if form else http.post("/v0/token", json=LOGIN)
    assert granted.status_code == 200
    assert granted.json()["token_type"] == "Bearer"
    assert granted.json()["expires_in"] == 86_400
    headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    control.advance(hours=24, seconds=-60)
    assert http.get(PROFILES, headers=headers).status_code == 200
    control.advance(seconds=120)
    refusal_message(http.get(PROFILES, headers=headers), 403, "NS-AUTH-2")
    assert http.get(PROFILES, headers=NEWSTORE).status_code == 200


@pytest.mark.rule("NS-AUTH-3")
def test_ns_auth_3_how_long_a_token_lives_can_be_set(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"newstore.token_seconds": 10})
    granted = http.post("/v0/token", json=LOGIN).json()
    assert granted["expires_in"] == 10
    control.advance(seconds=11)
    headers = {"Authorization": f"Bearer {granted['access_token']}"}
    refusal_message(http.get(PROFILES, headers=headers), 403, "NS-AUTH-2")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"json": LOGIN},
        {"data": LOGIN},
        {"json": {"grant_type": "password"}},
        {"data": {"username": "sandbox"}},
        {"content": b'{"grant_type":', "headers": {"Content-Type": "application/json"}},
        {"content": b"\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": b"<a/>", "headers": {"Content-Type": "text/xml"}},
        {"json": LOGIN, "headers": {"Content-Encoding": "compress"}},
        {"json": LOGIN, "headers": {"Content-Encoding": "gzip"}},
    ],
)
@pytest.mark.parametrize("query", ["password=sandbox", "password=", "password=a&password=b", "x=1&password=a"])
def test_a_password_in_the_query_is_refused_first_whatever_the_body(
    http: httpx.Client, sent: dict[str, Any], query: str
) -> None:
    response = http.post(f"/v0/token?{query}", **sent)
    assert refusal_message(response, 400) == "Query parameter password is not allowed."


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"grant_type": "client_credentials"},
        {"grant_type": "authorization_code"},
        {"grant_type": "password", "username": "sandbox"},
    ],
)
def test_a_grant_that_is_not_whole_is_refused(http: httpx.Client, body: dict[str, str] | None) -> None:
    refusal_message(http.post("/v0/token", json=body), 400)


def test_the_tokens_of_one_sandbox_are_worth_nothing_in_another(http: httpx.Client, shop: Shop) -> None:
    token = http.post("/v0/token", json=LOGIN).json()["access_token"]
    elsewhere = {"Authorization": f"Bearer {token}", "X-Sandbox": "elsewhere"}
    refusal_message(http.get(PROFILES, headers=elsewhere), 403, "NS-AUTH-2")


CLIENT = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
REALM = "/auth/realms/any-tenant/protocol/openid-connect/token"


@pytest.mark.rule("NS-AUTH-4")
@pytest.mark.parametrize("path", [REALM, "/v0/token"])
def test_ns_auth_4_client_credentials_give_a_token(http: httpx.Client, path: str) -> None:
    granted = http.post(path, data=CLIENT)
    assert granted.status_code == 200, granted.text
    assert set(granted.json()) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert granted.headers.get("Deprecation") == (None if path == REALM else "@1693526400")
    headers = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    assert http.get(PROFILES, headers=headers).status_code == 200


@pytest.mark.rule("NS-AUTH-4")
@pytest.mark.parametrize("wrong", [{"client_id": "somebody"}, {"client_secret": "wrong"}])
def test_ns_auth_4_wrong_client_credentials_are_forbidden(http: httpx.Client, wrong: dict[str, str]) -> None:
    refusal_message(http.post(REALM, data=CLIENT | wrong), 403, "NS-AUTH-2")


@pytest.mark.rule("NS-AUTH-4")
def test_ns_auth_4_a_refresh_token_gives_a_new_access_token(http: httpx.Client) -> None:
    refresh_token = http.post(REALM, data=CLIENT).json()["refresh_token"]
    granted = http.post(REALM, data={"grant_type": "refresh_token", "refresh_token": refresh_token})
    assert granted.status_code == 200
    refusal_message(http.get(PROFILES, headers={"Authorization": f"Bearer {refresh_token}"}), 403, "NS-AUTH-2")
    not_one = {"grant_type": "refresh_token", "refresh_token": granted.json()["access_token"]}
    refusal_message(http.post(REALM, data=not_one), 403, "NS-AUTH-2")
