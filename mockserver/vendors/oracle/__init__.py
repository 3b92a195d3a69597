"""Oracle Commerce: getProfile, and the access tokens that it requires."""

from __future__ import annotations

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors.oracle import credentials, errors, profiles, public_collections, seeding
from pii_sandbox.mockserver.vendors.oracle.collections import (
    ACCESS_TOKENS,
    DOCUMENT,
    PREVIEW_PROFILES,
    PROFILES,
    SETTINGS,
)


def _on_expiry(sandbox: Sandbox, collection: str, record: Record) -> None:
    if collection == ACCESS_TOKENS:
        credentials.expire(sandbox, record)
    else:
        sandbox.store.drop(collection, record.id)


VENDOR = Vendor(
    name="oracle",
    documents=(DOCUMENT,),
    handlers={
        **dict.fromkeys(("getProfile", "getProfileAsAdmin"), profiles.get_profile),
        **dict.fromkeys(credentials.LOGINS, credentials.login),
        **dict.fromkeys(("refreshToken", "refreshTokenAsAdmin"), credentials.refresh_token),
        **dict.fromkeys(("logout", "logoutAsAdmin"), credentials.logout),
        "verifyToken": credentials.verify_token,
    },
    playable_failures={"OCC-GET-4": ("getProfile", "getProfileAsAdmin")},
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_expiry=_on_expiry,
    seed=seeding.seed,
    collections={
        "profiles": public_collections.PublicProfiles(PROFILES),
        "preview-profiles": public_collections.PublicProfiles(PREVIEW_PROFILES),
    },
    stored={"access-tokens": credentials.rebuild},
    settings={**credentials.SETTINGS, **SETTINGS},
    sample_request=profiles.sample_request,
)

__all__ = ["VENDOR"]
