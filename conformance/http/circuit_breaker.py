"""Circuit breaker: counts failures in a row by host, so that a host that is away is not called on and on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pii_sandbox.conformance.values.causes import Cause

RETRY_UNDO_SECONDS = 5.0  # a host that was given up is asked again this often, for undoing


@dataclass(slots=True)
class HostState:
    """One host. `lock` is held by the thread that probes; others wait for it. `given_up`: why it is not called."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    failures: int = 0
    since: datetime | None = None
    given_up: Cause | None = None
    last_try: float = field(init=False)  # set as the host is given up


class CircuitBreaker:
    """Opens for a host after so many failures in a row. Safe to share between threads."""

    def __init__(self, failures: int, clock: Callable[[], float]) -> None:
        self._failures = failures
        self._clock = clock
        self._states: dict[str, HostState] = {}
        self._lock = threading.Lock()

    def state(self, host: str) -> HostState:
        with self._lock:
            return self._states.setdefault(host.lower(), HostState())

    def is_open(self, host: str) -> bool:
        return self.state(host).failures >= self._failures

    def note(self, host: str, failed: bool, at: datetime) -> None:
        """Counts an exchange; any answer closes the breaker."""
        state = self.state(host)
        with self._lock:
            if not failed:
                state.failures, state.since, state.given_up = 0, None, None
            else:
                state.failures += 1
                state.since = state.since or at

    def give_up(self, host: str, last: Cause) -> Cause:
        """Ends all calls to the host; why."""
        state = self.state(host)
        with self._lock:
            since = "" if state.since is None else f" since {state.since:%H:%M:%S} UTC"
            state.given_up = Cause(last.kind, f"host unavailable{since}: {last.text}", last.first)
            state.last_try = self._clock()
            return state.given_up

    def may_try_undo(self, host: str) -> bool:
        """Whether a host that was given up may be asked once more, for undoing."""
        state = self.state(host)
        with self._lock:
            if self._clock() - state.last_try < RETRY_UNDO_SECONDS:
                return False
            state.last_try = self._clock()
            return True
