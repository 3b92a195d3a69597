"""What a sandbox has answered so far, in numbers."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0)  # seconds, upper bounds


class CounterKey(NamedTuple):
    """What answers are counted by. `api` and `operation_id` are None for a path that leads nowhere."""

    api: str | None
    operation_id: str | None
    status: int
    rule: str | None


Key = tuple[str | None, str | None, int, str | None]  # an Answered, made faster


class Counters:
    """Answers by how long they took: for each kind the numbers in the buckets, the last without bound, then all
    seconds."""

    def __init__(self) -> None:
        self._counts: dict[Key, list[float]] = {}

    def count(self, answered: Key, elapsed_seconds: float) -> None:
        counts = self._counts.get(answered)
        if counts is None:
            counts = self._counts[answered] = [0] * (len(BUCKETS) + 1) + [0.0]
        counts[bisect_left(BUCKETS, elapsed_seconds)] += 1
        counts[-1] += elapsed_seconds

    def counts(self) -> list[tuple[CounterKey, list[float]]]:
        return [(CounterKey(*key), counts) for key, counts in self._counts.copy().items()]
