"""Access tokens: fixed ones, and those that `POST /v0/token` hands out."""

from __future__ import annotations

from mockserver import ids
from mockserver.call import Call, Caller, Reply
from mockserver.problems import Forbidden, Malformed, Unauthenticated
from mockserver.sandbox import Sandbox, seconds, texts
from mockserver.store import Record
from mockserver.vendor import Credential, Presented
from mockserver.vendors.newstore.collections import ACCESS_TOKENS, seconds_after
from specs import Operation

TOKEN = "sandbox-newstore"
EXPIRED = "sandbox-expired"
TOKEN_SECONDS = "newstore.token_seconds"
FIXED_TOKENS = "newstore.access_tokens"
LOGINS = "newstore.logins"
SETTINGS = {
    TOKEN_SECONDS: seconds(24 * 60 * 60),  # assumed: no document says how long a token lives
    FIXED_TOKENS: texts((TOKEN,)),
    LOGINS: texts(("sandbox:sandbox",)),  # username and password
}
CREDENTIALS = (
    Credential({"Authorization": f"Bearer {TOKEN}"}, "everything, and never expires"),
    Credential({"Authorization": f"Bearer {EXPIRED}"}, "nothing: it has expired, 403"),
)
ANONYMOUS = Caller("sandbox")


def authenticate(presented: Presented, operation: Operation, sandbox: Sandbox) -> Caller:
    """Raises Unauthenticated without a token (NS-AUTH-1), Forbidden for an invalid or expired one (NS-AUTH-2)."""
    token = presented.values.get("bearer")
    if token is None:
        raise Unauthenticated("an Authorization header with a bearer token is needed", rule="NS-AUTH-1")
    if token in sandbox.setting(FIXED_TOKENS):
        return ANONYMOUS
    handed_out = sandbox.store.find(ACCESS_TOKENS, token)
    if handed_out is None:
        raise Forbidden("the access token has expired, or is not valid", rule="NS-AUTH-2")
    return Caller(handed_out.value["username"])


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
