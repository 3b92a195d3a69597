"""Updates under NewStore's optimistic lock, the same for profiles and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pii_sandbox.mockserver.problems import Stale
from pii_sandbox.mockserver.rules import locking, times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.setting import Setting, choice
from pii_sandbox.mockserver.vendors.newstore.collections import Value, now_in_milliseconds

STEP = timedelta(milliseconds=1)  # instants are in whole milliseconds
LOCK = "NS-LOCK-1"
LOCK_COMPARISON = "newstore.lock_comparison"
SETTINGS: Mapping[str, Setting] = {LOCK_COMPARISON: choice("instant", "text")}


def updated_record(stored: Value, changes: Value, last_updated_at: str, sandbox: Sandbox) -> dict[str, Any]:
    """Return `stored` with `changes` and a later `updated_at`. (NS-LOCK-1, NS-LOCK-3, NS-LOCK-4)

    Raises Stale unless `last_updated_at` is the stored `updated_at`: as an instant, or if `newstore.lock_comparison` is
    `text`, character by character.
    """
    before = times.parse(stored["updated_at"])
    locking.refuse_stale(_instant(last_updated_at), before, LOCK)
    if last_updated_at != stored["updated_at"] and sandbox.setting(LOCK_COMPARISON) == "text":
        raise Stale("last_updated_at is another text than updated_at", rule="NS-LOCK-4")
    return {
        **stored,
        **changes,
        "updated_at": times.rfc3339(locking.strictly_after(before, now_in_milliseconds(sandbox), STEP)),
    }


def _instant(text: str) -> datetime:
    """Parse a date-time. Raises Stale for one out of range (year 0), since no stored one can equal it."""
    try:
        return times.parse(text)
    except ValueError as error:
        raise Stale("last_updated_at is outside the years 1 to 9999", rule=LOCK) from error
