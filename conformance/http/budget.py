"""What a run may still spend at a target. Never passed, by whatever number of threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck

UNDO_REQUESTS = 3  # to look whose it is, to delete, and to try again or to look; one of them is a write


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run has used of its limits so far."""

    requests: int = 0
    writes: int = 0
    seconds: float = 0.0


class Budget:
    """Counts requests, writes and minutes. What is made sets aside what its undoing takes.

    `usage` is what earlier parts of the same run have used.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic, usage: Usage | None = None) -> None:
        used = usage or Usage()
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock() - used.seconds
        self._made = 0
        self.requests = used.requests
        self.writes = used.writes

    def usage(self) -> Usage:
        with self._lock:
            return Usage(self.requests, self.writes, self._clock() - self._began)

    def spend(self, *, writes: bool, undoes: bool = False) -> None:
        """Counts one request, before it is sent. Raises CannotCheck where a limit would be passed."""
        with self._lock:
            self.seconds_left(undoes=undoes)
            self._refuse_beyond(0 if undoes else self._made, writes)
            self.requests += 1
            self.writes += writes

    def reserve(self) -> None:
        """Keeps back what the undoing of one object takes. Raises CannotCheck where making it would pass a limit."""
        with self._lock:
            self._refuse_beyond(self._made + 1, writes=True)
            self._made += 1

    def settle(self) -> None:
        """Frees what was set aside for one object, which is undone or was never made."""
        with self._lock:
            self._made -= 1

    def seconds_left(self, *, undoes: bool = False) -> float | None:
        """How long calls may still go on, None without end. Raises CannotCheck where time is up."""
        if self._limits.minutes is None:
            return None
        seconds = self._limits.minutes * 60
        margin = 0 if undoes else min(60.0, seconds / 10)  # the last part is for undoing
        left = self._began + seconds - margin - self._clock()
        if left <= 0:
            raise self.out_of_time()
        return left

    def out_of_time(self) -> CannotCheck:
        """The error that says so."""
        return CannotCheck(f"the target's limit of {self._limits.minutes:g} minutes is used up", "limit")

    def _refuse_beyond(self, to_undo: int, writes: bool) -> None:
        limits = self._limits
        if limits.requests is not None and self.requests + 1 + to_undo * UNDO_REQUESTS > limits.requests:
            raise CannotCheck(f"the target's limit of {limits.requests} requests is used up", "limit")
        if writes and limits.writes is not None and self.writes + 1 + to_undo > limits.writes:
            raise CannotCheck(f"the target's limit of {limits.writes} writes is used up", "limit")
