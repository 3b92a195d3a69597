"""NS-AUTH: access tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.http_requests import OTHER_SITE
from pii_sandbox.scenarios.newstore.shop import ADDRESS, CHANGING, LONG_AGO, UNKNOWN, UNKNOWN_DATA, Params


@dataclass(frozen=True)
class Harmless:
    """A call without effect even if a target accepts it: for an unknown customer, or with an empty body."""

    operation_id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None


_PROFILE: Params = {"profile_id": UNKNOWN}
_ADDRESS: Params = {**_PROFILE, "address_id": UNKNOWN}
READS = (
    Harmless("listProfiles", {"q": "nobody-by-that-name", "count": "1"}),
    Harmless("getProfile", _PROFILE),
    Harmless("listAddresses", _PROFILE),
    Harmless("getAddress", _ADDRESS),
    Harmless("getData", {"data_id": UNKNOWN_DATA}),
    Harmless("detokenize", body={"tokens": {"none": UNKNOWN}}),
)
WRITES = (
    Harmless("getOrCreateProfile", body={}),
    Harmless("updateProfile", _PROFILE, {"last_updated_at": LONG_AGO}),
    Harmless("requestProfileDeletion", _PROFILE),
    Harmless("getOrCreateAddress", _PROFILE, dict(ADDRESS)),
    Harmless("updateAddress", _ADDRESS, {"last_updated_at": LONG_AGO}),
    Harmless("deleteAddress", _ADDRESS),
    Harmless("createData", body={}),
    Harmless("deleteData", {"data_id": UNKNOWN_DATA}),
)
TOKENIZE = Harmless(
    "tokenize", body={"data": {}}
)  # apart: what it makes cannot be undone, so not every target is asked


def each_refused(api: ApiClient, calls: Iterable[Harmless], credentials: str, status: int) -> None:
    for call in calls:
        api.call(call.operation_id, body=call.body, credentials=credentials, expect=status, **call.params)


@scenario("NS-AUTH-1")
def every_read_without_credentials_is_unauthorized(api: ApiClient) -> None:
    each_refused(api, READS, "none", 401)


@scenario("NS-AUTH-1", needs=CHANGING)
def every_write_without_credentials_is_unauthorized(api: ApiClient) -> None:
    each_refused(api, WRITES, "none", 401)


@scenario("NS-AUTH-1", needs={"write"})
def tokenize_without_credentials_is_unauthorized(api: ApiClient) -> None:
    each_refused(api, [TOKENIZE], "none", 401)


@scenario("NS-AUTH-1")
def credentials_that_are_no_bearer_token_are_unauthorized(api: ApiClient) -> None:
    basic = {"Authorization": "Basic bm9ib2R5Om5vdGhpbmc="}
    api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=basic, expect=401)


@scenario("NS-AUTH-1", needs={"control"})
def a_call_without_credentials_is_told_the_scheme(api: ApiClient) -> None:
    for call in READS:
        refused = api.call(call.operation_id, body=call.body, credentials="none", expect=401, **call.params)
        scheme = refused.headers.get("www-authenticate", "none").partition(" ")[0]
        holds(scheme.lower() == "bearer", "Bearer in WWW-Authenticate", scheme)


@scenario("NS-AUTH-2")
def every_read_with_an_invalid_token_is_forbidden(api: ApiClient) -> None:
    each_refused(api, READS, "wrong", 403)


@scenario("NS-AUTH-2", needs=CHANGING)
def every_write_with_an_invalid_token_is_forbidden(api: ApiClient) -> None:
    each_refused(api, WRITES, "wrong", 403)


@scenario("NS-AUTH-2")
def every_read_with_an_expired_token_is_forbidden(api: ApiClient) -> None:
    each_refused(api, READS, "expired", 403)


@scenario("NS-AUTH-2", needs=CHANGING)
def every_write_with_an_expired_token_is_forbidden(api: ApiClient) -> None:
    each_refused(api, WRITES, "expired", 403)


@scenario("NS-AUTH-2", needs={"write"})
def tokenize_with_an_invalid_or_expired_token_is_forbidden(api: ApiClient) -> None:
    for credentials in ("wrong", "expired"):
        each_refused(api, [TOKENIZE], credentials, 403)


@scenario("NS-AUTH-2", needs={"write"})
def an_unknown_login_is_forbidden(api: ApiClient) -> None:
    nobody = {"grant_type": "password", "username": "pii-sandbox-check-nobody", "password": "nothing"}
    api.call("createToken", body=nobody, credentials="none", expect=403)
    api.call("createToken", form=nobody, credentials="none", expect=403)


@scenario("NS-AUTH-2", needs={"write", "control"})
def a_wrong_password_is_forbidden(api: ApiClient) -> None:
    """Only in a sandbox: a vendor may lock the login afterwards."""
    wrong = {"grant_type": "password", "username": api.test_datum("username"), "password": "not-the-password"}
    api.call("createToken", body=wrong, credentials="none", expect=403)


def token_headers(api: ApiClient, *, as_form: bool) -> tuple[dict[str, str], int]:
    """Return the headers of a new access token, and its lifetime in seconds by the response."""
    login = {"grant_type": "password", "username": api.test_datum("username"), "password": api.test_datum("password")}
    sent: Params = {"form": login} if as_form else {"body": login}
    token = api.call("createToken", credentials="none", expect=200, **sent).json
    return {"Authorization": f"Bearer {token['access_token']}"}, token["expires_in"]


@scenario("NS-AUTH-3", needs={"write"})
def a_login_gives_a_token_that_works(api: ApiClient) -> None:
    for as_form in (False, True):
        bearer, lifetime_seconds = token_headers(api, as_form=as_form)
        holds(lifetime_seconds > 0, "expires_in above 0", f"{lifetime_seconds}")
        api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=bearer, expect=404)


@scenario("NS-AUTH-3", needs={"write", "clock"}, immediate=True)
def a_token_works_until_expires_in_has_passed(api: ApiClient) -> None:
    api.sandbox.freeze()
    bearer, lifetime_seconds = token_headers(api, as_form=False)
    api.sandbox.advance(seconds=lifetime_seconds - 1)
    api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=bearer, expect=404)
    api.sandbox.advance(seconds=2)
    api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=bearer, expect=403)


@scenario("NS-AUTH-3", needs={"write", "control"})
def how_long_a_token_lives_can_be_set_and_is_a_day_by_default(api: ApiClient) -> None:
    for seconds in (86_400, 20):
        _, lifetime_seconds = token_headers(api, as_form=False)
        holds(lifetime_seconds == seconds, f"expires_in of {seconds}", f"{lifetime_seconds}")
        api.sandbox.setting("newstore.token_seconds", 20)


@scenario("NS-AUTH-3", needs={"write", "clock", "control"})
def a_login_at_the_end_of_the_calendar_gives_a_token_that_works(api: ApiClient) -> None:
    api.sandbox.control("PUT", "/clock", {"frozen": True, "at": "9999-12-31T12:00:00Z"})
    bearer, _ = token_headers(api, as_form=False)
    api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=bearer, expect=404)


REALM: Params = {"tenant": "sandbox"}
CLIENT: Params = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}
NO_CLIENT: Params = {**CLIENT, "client_secret": "not-the-secret"}


def works(api: ApiClient, token: Mapping[str, Any], status: int = 404) -> None:
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    api.call("getProfile", profile_id=UNKNOWN, credentials="none", headers=bearer, expect=status)


@scenario("NS-AUTH-4", needs={"write", "control"})
def client_credentials_give_a_token_at_either_path(api: ApiClient) -> None:
    """Only in a sandbox: a vendor serves the realm's path at another host."""
    at_realm = api.call("createRealmToken", form=CLIENT, credentials="none", expect=200, **REALM)
    at_old_path = api.call("createToken", form=CLIENT, credentials="none", expect=200)
    for response in (at_realm, at_old_path):
        works(api, response.json)
    holds("deprecation" in at_old_path.headers, "a Deprecation header at /v0/token", "none")


