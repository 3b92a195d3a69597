"""Who may call: whoever sends an app token that the sandbox knows."""

from __future__ import annotations

import hashlib

from mockserver.call import Caller
from mockserver.problems import Unauthenticated
from mockserver.sandbox import Sandbox, texts
from mockserver.vendor import Credential, Presented
from specs import Operation

TOKEN = "fai_test_sandbox"
SETTING = "fashionai.app_tokens"
SETTINGS = {SETTING: texts((TOKEN,))}
CREDENTIALS = (Credential({"X-FashionAI-APP-Token": TOKEN}, "every read"),)
ANONYMOUS = Caller("anonymous")


def authenticate(presented: Presented, operation: Operation, sandbox: Sandbox) -> Caller:
    """The app whose token was sent; raises Unauthenticated for none, or another. (FAI-AUTH-1)

    Authorization: Bearer is no scheme of the document, and does not take the token's place. (FAI-AUTH-2)
    """
    token = presented.values.get("fashionaiAppToken")
    if token is None and presented.headers.get("authorization", "").lower().startswith("bearer "):
        raise Unauthenticated("Unauthorized", rule="FAI-AUTH-2")
    if token is None or token not in sandbox.setting(SETTING):
        raise Unauthenticated("Unauthorized", rule="FAI-AUTH-1")
    return Caller(hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest())
