"""Authentication and permissions: fixed credentials of a sandbox and their License Manager resources."""

from __future__ import annotations

import functools
import uuid

from pii_sandbox.mockserver.call import Principal
from pii_sandbox.mockserver.problems import Forbidden, Unauthenticated
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.vendor import Credential, PresentedCredentials
from pii_sandbox.specs import Operation

GET = "Get Item"
SAVE = "Save and Update Item"
DELETE = "Delete Item"
ERASE = "Write user rights requests"
EVERY_RESOURCE = frozenset({GET, SAVE, DELETE, ERASE})

APP_TOKEN = "sandbox-token"
_APP_KEYS = {
    "vtexappkey-sandbox": EVERY_RESOURCE,
    "vtexappkey-readonly": frozenset({GET}),
    "vtexappkey-none": frozenset[str](),
}
_USER_TOKENS = {"sandbox-user": EVERY_RESOURCE}

# security schemes of the two documents
_KEY_SCHEME, _TOKEN_SCHEME, _USER_SCHEME = "appKey", "appToken", "userToken"


@functools.cache
def _principal(name: str, resources: frozenset[str]) -> Principal:
    # the author that VTEX records is a uuid; one credential is one author, in every sandbox
    return Principal(str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:pii-sandbox:vtex:{name}")), resources)


ANONYMOUS = _principal("anonymous", EVERY_RESOURCE)
CREDENTIALS = (
    *(
        Credential({"X-VTEX-API-AppKey": key, "X-VTEX-API-AppToken": APP_TOKEN}, ", ".join(sorted(held)) or "nothing")
        for key, held in _APP_KEYS.items()
    ),
    *(Credential({"VtexIdclientAutCookie": token}, ", ".join(sorted(held))) for token, held in _USER_TOKENS.items()),
)


def authenticate(presented: PresentedCredentials, operation: Operation, sandbox: Sandbox) -> Principal:
    """Return the caller, by application key and token or by user token; if both are valid, the one that is permitted.

    Raises Unauthenticated if neither is valid (VTEX-AUTH-1), Forbidden if the resource is missing (VTEX-AUTH-2).
    """
    principals = _principal_of(presented)
    if not principals:
        raise Unauthenticated("no valid credentials", rule="VTEX-AUTH-1")
    for principal in principals:
        if not operation.resources or not principal.powers.isdisjoint(operation.resources):
            return principal
    raise Forbidden(f"the resource {' or '.join(operation.resources)} is required", rule="VTEX-AUTH-2")


def _principal_of(presented: PresentedCredentials) -> list[Principal]:
    values, known = presented.values, []
    key = values.get(_KEY_SCHEME)
    if key in _APP_KEYS and values.get(_TOKEN_SCHEME) == APP_TOKEN:
        known.append(_principal(key, _APP_KEYS[key]))
    user = values.get(_USER_SCHEME)
    if user in _USER_TOKENS:
        known.append(_principal(user, _USER_TOKENS[user]))
    return known
