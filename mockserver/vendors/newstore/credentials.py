"""Authentication by access token: fixed ones, and those that the two token endpoints issue."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Principal, Reply
from pii_sandbox.mockserver.problems import Forbidden, Malformed, Unauthenticated
from pii_sandbox.mockserver.sandbox import Sandbox, seconds, text_list
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Credential, PresentedCredentials
from pii_sandbox.mockserver.vendors.newstore.collections import ACCESS_TOKENS, DOCUMENT, seconds_after
from pii_sandbox.specs import Operation

TOKEN = "sandbox-newstore"
EXPIRED = "sandbox-expired"
TOKEN_SECONDS = "newstore.token_seconds"
FIXED_TOKENS = "newstore.access_tokens"
LOGINS = "newstore.logins"
_REFRESH = "refresh_token"  # the grant, and the mark of a stored refresh token
DEPRECATION = "@1693526400"  # RFC 9745. documented: since September 2023; assumed: its first day
SETTINGS = {
    TOKEN_SECONDS: seconds(24 * 60 * 60),  # assumed: no document says how long a token lives
    FIXED_TOKENS: text_list((TOKEN,)),
    LOGINS: text_list(("sandbox:sandbox",)),  # username and password, or a client's id and secret
}
CREDENTIALS = (
    Credential({"Authorization": f"Bearer {TOKEN}"}, "everything, and never expires"),
    Credential({"Authorization": f"Bearer {EXPIRED}"}, "nothing: it has expired, 403"),
)
ANONYMOUS = Principal("sandbox")


def authenticate(presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
    """Return the token's user. Raises Unauthenticated if missing (NS-AUTH-1), Forbidden if invalid (NS-AUTH-2)."""
    token = presented.values.get("bearer")
    if token is None:
        raise Unauthenticated("an Authorization header with a bearer token is needed", rule="NS-AUTH-1")
    if token in sandbox.setting(FIXED_TOKENS):
        return ANONYMOUS
    handed_out = sandbox.store.find(ACCESS_TOKENS, token)
    if handed_out is None or _REFRESH in handed_out.value:
        raise Forbidden("the access token has expired, or is not valid", rule="NS-AUTH-2")
    return Principal(handed_out.value["username"])


def rebuild(record: Record, sandbox: Sandbox) -> Record:
    """Rebuild the record of a stored access or refresh token. Raises Malformed if it is invalid."""
    if not isinstance(record.value.get("username"), str):
        raise Malformed("username: must be a text")
    return _token(record.id, record.value["username"], is_refresh=bool(record.value.get(_REFRESH)))


def create_token(call: Call, sandbox: Sandbox) -> Reply:
    """Issue a token that expires on the sandbox's clock (NS-AUTH-3). Raises Forbidden for a wrong login (NS-AUTH-2).

    The path is deprecated: the response has a Deprecation header. (NS-AUTH-4)
    """
    if call.body is None:
        raise Malformed("grant_type: is required", errors={"grant_type": ["is required"]})
    return Reply(200, _grant(call.body, sandbox), headers={"Deprecation": DEPRECATION})


def create_realm_token(call: Call, sandbox: Sandbox) -> Reply:
    """Issue the same tokens at the OpenID Connect path, for any realm. (NS-AUTH-4)"""
    return Reply(200, _grant(call.body, sandbox))


def _grant(body: Mapping[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    """Issue an access token and a refresh token. Raises Malformed for a missing field, Forbidden for a wrong one."""
    username = _login(body, sandbox)
    lifetime_seconds = int(sandbox.setting(TOKEN_SECONDS))
    access = _token(ids.uuid4(), username, expires_at=seconds_after(sandbox.now(), lifetime_seconds))
    refresh = _token(ids.uuid4(), username, is_refresh=True)  # assumed: no document says that it expires
    sandbox.store.put_all(ACCESS_TOKENS, [access, refresh])
    issued = {"access_token": access.id, "token_type": "Bearer", "expires_in": lifetime_seconds}
    return {**issued, "refresh_token": refresh.id}


@functools.cache
def _grants() -> Mapping[str, tuple[str, ...]]:
    """Return the fields that each grant type requires by the document. Raises SpecError if it names none."""
    required_by = specs.operations(DOCUMENT)["createToken"].required_by
    if required_by is None:
        raise specs.SpecError(f"{DOCUMENT}: createToken has no x-required-by")
    return required_by.names


def _login(body: Mapping[str, Any], sandbox: Sandbox) -> str:
    """Return the user name or client id of a valid grant."""
    names = _grants()[body["grant_type"]]
    fields = [body.get(name) for name in names]
    for name, value in zip(names, fields, strict=True):
        if value is None:
            raise Malformed(f"{name}: is required", errors={name: ["is required"]})
    if body["grant_type"] == _REFRESH:
        record = sandbox.store.find(ACCESS_TOKENS, fields[0] or "")
        if record is None or not record.value.get(_REFRESH):
            raise Forbidden("the refresh token is not valid", rule="NS-AUTH-2")
        username: str = record.value["username"]
        return username
    if ":".join(map(str, fields)) not in sandbox.setting(LOGINS):
        raise Forbidden(f"wrong {' or '.join(names)}", rule="NS-AUTH-2")
    return str(fields[0])


def _token(id: str, username: str, *, is_refresh: bool = False, expires_at: datetime | None = None) -> Record:
    return Record(id, {"username": username, **({_REFRESH: True} if is_refresh else {})}, expires_at=expires_at)
