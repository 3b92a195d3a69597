"""Counters of a sandbox's responses, with a histogram of their durations."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

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

    def add(self, listed: Iterable[Sequence[Any]]) -> None:
        """Add the counts of another one, as it lists them."""
        for *labels, counts in listed:
            key: Any = tuple(labels)
            known = self._counts.get(key, [0] * len(counts))
            self._counts[key] = [one + other for one, other in zip(known, counts, strict=True)]

    def listed(self) -> list[Sequence[Any]]:
        """Return each key's labels with its counts, as JSON has them."""
        return [[*key, counts] for key, counts in self._counts.items()]

    def counts(self) -> list[tuple[CounterKey, list[float]]]:
        """Return all histograms."""
        return [(CounterKey(*key), counts) for key, counts in self._counts.copy().items()]


class SharedCounters(Counters):
    """Counts this process's responses since its last batch. `sums`: those of all processes, as of the last mark."""

    def __init__(self, on_count: Callable[[], None]) -> None:
        super().__init__()
        self._on_count = on_count
        self.sums = Counters()

    def __bool__(self) -> bool:
        return bool(self._counts)

    def count(self, key: Any, elapsed_seconds: float) -> None:
        super().count(key, elapsed_seconds)
        self._on_count()

    def counts(self) -> list[Any]:
        return self.sums.counts()

    def take(self) -> list[Any]:
        """Return what was counted since the last batch, and begin anew."""
        taken = self.listed()
        self._counts = {}
        return taken
