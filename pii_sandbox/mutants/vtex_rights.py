"""Broken rules of VTEX's data subject rights."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from pii_sandbox.mockserver.faults import Faults
from pii_sandbox.mockserver.problems import TooMany
from pii_sandbox.mockserver.rules import erasure, ratelimit
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.vtex import (
    audit_trail,
    customer_erasure,
    disclosure,
    jobs,
    schemas,
    user_rights,
)
from pii_sandbox.mockserver.vendors.vtex.collections import CARTS, PROFILES, USERS
from pii_sandbox.mockserver.vendors.vtex.customer_erasure import ErasureResult
from pii_sandbox.mutants.mutant import Mutant, always_return, replace_with, skip_body_validation


def _complete_applications(answer: Any) -> Any:
    def replacement(email: str, erased: ErasureResult, now: datetime) -> dict[str, Any]:
        body: dict[str, Any] = answer(email, erased, now)
        applications = [{**application, "status": "Completed"} for application in body["applications"]]
        return {**body, "applications": applications}

    return replacement


def _deny_dry_run(data_response: Any) -> Any:
    return lambda erased: data_response(erased).replace('"dryRun": true', '"dryRun": false')


def _keep_carts_and_users(drop: Any) -> Any:
    def replacement(store: Store, collection: str, id: str) -> bool:
        dropped: bool = collection not in (CARTS, USERS) and drop(store, collection, id)
        return dropped

    return replacement


def _drop_all_profiles(drop_profile: Any) -> Any:
    def replacement(sandbox: Sandbox, profile_id: str, rule: str) -> bool:
        return all(drop_profile(sandbox, record.id, rule) for record in sandbox.store.page(PROFILES).records)

    return replacement


def _search_top_level(holds: Any) -> Any:
    def replacement(value: Any, email: str) -> bool:
        texts = value.values() if isinstance(value, dict) else ()
        return any(isinstance(text, str) and holds(text, email) for text in texts)

    return replacement


def _treat_all_as_erasable(sort_out: Any) -> Any:
    return lambda records, *, erasable: sort_out(records, erasable=lambda value: True)


def _reuse_uuid(answer: Any) -> Any:
    def replacement(email: str, erased: ErasureResult, now: datetime) -> dict[str, Any]:
        return {**answer(email, erased, now), "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email}"))}

    return replacement


def _fail_without_data(outcome: Any) -> Any:
    def replacement(*of: Any) -> dict[str, Any]:
        ended: dict[str, Any] = outcome(*of)
        return {**ended, "status": "Failed"} if ended.get("rule") == "VTEX-JOB-2" else ended

    return replacement


def _fail_job(record: Any) -> Callable[..., Record]:
    def replacement(id: str, value: Mapping[str, Any], **rest: Any) -> Record:
        return Record(id, {**value, "status": "Failed"}, **rest)

    return replacement


def _limit_polls(setting: Any) -> Any:
    return lambda sandbox, name: name == "vtex.job_poll_limit" or setting(sandbox, name)


def _refuse_polls(reply: Any) -> Any:
    def replacement(status: int, body: Any, **rest: Any) -> Any:
        if status == 200:
            later: Any = "later"
            raise TooMany("come back later", retry_after_seconds=later, rule="VTEX-JOB-3")
        return reply(status, body, **rest)

    return replacement


def _erase_the_rest(setting: Any) -> Any:
    return lambda sandbox, name: "rest" if name == customer_erasure.BLOCKED_ERASURE else setting(sandbox, name)


def _omit_event_facts(record_event: Any) -> Any:
    return lambda sandbox, action, author, **facts: record_event(sandbox, action, author)


_SILENT = SimpleNamespace(record=lambda *of, **facts: None, record_event=lambda *of, **facts: None)

_NO_ONES = {CARTS: "no application", USERS: "no application"}

MUTANTS = (
    Mutant("VTEX-ERASE-1", "requestTime is in UTC", user_rights, "BRASILIA", replace_with(UTC)),
    Mutant("VTEX-ERASE-1", "orders are told to be no dry run", user_rights, "data_response", _deny_dry_run),
    Mutant("VTEX-ERASE-1", "the applications are Completed", user_rights, "request_document", _complete_applications),
    Mutant("VTEX-ERASE-1", "carts and users of VTEX ID stay", Store, "drop", _keep_carts_and_users),
    Mutant("VTEX-ERASE-2", "the profile stays", customer_erasure, "drop_profile", always_return(False)),
    Mutant(
        "VTEX-ERASE-2",
        "what hangs on the profile stays",
        customer_erasure,
        "drop_profile",
        lambda drop: lambda sandbox, profile_id, rule: sandbox.store.drop(PROFILES, profile_id),
    ),
    Mutant(
        "VTEX-ERASE-2",
        "prospects that hold the email deeper down stay",
        customer_erasure,
        "_contains",
        _search_top_level,
    ),
    Mutant(
        "VTEX-ERASE-2",
        "an email is found in its own spelling alone",
        customer_erasure,
        "email_key",
        lambda key: lambda email: email,
    ),
    Mutant("VTEX-ERASE-2", "with one profile all others go", customer_erasure, "drop_profile", _drop_all_profiles),
    Mutant(
        "VTEX-ERASE-2",
        "a prospect that names the email goes whole",
        customer_erasure,
        "_has_email",
        always_return(True),
    ),
    Mutant("VTEX-ERASE-2", "a prospect of the email's own stays", customer_erasure, "_has_email", always_return(False)),
    Mutant(
        "VTEX-ERASE-3",
        "an anonymized order keeps where it was shipped",
        customer_erasure,
        "IDENTITY",
        replace_with((("clientProfileData",),)),
    ),
    Mutant("VTEX-ERASE-3", "orders in any status are anonymized", erasure, "sort_out", _treat_all_as_erasable),
    Mutant("VTEX-ERASE-3", "canceled orders are not erased", customer_erasure, "CLOSED", replace_with(("invoiced",))),
    Mutant("VTEX-ERASE-4", "orders in progress are erased too", erasure, "sort_out", _treat_all_as_erasable),
    Mutant("VTEX-ERASE-4", "the rest is erased, whatever is set", Sandbox, "setting", _erase_the_rest),
    Mutant("VTEX-ERASE-4", "orders block for ever", customer_erasure, "CLOSED", replace_with(())),
    Mutant(
        "VTEX-ERASE-5",
        "an email that nobody has is answered as if VTEX ID knew it",
        user_rights,
        "data_response",
        lambda response: lambda erased: response(replace(erased, user=True)),
    ),
    skip_body_validation(
        "VTEX-ERASE-6", "a body without an email is taken for one of nobody's", lambda body: {"email": ""}
    ),
    Mutant(
        "VTEX-ERASE-7", "a repeated erasure answers the uuid of the first", user_rights, "request_document", _reuse_uuid
    ),
    Mutant(
        "VTEX-ERASE-8",
        "the audit trail keeps the values of who was erased",
        audit_trail,
        "scrub",
        always_return(None),
    ),
    Mutant("VTEX-ERASE-9", "no application ever fails", user_rights, "_failures", always_return({})),
    Mutant(
        "VTEX-ERASE-9", "carts and users go in any case", customer_erasure, "_APPLICATION_OF", replace_with(_NO_ONES)
    ),
    Mutant("VTEX-ERASE-9", "a request is always Completed", user_rights, "request_status", always_return("Completed")),
    Mutant("VTEX-ERASE-9", "no error is told in detail", user_rights, "DETAILS", replace_with({})),
    Mutant("VTEX-AUDIT-1", "a PUT of the schema leaves no event", schemas, "disclosure", replace_with(_SILENT)),
    Mutant(
        "VTEX-AUDIT-1", "the event of a PUT does not name the schema", disclosure, "record_event", _omit_event_facts
    ),
    Mutant("VTEX-AUDIT-2", "an erasure leaves no event", customer_erasure, "disclosure", replace_with(_SILENT)),
    Mutant(
        "VTEX-JOB-1",
        "a job ends in Success and has erased nothing",
        jobs,
        "_outcome",
        always_return({"status": "Success", "message": "The data was erased."}),
    ),
    Mutant(
        "VTEX-JOB-1",
        "a job takes a minute, whatever is set",
        jobs,
        "_not_before",
        lambda after: lambda now, wait_seconds: now + timedelta(seconds=60),
    ),
    Mutant(
        "VTEX-JOB-1", "a job that is not there is told otherwise", jobs, "JOB_NOT_FOUND", replace_with({"status": 404})
    ),
    Mutant(
        "VTEX-JOB-1",
        "all jobs have one id",
        jobs,
        "ids",
        replace_with(SimpleNamespace(uuid4=lambda: "00000000-0000-4000-8000-000000000000")),
    ),
    Mutant("VTEX-JOB-2", "a job for an email without data fails", jobs, "_outcome", _fail_without_data),
    Mutant("VTEX-JOB-2", "a job has failed from the start", jobs, "Record", _fail_job),
    skip_body_validation("VTEX-JOB-2", "a job is made for a body without an email", lambda body: {"email": ""}),
    Mutant(
        "VTEX-JOB-3",
        "a job may be polled at any time",
        ratelimit,
        "admit_call",
        lambda admitted: lambda calls, now, limit, window_seconds: [*calls, now],
    ),
    Mutant("VTEX-JOB-3", "polls are limited, whatever is set", Sandbox, "setting", _limit_polls),
    Mutant("VTEX-JOB-3", "a refused poll does not say in seconds when to come back", jobs, "Reply", _refuse_polls),
    Mutant("VTEX-JOB-4", "a job succeeds whatever befalls it", Faults, "take_internal", always_return(None)),
)
