"""Application keys and access tokens."""

from __future__ import annotations

import httpx
import pytest

from tests.control_client import ControlClient
from tests.credentials import ORACLE, ORACLE_APPLICATION
from tests.vendors.oracle.calls import bearer, get_profile, login, refresh, refusal, rule, verify

WRONG: list[dict[str, str]] = [
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer nobody"},
    {"Authorization": "Basic c2FuZGJveC1vcmFjbGU="},
    {"Authorization": "sandbox-oracle"},
    ORACLE_APPLICATION,
]


@pytest.mark.rule("OCC-AUTH-1")
@pytest.mark.parametrize("headers", WRONG)
def test_occ_auth_1_no_or_a_wrong_token_is_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    responses = [http.get("/ccapp/v1/profiles/110001", headers=headers), verify(http, headers), refresh(http, headers)]
    assert [refusal(response) for response in responses] == [(401, "OCC-AUTH-1")] * 3


@pytest.mark.rule("OCC-AUTH-1")
def test_occ_auth_1_a_refused_caller_learns_nothing_of_the_profile(http: httpx.Client) -> None:
    known, unknown = http.get("/ccapp/v1/profiles/110001"), http.get("/ccapp/v1/profiles/nobody")
    assert known.content == unknown.content


@pytest.mark.rule("OCC-AUTH-1")
def test_occ_auth_1_a_live_token_is_verified(http: httpx.Client) -> None:
    response = verify(http, ORACLE)
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert verify(http, bearer(login(http))).json() == {"success": True}


@pytest.mark.rule("OCC-AUTH-2")
@pytest.mark.parametrize("headers", [*WRONG[:-1], ORACLE])
def test_occ_auth_2_login_with_a_wrong_key_is_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    assert refusal(login(http, headers)) == (401, "OCC-AUTH-2")


@pytest.mark.rule("OCC-AUTH-2")
def test_occ_auth_2_login_gives_a_bearer_token(http: httpx.Client) -> None:
    response = login(http)
    assert set(response.json()) == {"access_token", "token_type"}
    assert response.json()["token_type"] == "bearer"
    assert get_profile(http, "110001", bearer(response)).status_code == 200


@pytest.mark.rule("OCC-AUTH-2")
def test_occ_auth_2_the_keys_are_settable(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"oracle.application_keys": ["mine"], "oracle.access_tokens": []})
    assert refusal(login(http)) == (401, "OCC-AUTH-2")
    assert verify(http, bearer(login(http, {"Authorization": "Bearer mine"}))).status_code == 200
    assert refusal(verify(http, ORACLE)) == (401, "OCC-AUTH-1")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("grant_type=password", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ("grant=client_credentials", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        ('{"grant_type": "client_credentials"}', {"Content-Type": "application/json"}, 415),
    ],
)
def test_login_takes_a_form_of_client_credentials(
    http: httpx.Client, body: str, headers: dict[str, str], status: int
) -> None:
    response = http.post("/ccapp/v1/login", content=body, headers={**ORACLE_APPLICATION, **headers})
    assert refusal(response)[0] == status


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_a_token_expires(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    token = bearer(login(http))
    control.advance(seconds=299)
    assert verify(http, token).status_code == 200
    control.advance(seconds=1)
    assert [refusal(verify(http, token)), refusal(get_profile(http, "110001", token))] == [(401, "OCC-AUTH-3")] * 2


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_a_token_lives_as_long_as_is_set(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    control.settings({"oracle.token_seconds": 0.5})
    token = bearer(login(http))
    assert verify(http, token).status_code == 200
    control.advance(seconds=1)
    assert refusal(verify(http, token)) == (401, "OCC-AUTH-3")


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_a_refreshed_token_lives_anew(http: httpx.Client, control: ControlClient) -> None:
    control.clock(frozen=True)
    first = bearer(login(http))
    control.advance(seconds=200)
    second = bearer(refresh(http, first))
    assert second != first
    assert verify(http, first).status_code == 200
    control.advance(seconds=200)
    assert refusal(verify(http, first)) == (401, "OCC-AUTH-3")
    assert refusal(refresh(http, first)) == (401, "OCC-AUTH-3")
    assert verify(http, second).status_code == 200


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_what_expired_stays_expired_and_is_forgotten_in_time(
    http: httpx.Client, control: ControlClient
) -> None:
    token = bearer(login(http))
    control.advance(seconds=301)
    assert refusal(verify(http, token)) == (401, "OCC-AUTH-3")
    control.advance(seconds=-301)
    assert refusal(verify(http, token)) == (401, "OCC-AUTH-3")
    control.advance(days=2)
    assert refusal(verify(http, token)) == (401, "OCC-AUTH-1")


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_the_token_of_the_credentials_list_never_expires(http: httpx.Client, control: ControlClient) -> None:
    control.advance(days=4000)
    response = verify(http, ORACLE)
    assert (response.status_code, rule(response)) == (200, None)


@pytest.mark.rule("OCC-AUTH-3")
def test_occ_auth_3_at_the_end_of_the_clock_nothing_breaks(http: httpx.Client, control: ControlClient) -> None:
    control.settings({"oracle.token_seconds": 10**10})
    control.clock(at="9999-12-31T23:59:59Z", frozen=True)
    assert verify(http, bearer(login(http))).status_code == 200
    control.clock(at="9999-12-31T23:59:59.999999Z")
    assert refusal(verify(http, bearer(login(http))))[0] == 401


@pytest.mark.rule("OCC-ADMIN-1")
def test_occ_admin_1_the_administrations_paths_are_the_same_operations(http: httpx.Client) -> None:
    key = {"Authorization": "Bearer sandbox-application-key"}
    form = {"grant_type": "client_credentials"}
    token = http.post("/ccadmin/v1/login", headers=key, data=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert http.post("/ccadmin/v1/refresh", headers=bearer).status_code == 200
    seen = [http.get(f"{base}/profiles/nobody", headers=bearer) for base in ("/ccapp/v1", "/ccadmin/v1")]
    assert [(one.status_code, one.json()["errorCode"]) for one in seen] == [(404, "22002")] * 2
    assert http.post("/ccadmin/v1/logout", headers=bearer).status_code == 200
    assert http.post("/ccadmin/v1/verify", headers=bearer).status_code == 401
    lasting = {"Authorization": "Bearer sandbox-oracle"}
    assert http.post("/ccapp/v1/logout", headers=lasting).status_code == 200
    assert http.post("/ccadmin/v1/verify", headers=lasting).status_code == 200
