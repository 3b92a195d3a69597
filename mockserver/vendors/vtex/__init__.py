"""VTEX: the Profile System, and the data subject rights that erase from it."""

from __future__ import annotations

import specs
from mockserver.vendor import Vendor
from mockserver.vendors.vtex import (
    addresses,
    credentials,
    errors,
    jobs,
    lifetime,
    profiles,
    prospects,
    public,
    purchase_info,
    schemas,
    seeding,
    user_rights,
)

VENDOR = Vendor(
    name="vtex",
    documents=specs.APIS["vtex"],
    handlers={
        **profiles.HANDLERS,
        **addresses.HANDLERS,
        **prospects.HANDLERS,
        **purchase_info.HANDLERS,
        **schemas.HANDLERS,
        **user_rights.HANDLERS,
        **jobs.HANDLERS,
    },
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_due=lifetime.on_due,
    seed=seeding.seed,
    collections=public.COLLECTIONS,
    settings=jobs.SETTINGS,
    first_call=profiles.first_call,
)

__all__ = ["VENDOR"]
