"""Authentication by app token."""

from __future__ import annotations

import hashlib

from pii_sandbox.mockserver.call import Principal
from pii_sandbox.mockserver.problems import Unauthenticated
from pii_sandbox.mockserver.sandbox import Sandbox, text_list
from pii_sandbox.mockserver.vendor import Credential, PresentedCredentials
from pii_sandbox.specs import Operation

TOKEN = "fai_test_sandbox"
SETTING = "fashionai.app_tokens"
SETTINGS = {SETTING: text_list((TOKEN,))}
CREDENTIALS = (Credential({"X-FashionAI-APP-Token": TOKEN}, "every read"),)
ANONYMOUS = Principal("anonymous")


def authenticate(presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
    """Return the app of the app token; raises Unauthenticated for a missing or unknown token. (FAI-AUTH-1)

    `Authorization: Bearer` is no security scheme of the document and is not accepted instead. (FAI-AUTH-2)
    """
    token = presented.values.get("fashionaiAppToken")
    if token is None and presented.headers.get("authorization", "").lower().startswith("bearer "):
        raise Unauthenticated("Unauthorized", rule="FAI-AUTH-2")
    if token is None or token not in sandbox.setting(SETTING):
        raise Unauthenticated("Unauthorized", rule="FAI-AUTH-1")
    return Principal(hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest())
