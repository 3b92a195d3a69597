"""Optimistic locks: an update is refused if the record has changed since the client read it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pii_sandbox.mockserver.problems import Conflict, Stale


def refuse_stale(sent: datetime, stored: datetime, rule: str) -> None:
    """Raise Stale unless both are the same instant, in any format. (NS-LOCK-1, NS-LOCK-4)"""
    if sent != stored:
        raise Stale("the record was updated since", rule=rule)


def strictly_after(previous: datetime, now: datetime, unit: timedelta = timedelta(microseconds=1)) -> datetime:
    """Return the next value of a strictly increasing field: `now`, at least `previous` + `unit`. (NS-LOCK-3)

    `unit`: the resolution of the field's format. Raises Conflict if `previous` is the latest possible time.
    """
    if now > previous:
        return now
    try:
        return previous + unit
    except OverflowError as error:
        raise Conflict("no time is left after the last update: the clock stands at its end") from error
