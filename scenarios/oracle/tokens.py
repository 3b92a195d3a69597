"""OCC-AUTH: application key and access tokens."""

from __future__ import annotations

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.oracle.shoppers import NOBODY, is_error

GRANT = {"grant_type": "client_credentials"}
DEFAULT_SECONDS = 300


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def issue_token(response: ApiResponse) -> str:
    """Return the new access token; check the response's form."""
    body = response.json
    holds(body.get("token_type") == "bearer", "token_type bearer", f"{body.get('token_type')!r}")
    token = body.get("access_token")
    holds(isinstance(token, str) and token, "a text as access_token", "none, or an empty one")
    return str(token)


def logged_in(api: ApiClient) -> str:
    return issue_token(api.call("login", form=GRANT, credentials="application", expect=200))


def renew_token(api: ApiClient, token: str) -> str:
    return issue_token(api.call("refreshToken", credentials="none", headers=bearing(token), expect=200))


def lives(api: ApiClient, token: str) -> None:
    """Check that a token is valid by reading an unknown profile: any status but 401 shows it."""
    api.call("verifyToken", credentials="none", headers=bearing(token), expect=200)
    api.call("getProfile", id=NOBODY, credentials="none", headers=bearing(token), expect=let_through(api))


def let_through(api: ApiClient) -> tuple[int, ...]:
    return (404,) if api.target.grants("control") else (200, 400, 403, 404)


def is_dead(api: ApiClient, token: str) -> None:
    is_error(api.call("verifyToken", credentials="none", headers=bearing(token), expect=401))
    is_error(api.call("getProfile", id=NOBODY, credentials="none", headers=bearing(token), expect=401))
    is_error(api.call("refreshToken", credentials="none", headers=bearing(token), expect=401))


@scenario("OCC-AUTH-1")
def every_read_without_an_access_token_is_unauthorized(api: ApiClient) -> None:
    is_error(api.call("getProfile", id=NOBODY, credentials="none", expect=401))
    is_error(api.call("verifyToken", credentials="none", expect=401))


@scenario("OCC-AUTH-1")
def every_read_with_a_wrong_access_token_is_unauthorized(api: ApiClient) -> None:
    is_error(api.call("getProfile", id=NOBODY, credentials="wrong", expect=401))
    is_error(api.call("verifyToken", credentials="wrong", expect=401))


@scenario("OCC-AUTH-1", needs={"write"})
def no_token_is_given_for_a_wrong_one_or_for_none(api: ApiClient) -> None:
    for credentials in ("none", "wrong"):
        is_error(api.call("refreshToken", credentials=credentials, expect=401))


@scenario("OCC-AUTH-1")
def a_live_access_token_is_verified_and_let_through(api: ApiClient) -> None:
    told = api.call("verifyToken", expect=200).json.get("success", True)
    holds(told is True, "success true where it is told", f"{told!r}")
    api.call("getProfile", id=NOBODY, expect=let_through(api))


@scenario("OCC-AUTH-2", needs={"write", "clock", "control"})
def a_login_at_the_end_of_the_calendar_gives_a_token_that_works(api: ApiClient) -> None:
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "9999-12-31T23:59:00Z"})
    lives(api, logged_in(api))


@scenario("OCC-AUTH-2", needs={"write"})
def login_with_a_wrong_key_or_none_is_unauthorized(api: ApiClient) -> None:
    for credentials in ("none", "wrong"):
        is_error(api.call("login", form=GRANT, credentials=credentials, expect=401))


@scenario("OCC-AUTH-2", needs={"write"})
def login_gives_an_access_token_for_an_application_key(api: ApiClient) -> None:
    lives(api, logged_in(api))


@scenario("OCC-AUTH-3", needs={"write", "clock"}, immediate=True)
def an_access_token_expires_after_five_minutes(api: ApiClient) -> None:
    api.sandbox.freeze()
    token = logged_in(api)
    api.sandbox.advance(seconds=DEFAULT_SECONDS - 1)
    lives(api, token)
    api.sandbox.advance(seconds=10)
    is_dead(api, token)


@scenario("OCC-AUTH-3", needs={"write", "clock", "control"})
def the_message_tells_a_token_that_expired_from_one_that_never_was(api: ApiClient) -> None:
    """Only in a sandbox: no page documents the wording."""
    token = logged_in(api)
    api.sandbox.advance(seconds=DEFAULT_SECONDS + 5)
    for sent, expected in ((token, True), ("never-was", False)):
        holds(_tells_expiry(api, sent) == expected, "a message about expiry for that token alone", "another one")


@scenario("OCC-AUTH-3", needs={"write", "clock", "control"})
def an_expired_token_is_remembered_for_a_day(api: ApiClient) -> None:
    """Only in a sandbox, which drops the token afterwards."""
    api.sandbox.freeze()
    token = logged_in(api)
    api.sandbox.advance(seconds=DEFAULT_SECONDS)
    for days, seconds, expected in ((0, 0, True), (1, -1, True), (0, 1, False)):
        api.sandbox.advance(days=days, seconds=seconds)
        told = "that the token has expired" if expected else "that the token is unknown"
        holds(_tells_expiry(api, token) == expected, f"a message {told}", "another one")


def _tells_expiry(api: ApiClient, token: str) -> bool:
    refused = api.call("verifyToken", credentials="none", headers=bearing(token), expect=401)
    return "expired" in refused.json["message"]


@scenario("OCC-AUTH-3", needs={"write", "clock"})
def a_live_token_is_renewed_by_one_that_lives_five_minutes_more(api: ApiClient) -> None:
    api.sandbox.freeze()
    first = logged_in(api)
    api.sandbox.advance(seconds=200)
    second = renew_token(api, first)
    holds(second != first, "a new access token", "the old one")
    api.sandbox.advance(seconds=200)
    is_dead(api, first)
    lives(api, second)
    api.sandbox.advance(seconds=200)
    is_dead(api, second)


@scenario("OCC-AUTH-3", needs={"write"})
def a_live_token_is_renewed(api: ApiClient) -> None:
    token = renew_token(api, logged_in(api))
    lives(api, token)


@scenario("OCC-AUTH-3", needs={"write", "clock", "control"})
def how_long_a_token_lives_can_be_set(api: ApiClient) -> None:
    api.sandbox.freeze()
    api.sandbox.setting("oracle.token_seconds", 20)
    token = logged_in(api)
    api.sandbox.advance(seconds=15)
    lives(api, token)
    api.sandbox.advance(seconds=10)
    is_dead(api, token)


@scenario("OCC-ADMIN-1", needs={"write", "control"})
def the_paths_of_the_administration_are_the_same_operations(api: ApiClient) -> None:
    """Only in a sandbox: a vendor serves storefront and administration at different hosts."""
    first = issue_token(api.call("loginAsAdmin", form=GRANT, credentials="application", expect=200))
    second = issue_token(api.call("refreshTokenAsAdmin", credentials="none", headers=bearing(first), expect=200))
    for token in (first, second):
        lives(api, token)
        is_error(api.call("getProfileAsAdmin", id=NOBODY, credentials="none", headers=bearing(token), expect=404))
    told = api.call("logoutAsAdmin", credentials="none", headers=bearing(first), expect=200).json.get("success")
    holds(told is True, "success true", f"{told!r}")
    is_dead(api, first)
    lives(api, second)
    is_error(api.call("loginAsAdmin", form=GRANT, credentials="wrong", expect=401))
