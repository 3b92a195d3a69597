"""Virtual clock of a sandbox: movable and freezable. The only module that reads the system's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from pii_sandbox.mockserver.problems import Malformed

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


class ClockState(TypedDict):
    """State of a clock for storage: `frozen_at` in ISO form, None if it runs."""

    offset_seconds: float
    frozen_at: str | None


def system_now() -> datetime:
    """Return the system's time, in UTC."""
    return datetime.now(UTC)


class Clock:
    """Runs at the system's pace with an `offset`, or is frozen at `frozen_at`."""

    def __init__(self, system: Callable[[], datetime] = system_now) -> None:
        self._system = system
        self._offset = timedelta()
        self._frozen_at: datetime | None = None

    def now(self) -> datetime:
        """Return the sandbox's time, aware, UTC; limited to the years 1970 to 9999."""
        return self.times()[0]

    def times(self) -> tuple[datetime, datetime]:
        """Return the sandbox's and the system's time at the same moment."""
        system = self._system()
        if self._frozen_at is not None:
            return self._frozen_at, system
        if not self._offset:
            return system, system
        try:
            return max(system + self._offset, EARLIEST), system
        except OverflowError:
            return LATEST, system

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    @property
    def offset_seconds(self) -> float:
        """Return how far the sandbox's time is ahead of the system's, in seconds."""
        if self._frozen_at is not None:
            return (self._frozen_at - self._system()).total_seconds()
        return self._offset.total_seconds()

    def set(self, at: datetime) -> None:
        """Set the clock to `at`. Raises Malformed outside 1970 to 9999."""
        self._reach(at, at - self._system())

    def advance(self, by: timedelta) -> None:
        """Move the clock by `by`; backwards if negative. Raises Malformed outside 1970 to 9999."""
        try:
            self._reach(self.now() + by, self._offset + by)
        except OverflowError as error:
            raise Malformed("the clock must be within the years 1970 to 9999") from error

    def _reach(self, at: datetime, offset: timedelta) -> None:
        if not EARLIEST <= at <= LATEST:
            raise Malformed("the clock must be within the years 1970 to 9999")
        if self._frozen_at is None:
            self._offset = offset
        else:
            self._frozen_at = at

    def freeze(self) -> None:
        if self._frozen_at is None:
            self._frozen_at = self.now()

    def thaw(self) -> None:
        """Let a frozen clock run again from its current time."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - self._system()
            self._frozen_at = None

    def reset(self) -> None:
        """Return to the system's time."""
        self._offset, self._frozen_at = timedelta(), None

    def state(self) -> ClockState:
        """Return the state that `restore` takes after a restart."""
        frozen_at = None if self._frozen_at is None else self._frozen_at.isoformat()
        return ClockState(offset_seconds=self._offset.total_seconds(), frozen_at=frozen_at)

    def restore(self, offset_seconds: float, frozen_at: str | None) -> None:
        """Restore a state. Raises ValueError, TypeError or OverflowError for one that `state` cannot return."""
        offset, frozen = timedelta(seconds=offset_seconds), None
        if frozen_at is not None:
            frozen = datetime.fromisoformat(frozen_at)
            if frozen.tzinfo is None or not EARLIEST <= frozen <= LATEST:
                raise ValueError("a frozen clock must be within the years 1970 to 9999, with a time zone")
            frozen = frozen.astimezone(UTC)
        self._offset, self._frozen_at = offset, frozen
