"""Fashion.AI Customer Profiling: four reads of one profile, and no writes."""

from __future__ import annotations

import specs
from mockserver.sandbox import Sandbox
from mockserver.store import Record
from mockserver.vendor import Vendor
from mockserver.vendors.fashionai import cors, credentials, errors, limits, profiles, public, seeding
from mockserver.vendors.fashionai.collections import CUSTOMERS, DOCUMENT


def _drop_due(sandbox: Sandbox, collection: str, record: Record) -> None:
    sandbox.store.drop(collection, record.id)


def _first_call(sandbox: Sandbox) -> str | None:
    customers = sandbox.store.page(CUSTOMERS, count=2).records  # the printed customer, then the first shopper
    path = specs.operations(DOCUMENT)["getProfileByPhone"].path
    return path.replace("{phone}", customers[-1].value["phone"].lstrip("+")) if customers else None


VENDOR = Vendor(
    name="fashionai",
    documents=(DOCUMENT,),
    handlers={
        "getProfileByUserProfileId": profiles.get_profile_by_user_profile_id,
        "getProfileByPhone": profiles.get_profile_by_phone,
        "getProfileByEmail": profiles.get_profile_by_email,
        "getProfileByDocument": profiles.get_profile_by_document,
    },
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_due=_drop_due,
    seed=seeding.seed,
    collections={"customers": public.Customers()},
    settings={**credentials.SETTINGS, **limits.SETTINGS, **profiles.SETTINGS, **cors.SETTINGS},
    cross_origin=cors.cross_origin,
    first_call=_first_call,
)

__all__ = ["VENDOR"]
