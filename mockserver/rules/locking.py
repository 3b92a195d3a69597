"""Optimistic locks: an update names the state that it was made for."""

from __future__ import annotations

from datetime import datetime, timedelta

from pii_sandbox.mockserver.problems import Conflict, Stale


def refuse_stale(sent: datetime, stored: datetime, rule: str) -> None:
    """Raises Stale unless both are the same instant, however they were written. (NS-LOCK-1, NS-LOCK-4)"""
    if sent != stored:
        raise Stale("the record was updated since", rule=rule)


def strictly_after(previous: datetime, now: datetime, unit: timedelta = timedelta(microseconds=1)) -> datetime:
    """The next value of a field that strictly rises: `now`, or `previous` + `unit` where now is not later. (NS-LOCK-3)

    `unit` is the smallest step that the field's format shows. Raises Conflict where no time is left after `previous`.
    """
    if now > previous:
        return now
    try:
        return previous + unit
    except OverflowError as error:
        raise Conflict("no time is left after the last update: the clock stands at its end") from error
