"""Asynchronous erasure jobs: accepted at once, processed later on the sandbox's clock, polled in between."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call, Handler, Reply
from pii_sandbox.mockserver.clock import LATEST
from pii_sandbox.mockserver.problems import TooMany
from pii_sandbox.mockserver.rules import ratelimit, times
from pii_sandbox.mockserver.sandbox import Sandbox, Setting, flag, seconds
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import customer_erasure
from pii_sandbox.mockserver.vendors.vtex.collections import JOBS

TRIES = 10
_DONE = {False: "The data was erased", True: "Nothing was erased"}
JOB_NOT_FOUND = {"message": "Job not found"}  # documented so, and not in the form of VTEX's other errors
SETTINGS: Mapping[str, Setting] = {"vtex.job_seconds": seconds(60), "vtex.job_poll_limit": flag(False)}


def create_erasure_job(call: Call, sandbox: Sandbox) -> Reply:
    """Accept a job that erases after `vtex.job_seconds` on the sandbox's clock. (VTEX-JOB-1)"""
    job = {
        "email": call.body["email"],
        "author": call.principal.identity,
        "status": "InProgress",
        "message": "Processing deletion request.",
    }
    record = Record(ids.uuid4(), job, expires_at=_not_before(sandbox.now(), sandbox.setting("vtex.job_seconds")))
    sandbox.store.put(JOBS, record)
    return Reply(201, {"jobId": record.id})


def _not_before(now: datetime, wait_seconds: float) -> datetime:
    """Return the due instant, at most the end of the calendar."""
    return now + min(timedelta(seconds=wait_seconds), LATEST - now)


def get_erasure_job(call: Call, sandbox: Sandbox) -> Reply:
    with sandbox.store.exclusive():
        record = sandbox.store.find(JOBS, call.path["jobId"])
        if record is None:
            return Reply(404, JOB_NOT_FOUND, rule="VTEX-JOB-1")
        if sandbox.setting("vtex.job_poll_limit"):
            sandbox.store.put(JOBS, _count_poll(record, sandbox.now(), call.operation.poll_seconds or 0))
    return Reply(200, {name: record.value[name] for name in ("status", "message")}, rule=record.value.get("rule"))


def _count_poll(record: Record, now: datetime, apart_seconds: int) -> Record:
    """Return the job with this poll recorded. Raises TooMany if the last poll was too recent. (VTEX-JOB-3)"""
    before = [times.parse(at) for at in record.value.get("polls", ())]
    admitted = ratelimit.admit_call(before, now, 1, apart_seconds)
    if isinstance(admitted, int):
        raise TooMany(
            f"poll a job every {apart_seconds} seconds at most", retry_after_seconds=admitted, rule="VTEX-JOB-3"
        )
    return replace(record, value={**record.value, "polls": [times.rfc3339(at) for at in admitted]})


def process_job(sandbox: Sandbox, record: Record) -> None:
    """Process a job that is due; the job stays, without the email. (VTEX-JOB-1)"""
    with sandbox.store.exclusive():
        ended = {**record.value, **_outcome(record.value["email"], record.value.get("author", ""), sandbox)}
        del ended["email"]
        sandbox.store.put(JOBS, replace(record, value=ended, expires_at=None))


def _outcome(email: str, author: str, sandbox: Sandbox) -> dict[str, Any]:
    fault = sandbox.faults.take_internal("VTEX-JOB-4", _request_facts())
    if fault is not None:
        message = fault.error or f"The erasure failed {TRIES} times; nothing was erased."
        return {"status": "Failed", "message": message, "rule": "VTEX-JOB-4"}
    erased = customer_erasure.erase_customer(email, author, sandbox)
    if not erased.found:
        return {"status": "Success", "message": "No data was found.", "rule": "VTEX-JOB-2"}
    if erased.blocked:  # assumed: no document says how a job ends that orders in progress keep from erasing everything
        message = f"{_DONE[erased.kept_all]}; orders in progress that keep theirs: {erased.blocked}."
        return {"status": "Success", "message": message, "rule": "VTEX-ERASE-4"}
    return {"status": "Success", "message": "The data was erased.", "rule": "VTEX-JOB-1"}


@functools.cache
def _request_facts() -> Mapping[str, str]:
    """Return the facts of the call that created a job, for fault matchers."""
    operation = specs.operations("vtex_user_rights", "reference")["createErasureJob"]
    return {
        "api": "vtex",
        "operation": operation.operation_id,
        "method": operation.method,
        "path": operation.path,
    }


HANDLERS: Mapping[str, Handler] = {"createErasureJob": create_erasure_job, "getErasureJob": get_erasure_job}
