"""Access tokens: fixed ones, and those that `POST /v0/token` hands out."""

from __future__ import annotations

from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Principal, Reply
from pii_sandbox.mockserver.problems import Forbidden, Malformed, Unauthenticated
from pii_sandbox.mockserver.sandbox import Sandbox, seconds, text_list
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Credential, PresentedCredentials
from pii_sandbox.mockserver.vendors.newstore.collections import ACCESS_TOKENS, seconds_after
from pii_sandbox.specs import Operation

TOKEN = "sandbox-newstore"
EXPIRED = "sandbox-expired"
TOKEN_SECONDS = "newstore.token_seconds"
FIXED_TOKENS = "newstore.access_tokens"
LOGINS = "newstore.logins"
SETTINGS = {
    TOKEN_SECONDS: seconds(24 * 60 * 60),  # assumed: no document says how long a token lives
    FIXED_TOKENS: text_list((TOKEN,)),
    LOGINS: text_list(("sandbox:sandbox",)),  # username and password
}
CREDENTIALS = (
    Credential({"Authorization": f"Bearer {TOKEN}"}, "everything, and never expires"),
    Credential({"Authorization": f"Bearer {EXPIRED}"}, "nothing: it has expired, 403"),
)
ANONYMOUS = Principal("sandbox")


def authenticate(presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
    """Raises Unauthenticated without a token (NS-AUTH-1), Forbidden for an invalid or expired one (NS-AUTH-2)."""
    token = presented.values.get("bearer")
    if token is None:
        raise Unauthenticated("an Authorization header with a bearer token is needed", rule="NS-AUTH-1")
    if token in sandbox.setting(FIXED_TOKENS):
        return ANONYMOUS
    handed_out = sandbox.store.find(ACCESS_TOKENS, token)
    if handed_out is None:
        raise Forbidden("the access token has expired, or is not valid", rule="NS-AUTH-2")
    return Principal(handed_out.value["username"])


def rebuild(record: Record, sandbox: Sandbox) -> Record:
    """A stored access token made anew. Raises Malformed where it is none."""
    if not isinstance(record.value.get("username"), str):
        raise Malformed("username: must be a text")
    return Record(record.id, {"username": record.value["username"]})


def create_token(call: Call, sandbox: Sandbox) -> Reply:
    """A token that expires on the sandbox's clock (NS-AUTH-3). Raises Forbidden for a wrong login (NS-AUTH-2)."""
    if call.body is None:
        raise Malformed("grant_type: is required", errors={"grant_type": ["is required"]})
    username = call.body["username"]
    if f"{username}:{call.body['password']}" not in sandbox.setting(LOGINS):
        raise Forbidden("wrong username or password", rule="NS-AUTH-2")
    lifetime_seconds = int(sandbox.setting(TOKEN_SECONDS))
    due = seconds_after(sandbox.now(), lifetime_seconds)
    record = Record(ids.uuid4(), {"username": username}, expires_at=due)
    sandbox.store.put(ACCESS_TOKENS, record)
    return Reply(200, {"access_token": record.id, "token_type": "Bearer", "expires_in": lifetime_seconds})
