"""Fashion.AI Customer Profiling: four reads of one profile, and no writes."""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Handler
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors.fashionai import (
    cors,
    credentials,
    errors,
    limits,
    profiles,
    public_collections,
    seeding,
)
from pii_sandbox.mockserver.vendors.fashionai.collections import CALLS, CUSTOMERS, DOCUMENT, SETTINGS


def _drop_expired(sandbox: Sandbox, collection: str, record: Record) -> None:
    sandbox.store.drop(collection, record.id)


def _sample_request(sandbox: Sandbox) -> str | None:
    customers = sandbox.store.page(CUSTOMERS, count=2).records  # the printed customer, then the first shopper
    path = specs.operations(DOCUMENT)["getProfileByPhone"].path
    return path.replace("{phone}", customers[-1].value["phone"].lstrip("+")) if customers else None


HANDLERS: Mapping[str, Handler] = {
    "getProfileByUserProfileId": profiles.get_profile_by_user_profile_id,
    "getProfileByPhone": profiles.get_profile_by_phone,
    "getProfileByEmail": profiles.get_profile_by_email,
    "getProfileByDocument": profiles.get_profile_by_document,
}

VENDOR = Vendor(
    name="fashionai",
    documents=(DOCUMENT,),
    handlers=HANDLERS,
    playable_failures={"FAI-SLOW-1": HANDLERS.keys()},
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_expiry=_drop_expired,
    seed=seeding.seed,
    collections={"customers": public_collections.Customers()},
    stored={CALLS.partition("/")[2]: limits.rebuild},
    settings={**SETTINGS, **credentials.SETTINGS, **limits.SETTINGS, **profiles.SETTINGS, **cors.SETTINGS},
    cross_origin=cors.cross_origin,
    sample_request=_sample_request,
)

__all__ = ["VENDOR"]
