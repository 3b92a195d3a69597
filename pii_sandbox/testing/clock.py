"""The clock of a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

Instant = datetime | date | str


def instant(at: Instant) -> str:
    """RFC 3339. A date is its midnight in UTC, a naive datetime counts as UTC, a text is taken as it is."""
    if isinstance(at, str):
        return at if "T" in at else f"{at}T00:00:00Z"
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


class Clock:
    """Moves in this sandbox alone. What is due by a new time happens before the call returns."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    @property
    def now(self) -> datetime:
        return _now(self._call("GET", "/clock"))

    @property
    def frozen(self) -> bool:
        return bool(self._call("GET", "/clock")["frozen"])

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Moves it on, or back where the sum is negative; gives the time that it is then."""
        by = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        return _now(self._call("POST", "/clock/advance", by))

    def set(self, at: Instant) -> datetime:
        """Makes it `at` now; a frozen clock stays frozen, there."""
        return _now(self._call("PUT", "/clock", {"at": instant(at)}))

    def freeze(self, at: Instant | None = None) -> datetime:
        """Stops it, at `at` or where it is."""
        moved = {} if at is None else {"at": instant(at)}
        return _now(self._call("PUT", "/clock", {"frozen": True, **moved}))

    def thaw(self) -> datetime:
        """Lets it run on from where it stands."""
        return _now(self._call("PUT", "/clock", {"frozen": False}))


def _now(told: Any) -> datetime:
    return datetime.fromisoformat(told["now"])
