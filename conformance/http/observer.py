"""Collects what a run observes beside its verdicts. Safe to share between threads."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import replace

from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.observations import Drift, Observations, OperationKey

MOST_DRIFT = 50  # of an operation: an answer may have thousands of names that no document knows
LONGEST_DRIFT = 500  # characters


class Observer:
    """Notes retries, lag and drift by operation, and logins by API."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._retries: dict[OperationKey, Counter[AnswerClass]] = defaultdict(Counter)
        self._lag: dict[OperationKey, float] = {}
        self._drift: dict[OperationKey, dict[Drift, None]] = defaultdict(dict)
        self._logins: Counter[str] = Counter()

    def note_retry(self, api: str, operation_id: str | None, after: AnswerClass) -> None:
        with self._lock:
            self._retries[api, operation_id or ""][after] += 1

    def note_lag(self, api: str, operation_id: str, seconds: float) -> None:
        with self._lock:
            self._lag[api, operation_id] = max(seconds, self._lag.get((api, operation_id), seconds))

    def note_drift(self, *drift: Drift) -> None:
        """Notes drift; of an operation that has more than MOST_DRIFT, that there is more."""
        with self._lock:
            for each in map(_brief, drift):
                known = self._drift[each.api, each.operation_id]
                if each not in known and len(known) <= MOST_DRIFT:
                    more = replace(each, what=f"more than {MOST_DRIFT} differences from the document")
                    known[each if len(known) < MOST_DRIFT else more] = None

    def note_login(self, api: str) -> None:
        with self._lock:
            self._logins[api] += 1

    def observations(self) -> Observations:
        with self._lock:
            drift = (each for known in self._drift.values() for each in known)
            return Observations(
                {key: dict(counts) for key, counts in sorted(self._retries.items())},
                dict(sorted(self._lag.items())),
                tuple(sorted(drift, key=lambda each: (each.api, each.operation_id, each.what))),
                dict(sorted(self._logins.items())),
            )


def _brief(drift: Drift) -> Drift:
    """One with a very long name by its length alone: half of it might be half of a personal value."""
    if len(drift.what) <= LONGEST_DRIFT:
        return drift
    return replace(drift, what=f"{drift.what.partition(' ')[0]} of {len(drift.what)} characters")
