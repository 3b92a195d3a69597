"""Rate limit: calls per minute of one app token, if the sandbox sets a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pii_sandbox.mockserver.call import Principal
from pii_sandbox.mockserver.problems import TooMany
from pii_sandbox.mockserver.rules import expiry, ratelimit
from pii_sandbox.mockserver.sandbox import Sandbox, limit
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.fashionai.collections import CALLS

SETTING = "fashionai.limit_per_minute"
SETTINGS = {SETTING: limit(None)}
WINDOW_SECONDS = 60
FORGOTTEN_AFTER_DAYS = 1


def admit(principal: Principal, sandbox: Sandbox) -> None:
    """Count this call; raises TooMany if the caller reached the limit in the last minute. (FAI-LIMIT-1, FAI-LIMIT-2)

    Refused calls do not count. Nothing is stored while there is no limit.
    """
    allowed = sandbox.setting(SETTING)
    if allowed is None:
        return
    with sandbox.store.exclusive():
        now = sandbox.now()
        kept = sandbox.store.find(CALLS, principal.identity)
        before = _instants(kept) if kept is not None else []
        outcome = ratelimit.admit_call(before, now, allowed, WINDOW_SECONDS)
        if isinstance(outcome, int):
            raise TooMany("Too Many Requests", retry_after_seconds=outcome, rule="FAI-LIMIT-1")
        sandbox.store.put(CALLS, _record(principal.identity, outcome, expiry.expires_at(now, FORGOTTEN_AFTER_DAYS)))


def rebuild(record: Record, sandbox: Sandbox) -> Record:
    """Rebuild the record of a stored count of calls. Raises ValueError if it is invalid."""
    calls = _instants(record)
    if any(at.tzinfo is None for at in calls):
        raise ValueError("a call without a time zone")
    return _record(record.id, calls, record.expires_at)


def _instants(record: Record) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in record.value["calls"]]


def _record(principal: str, calls: Sequence[datetime], expires_at: datetime | None) -> Record:
    return Record(principal, {"calls": [at.isoformat() for at in calls]}, expires_at=expires_at)