@scenario("NS-AUTH-4", needs={"write", "control"})
def client_credentials_of_a_page_give_a_token(api: ApiClient) -> None:
    """Only in a sandbox: a gateway before a vendor may refuse what browsers send from other sites."""
    page: Params = {"headers": {"Origin": OTHER_SITE}}
    for how in ({}, page):  # a page cannot make the sandbox itself
        works(api, api.call("createToken", form=CLIENT, credentials="none", expect=200, **how).json)


@scenario("NS-AUTH-4", needs={"write", "control"})
def wrong_client_credentials_give_none(api: ApiClient) -> None:
    api.call("createRealmToken", form=NO_CLIENT, credentials="none", expect=403, **REALM)
    api.call("createToken", form=NO_CLIENT, credentials="none", expect=403)


@scenario("NS-AUTH-4", needs={"write", "control"})
def a_grant_that_lacks_a_field_is_malformed(api: ApiClient) -> None:
    """Only in a sandbox: a vendor may count it as a failed login."""
    api.call("createToken", credentials="none", expect=400)
    api.call("createToken", form=CLIENT, password="sandbox", credentials="none", expect=400)  # in the query
    password = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
    refresh = {"grant_type": "refresh_token", "refresh_token": "none"}
    for whole in (password, dict(CLIENT), refresh):
        for name in whole.keys() - {"grant_type"}:
            form = {key: value for key, value in whole.items() if key != name}
            api.call("createToken", form=form, credentials="none", expect=400)
            api.call("createRealmToken", form=form, credentials="none", expect=400, **REALM)


@scenario("NS-AUTH-4", needs={"write", "control"})
def what_is_no_refresh_token_gives_none(api: ApiClient) -> None:
    access = api.call("createRealmToken", form=CLIENT, credentials="none", expect=200, **REALM).json["access_token"]
    for token in ("nothing", access):
        refresh = {"grant_type": "refresh_token", "refresh_token": token}
        api.call("createRealmToken", form=refresh, credentials="none", expect=403, **REALM)


@scenario("NS-AUTH-4", needs={"write", "control"})
def a_refresh_token_gives_a_new_access_token_and_is_none_itself(api: ApiClient) -> None:
    first = api.call("createRealmToken", form=CLIENT, credentials="none", expect=200, **REALM).json
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = api.call("createRealmToken", form=refresh, credentials="none", expect=200, **REALM).json
    holds(second["access_token"] != first["access_token"], "another access token", "the same one")
    works(api, second)
    works(api, {"access_token": first["refresh_token"]}, 403)
