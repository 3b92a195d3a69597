"""Batches and marks of a journal that several processes write, in the form that its log has.

A batch is what one process answered; the batches up to a mark are a segment, whose calls the mark numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from pii_sandbox.mockserver.journal.counters import Counters
from pii_sandbox.mockserver.journal.stored_form import arrival_of

_BATCH, _MARK = b"B", b"M"
_NO_COUNTS: tuple[int, list[Any]] = 0, []


class SegmentEnd(NamedTuple):
    """The end of a segment. `last`: number of its last call. `counts`: sums of the counters up to there.

    `cleared`: all calls before it are gone.
    """

    last: int
    counts: Sequence[Sequence[Any]] = ()
    cleared: bool = False

    def unit(self) -> bytes:
        return _MARK + orjson.dumps([*self])


ENDED = SegmentEnd(0, cleared=True)  # of a deleted sandbox: what comes after it is another one's


def mark_of(unit: bytes) -> SegmentEnd | None:
    """The mark that the unit is; None if it is none."""
    return SegmentEnd(*orjson.loads(unit[1:])) if unit[:1] == _MARK else None


def batches(lines: Sequence[bytes], left_out: int, counts: Sequence[Any], most_bytes: int) -> Iterable[bytes]:
    """Units with these lines, each of `most_bytes` at most. `left_out`: calls that are too old to be kept."""
    head: tuple[int, Sequence[Any]] = left_out, counts
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and size + len(line) > most_bytes:
            yield _batch(head, batch)
            head, batch, size = _NO_COUNTS, [], 0
        batch.append(line)
        size += len(line) + 1
    yield _batch(head, batch)


def _batch(head: tuple[int, Sequence[Any]], lines: Sequence[bytes]) -> bytes:
    return b"\n".join((_BATCH + orjson.dumps(head), *lines))


class Segment:
    """The batches since the last mark."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._calls = 0  # those left out included
        self._counts: list[Any] = []

    def __bool__(self) -> bool:
        return bool(self._calls or self._counts)

    def add(self, unit: bytes) -> None:
        """Add a batch; anything else is passed over."""
        if unit[:1] != _BATCH:
            return
        head, *lines = unit[1:].split(b"\n")
        left_out, counts = orjson.loads(head)
        self._lines += lines
        self._calls += left_out + len(lines)
        self._counts += counts

    def mark(self, number: int, sums: Counters, *, cleared: bool = False) -> SegmentEnd:
        """The mark that ends it. `number` and `sums`: of the mark before."""
        counters = Counters()
        counters.add(sums.listed())
        counters.add(self._counts)
        return SegmentEnd(number + self._calls, counters.listed(), cleared)

    def lines(self) -> list[bytes]:
        """Its calls, in the order in which they arrived."""
        return sorted(self._lines, key=arrival_of)
