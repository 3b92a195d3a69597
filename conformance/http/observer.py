"""Collects what a run observes beside its verdicts. Safe to share between threads."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict

from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.observations import Drift, Observations, OperationKey


class Observer:
    """Notes retries, lag and drift by operation, and logins by API."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retries: dict[OperationKey, Counter[AnswerClass]] = defaultdict(Counter)
        self._lag: dict[OperationKey, float] = {}
        self._drift: dict[Drift, None] = {}
        self._logins: Counter[str] = Counter()

    def note_retry(self, api: str, operation_id: str | None, after: AnswerClass) -> None:
        with self._lock:
            self._retries[api, operation_id or ""][after] += 1

    def note_lag(self, api: str, operation_id: str, seconds: float) -> None:
        with self._lock:
            self._lag[api, operation_id] = max(seconds, self._lag.get((api, operation_id), 0.0))

    def note_drift(self, *drift: Drift) -> None:
        with self._lock:
            self._drift |= dict.fromkeys(drift)

    def note_login(self, api: str) -> None:
        with self._lock:
            self._logins[api] += 1

    def observations(self) -> Observations:
        with self._lock:
            return Observations(
                {key: dict(counts) for key, counts in sorted(self._retries.items())},
                dict(sorted(self._lag.items())),
                tuple(sorted(self._drift, key=lambda drift: (drift.api, drift.operation_id, drift.what))),
                dict(sorted(self._logins.items())),
            )
