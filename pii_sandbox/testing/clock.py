"""Client for the clock of a sandbox: read, set, advance, freeze, thaw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

Instant = datetime | date | str


def format_instant(at: Instant) -> str:
    """Format an instant as RFC 3339. A date is midnight UTC, a naive datetime is UTC, a text is returned unchanged."""
    if isinstance(at, str):
        return at if "T" in at else f"{at}T00:00:00Z"
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


class Clock:
    """The clock of one sandbox. Records that expire by a new time are processed before the call returns."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    @property
    def now(self) -> datetime:
        """The time of the sandbox, in UTC."""
        return _now(self._call("GET", "/clock"))

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return bool(self._call("GET", "/clock")["frozen"])

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Advance the clock, or set it back by a negative amount; return the new time."""
        by = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        return _now(self._call("POST", "/clock/advance", by))

    def set(self, at: Instant) -> datetime:
        """Set the clock to `at`; a frozen clock stays frozen. Return the new time."""
        return _now(self._call("PUT", "/clock", {"at": format_instant(at)}))

    def freeze(self, at: Instant | None = None) -> datetime:
        """Freeze the clock, at `at` or at its current time; return that time."""
        position = {} if at is None else {"at": format_instant(at)}
        return _now(self._call("PUT", "/clock", {"frozen": True, **position}))

    def thaw(self) -> datetime:
        """Let a frozen clock run again from its current time; return that time."""
        return _now(self._call("PUT", "/clock", {"frozen": False}))


def _now(response: Any) -> datetime:
    return datetime.fromisoformat(response["now"])
