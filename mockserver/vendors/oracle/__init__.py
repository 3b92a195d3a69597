"""Oracle Commerce: getProfile, and the tokens that it asks for."""

from __future__ import annotations

from mockserver.sandbox import Sandbox
from mockserver.store import Record
from mockserver.vendor import Vendor
from mockserver.vendors.oracle import credentials, errors, profiles, public, seeding
from mockserver.vendors.oracle.collections import ACCESS_TOKENS, DOCUMENT, PREVIEW_PROFILES, PROFILES


def _on_due(sandbox: Sandbox, collection: str, record: Record) -> None:
    if collection == ACCESS_TOKENS:
        credentials.expire(sandbox, record)
    else:
        sandbox.store.drop(collection, record.id)


VENDOR = Vendor(
    name="oracle",
    documents=(DOCUMENT,),
    handlers={
        "getProfile": profiles.get_profile,
        "login": credentials.login,
        "refreshToken": credentials.refresh_token,
        "verifyToken": credentials.verify_token,
    },
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_due=_on_due,
    seed=seeding.seed,
    collections={
        "profiles": public.PublicProfiles(PROFILES),
        "preview-profiles": public.PublicProfiles(PREVIEW_PROFILES),
    },
    settings=credentials.SETTINGS,
    first_call=profiles.first_call,
)

__all__ = ["VENDOR"]
