"""Counters of a sandbox's responses, with a histogram of their durations."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0)  # seconds, upper bounds


class CounterKey(NamedTuple):
    """The labels that responses are counted by. `api` and `operation_id` are None if no operation matched."""

    api: str | None
    operation_id: str | None
    status: int
    rule: str | None


Key = tuple[str | None, str | None, int, str | None]  # a CounterKey as a plain tuple, which is faster to create


class Counters:
    """Histograms of durations by key: a count per bucket (the last is unbounded), then the sum in seconds."""

    def __init__(self) -> None:
        self._counts: dict[Key, list[float]] = {}

    def count(self, key: Key, elapsed_seconds: float) -> None:
        """Count one response."""
        counts = self._counts.get(key)
        if counts is None:
            counts = self._counts[key] = [0] * (len(BUCKETS) + 1) + [0.0]
        counts[bisect_left(BUCKETS, elapsed_seconds)] += 1
        counts[-1] += elapsed_seconds

    def counts(self) -> list[tuple[CounterKey, list[float]]]:
        """Return all histograms."""
        return [(CounterKey(*key), counts) for key, counts in self._counts.copy().items()]
