"""Expiry of records: their time to live (TTL)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pii_sandbox.mockserver.problems import Malformed

END_OF_TIME = datetime.max.replace(tzinfo=UTC)  # also the limit of a sandbox's clock


def expires_at(written: datetime, ttl_days: int | None) -> datetime | None:
    """Return the instant at which a record written at `written` expires; None: never.

    (VTEX-TTL-1, VTEX-TTL-4, NS-DATA-2)

    Days are 24 hours from the request, not calendar days. The latest expiry is the end of the year 9999. Raises
    Malformed for less than 1.
    """
    if ttl_days is None:
        return None
    if ttl_days < 1:
        raise Malformed("ttl must be at least 1", errors={"ttl": ["must be at least 1"]})
    try:
        return written + timedelta(days=ttl_days)
    except OverflowError:
        return END_OF_TIME
