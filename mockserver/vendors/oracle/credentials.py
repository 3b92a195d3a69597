"""Application keys and access tokens: login, refresh, verify and logout."""

from __future__ import annotations

from datetime import datetime, timedelta

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Principal, Reply
from pii_sandbox.mockserver.clock import LATEST
from pii_sandbox.mockserver.problems import Malformed, Unauthenticated
from pii_sandbox.mockserver.sandbox import Sandbox, seconds, text_list
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Credential, PresentedCredentials
from pii_sandbox.mockserver.vendors.oracle.collections import ACCESS_TOKENS
from pii_sandbox.specs import Operation

LOGINS = ("login", "loginAsAdmin")  # the same operation at the paths of storefront and administration, OCC-ADMIN-1
ACCESS_TOKEN = "sandbox-oracle"
APPLICATION_KEY = "sandbox-application-key"
LIFETIME = "oracle.token_seconds"
LASTING_TOKENS = "oracle.access_tokens"
APPLICATION_KEYS = "oracle.application_keys"
SETTINGS = {
    LIFETIME: seconds(300),
    LASTING_TOKENS: text_list((ACCESS_TOKEN,)),
    APPLICATION_KEYS: text_list((APPLICATION_KEY,)),
}
CREDENTIALS = (
    Credential({"Authorization": f"Bearer {ACCESS_TOKEN}"}, "every operation but login; it never runs out"),
    Credential({"Authorization": f"Bearer {APPLICATION_KEY}"}, "login alone: POST /ccapp/v1/login"),
)
ANONYMOUS = Principal("anonymous")
APPLICATION = Principal("application")

# how long an expired token is remembered, so that its refusal can name the rule that ended it
REMEMBERED_SECONDS = 24 * 60 * 60


def authenticate(presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
    """Return the application of the key or the access token.

    Raises Unauthenticated: at login for a wrong key (OCC-AUTH-2), else for no token or a wrong one (OCC-AUTH-1) and for
    an expired one (OCC-AUTH-3).
    """
    if operation.operation_id in LOGINS:
        if presented.values.get("applicationKey") not in sandbox.setting(APPLICATION_KEYS):
            raise Unauthenticated("The application key is missing or invalid", rule="OCC-AUTH-2")
        return APPLICATION
    token = presented.values.get("accessToken")
    if token is None:
        raise Unauthenticated("The access token is missing", rule="OCC-AUTH-1")
    if token not in sandbox.setting(LASTING_TOKENS):
        _refuse_dead(token, sandbox)
        return Principal(token)
    return APPLICATION


def _refuse_dead(token: str, sandbox: Sandbox) -> None:
    record = sandbox.store.find(ACCESS_TOKENS, token)
    if record is None:
        raise Unauthenticated("The access token is invalid", rule="OCC-AUTH-1")
    if record.value["expired"]:
        raise Unauthenticated("The access token has expired", rule="OCC-AUTH-3")


def login(call: Call, sandbox: Sandbox) -> Reply:
    """Issue an access token for an application key. (OCC-AUTH-2)"""
    return _issue_token(sandbox)


def refresh_token(call: Call, sandbox: Sandbox) -> Reply:
    """Issue a new access token; the old one stays valid until its expiry. (OCC-AUTH-3)"""
    return _issue_token(sandbox)


def verify_token(call: Call, sandbox: Sandbox) -> Reply:
    """Confirm the token: authentication has refused invalid ones before. (OCC-AUTH-1)"""
    return Reply(200, {"success": True})


def logout(call: Call, sandbox: Sandbox) -> Reply:
    """Revoke the token of the call; the fixed tokens of the settings stay valid. (OCC-ADMIN-1)"""
    _forget(call.principal.identity, sandbox)
    return Reply(200, {"success": True})


def _forget(token: str, sandbox: Sandbox) -> None:
    sandbox.store.drop(ACCESS_TOKENS, token)


def _issue_token(sandbox: Sandbox) -> Reply:
    token = ids.uuid4()
    ends = _later(sandbox.now(), sandbox.setting(LIFETIME))
    sandbox.store.put(ACCESS_TOKENS, Record(token, {"expired": False}, expires_at=ends))
    return Reply(200, {"access_token": token, "token_type": "bearer"})


def rebuild(record: Record, sandbox: Sandbox) -> Record:
    """Rebuild the record of a stored access token. Raises Malformed if it is invalid."""
    if not isinstance(record.value.get("expired"), bool):
        raise Malformed("expired: must be true or false")
    return Record(record.id, {"expired": record.value["expired"]})


def expire(sandbox: Sandbox, record: Record) -> None:
    """Mark an expired token; it is remembered as expired for a day, then dropped. (OCC-AUTH-3)"""
    if record.value["expired"]:
        sandbox.store.drop(ACCESS_TOKENS, record.id)
        return
    forgotten = _later(sandbox.now(), REMEMBERED_SECONDS)
    sandbox.store.put(ACCESS_TOKENS, Record(record.id, {"expired": True}, expires_at=forgotten))


def _later(now: datetime, elapsed_seconds: float) -> datetime:
    """Return the instant `elapsed_seconds` after `now`, at most the end of the calendar."""
    try:
        return min(now + timedelta(seconds=elapsed_seconds), LATEST)
    except OverflowError:
        return LATEST
