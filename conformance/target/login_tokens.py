"""Credentials that a target file leaves to its login: the run gets the access token before the first call."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pii_sandbox.specs.api_facts import apis

RENEWED = "full"  # the kind of credentials that an access token takes the place of
NO_TOKEN_YET = "pii-sandbox-check-no-token-yet"  # stands in the header until then, and is never sent


def login_credentials(api: str, kinds: Collection[str], data: Collection[str]) -> dict[str, dict[str, str]]:
    """The `full` credentials of an API that has a login alone; none where it has a token, or no whole login.

    `kinds`: of credentials that the target file names. `data`: what it names beside them, the login's fields included.
    """
    facts = apis()[api]
    headers = facts.credentials[RENEWED].headers if RENEWED in facts.credentials else {}
    if facts.login is None or RENEWED in kinds or len(headers) != 1:
        return {}
    if any(field not in data for field in facts.login.fields):
        return {}
    if facts.login.credentials is not None and facts.login.credentials not in kinds:
        return {}
    return {RENEWED: {name: credential.header(NO_TOKEN_YET) for name, credential in headers.items()}}


def has_no_token(headers: Mapping[str, str]) -> bool:
    """Whether a login is still to give the token."""
    return any(value.endswith(NO_TOKEN_YET) for value in headers.values())
