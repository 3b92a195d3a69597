"""VTEX: the Profile System, and the data subject rights that erase from it."""

from __future__ import annotations

from pii_sandbox import specs
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors.vtex import (
    addresses,
    credentials,
    customer_erasure,
    disclosure,
    errors,
    expired_records,
    jobs,
    lints,
    profiles,
    prospects,
    public_collections,
    purchase_info,
    schema_update,
    schemas,
    seeding,
    stored,
    user_rights,
)
from pii_sandbox.mockserver.vendors.vtex.collections import SETTINGS

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
    playable_failures={
        "VTEX-JOB-4": ("createErasureJob",),
        user_rights.FAILURE: ("createAndProcessDeleteUserData",),
    },
    render=errors.render,
    authenticate=credentials.authenticate,
    anonymous=credentials.ANONYMOUS,
    credentials=credentials.CREDENTIALS,
    on_expiry=expired_records.on_expiry,
    due_events={"jobs": "erasure"},
    seed=seeding.seed,
    collections=public_collections.COLLECTIONS,
    stored=stored.STORED,
    settings={
        **SETTINGS,
        **jobs.SETTINGS,
        **customer_erasure.SETTINGS,
        **disclosure.SETTINGS,
        **schema_update.SETTINGS,
    },
    sample_request=profiles.sample_request,
    lints=lints.LINTS,
)

__all__ = ["VENDOR"]
