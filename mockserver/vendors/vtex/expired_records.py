"""Expiry of records: documents whose TTL has passed, and jobs that are due. (VTEX-TTL-1, VTEX-TTL-5, VTEX-JOB-1)"""

from __future__ import annotations

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import jobs
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    JOBS,
    PROFILES,
    PROSPECTS,
    PURCHASE_INFO,
    drop_address,
    drop_profile,
    drop_prospect,
    drop_purchase_info,
)

_DROP = {
    PROFILES: drop_profile,
    ADDRESSES: drop_address,
    PROSPECTS: drop_prospect,
    PURCHASE_INFO: drop_purchase_info,
}


def on_expiry(sandbox: Sandbox, collection: str, record: Record) -> None:
    """Drop a document whose TTL has passed, with dependent records; process a job that is due."""
    if collection == JOBS:
        jobs.process_job(sandbox, record)
    elif collection in _DROP:
        _DROP[collection](sandbox, record.id, "VTEX-TTL-1")
