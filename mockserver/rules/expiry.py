"""Lifetimes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pii_sandbox.mockserver.problems import Malformed

END_OF_TIME = datetime.max.replace(tzinfo=UTC)  # where a sandbox's clock ends too


def expires_at(written: datetime, ttl_days: int | None) -> datetime | None:
    """When a record written at `written` ceases to exist; None: never. (VTEX-TTL-1, VTEX-TTL-4, NS-DATA-2)

    Days count from the moment of the request, not from midnight. A period that no calendar holds ends with the
    calendar, in 9999. Raises Malformed below 1.
    """
    if ttl_days is None:
        return None
    if ttl_days < 1:
        raise Malformed("ttl must be at least 1", errors={"ttl": ["must be at least 1"]})
    try:
        return written + timedelta(days=ttl_days)
    except OverflowError:
        return END_OF_TIME


def is_live(expires_at: datetime | None, now: datetime) -> bool:
    """At the very instant `expires_at` it is no longer. (VTEX-TTL-1)"""
    return expires_at is None or now < expires_at
