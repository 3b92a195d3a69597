"""Journal of a sandbox that several processes serve: each appends its calls to a log; all read them in one order.

A process appends its calls in batches; no response waits for it. A reader first has every process append its calls, and
then appends a segment end: the calls since the previous one are sorted by arrival and numbered, so that all processes
number them equally. A segment end also has the sums of the counters, so that the log can drop calls that are beyond the
limits of the journal.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from time import monotonic
from typing import Any

from pii_sandbox.mockserver.journal import CompactExchange, Counters, Journal
from pii_sandbox.mockserver.journal.counters import SharedCounters
from pii_sandbox.mockserver.journal.segments import ENDED, Segment, SegmentEnd, batches, mark_of
from pii_sandbox.mockserver.journal.stored_form import StoredExchange, line_of
from pii_sandbox.mockserver.store.log import Outdated, SharedLog, Unreachable

FLUSH_SECONDS = 3.0  # between the batches of a process; a killed process loses its last one
REFRESH_SECONDS = 0.3  # between segment ends for clients that follow the journal
GIVE_UP_SECONDS = 5.0
_AT_ONCE = 20  # exchanges that are encoded before the event loop handles other calls
_BATCH_BYTES = 256 * 2**10
_HEAD_BYTES = 32 * 2**10  # of a batch, beside its calls
_UNREAD = 4  # times the journal's limit: a process with more unread calls ends a segment without a reader
_PAUSE_SECONDS = 0.005

log = logging.getLogger(__name__)


class SharedJournal(Journal):
    """Journal over a shared log. `flush_elsewhere` has the other processes append their calls.

    `is_kept` returns whether the sandbox exists in the log; a provisional one has no calls there. Only one event loop
    writes; threads may read.
    """

    def __init__(
        self, units: SharedLog, flush_elsewhere: Callable[[], Awaitable[None]], is_kept: Callable[[], bool]
    ) -> None:
        super().__init__()
        self.counters = SharedCounters(self._schedule)
        self._log = units
        self._flush_elsewhere = flush_elsewhere
        self._is_kept = is_kept
        self._limits = 0, 0  # calls and bytes that the journal keeps
        self._fresh: deque[CompactExchange] = deque()
        self._fresh_weight = self._left_out = 0
        self._unsent: deque[tuple[str, bytes]] = deque()
        self._sent = 0  # calls of this process since the last mark
        self._position = 0
        self._segment = Segment()  # what has no mark yet
        self._segments: deque[tuple[int, int, int]] = deque()  # marked: position of the mark, calls, bytes
        self._is_cleared = False
        self._timer: asyncio.TimerHandle | None = None
        self._flushing, self._reading = asyncio.Lock(), asyncio.Lock()
        self._refreshed_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_flushed(self) -> bool:
        return not (self._fresh or self._unsent or self.counters)

    def add(self, recorded: CompactExchange, most: int, most_bytes: int) -> None:
        self._limits = most, most_bytes
        fresh = self._fresh
        fresh.append(recorded)
        self._fresh_weight += recorded.weight
        while len(fresh) > most or self._fresh_weight > most_bytes:
            self._fresh_weight -= fresh.popleft().weight
            self._left_out += 1

    def clear(self) -> None:
        """Mark the journal to be cleared for all processes by the next `settle`."""
        self._is_cleared = True

    def roll_back(self) -> None:
        """Cancel a pending `clear`: the call has failed, or is handled again."""
        self._is_cleared = False

    def release(self) -> None:
        self._fresh.clear()
        self._restart()
        self._position = 0

    def refresh(self) -> None:
        if monotonic() - self._refreshed_at >= REFRESH_SECONDS:
            self._refreshed_at = monotonic()
            self._start(self.synchronize(*self._limits))

    async def synchronize(self, most: int, most_bytes: int) -> None:
        """Read all calls that any process answered before this. Raises Unreachable."""
        self._limits = most, most_bytes
        async with self._reading:
            await asyncio.gather(self._flush_elsewhere(), self.flush())
            await self._read()

    async def settle(self) -> None:
        """Clear the journal if `clear` was called. Raises Unreachable."""
        if self._is_cleared:
            async with self._reading:
                await asyncio.gather(self._flush_elsewhere(), self.flush())
                await self._read(lambda: self._segment.mark(self._number, self.counters.sums, cleared=True))
            self._is_cleared = False

    async def end(self) -> None:
        """Delete the journal with its sandbox. Raises Unreachable."""
        async with self._reading:
            await asyncio.gather(self._flush_elsewhere(), self.flush())
            await self._read(lambda: ENDED)

    async def flush(self) -> None:
        """Append the calls of this process. Raises Unreachable; the next flush then appends them."""
        async with self._flushing:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if not self._unsent:
                await self._write_down()
            while self._unsent:
                await self._log.append_anyway(*self._unsent[0])
                self._unsent.popleft()

    async def _write_down(self) -> None:
        if self.is_flushed:
            return
        largest = min(await self._log.most_bytes() - _HEAD_BYTES, _BATCH_BYTES)
        fresh, left_out, counts = self._fresh, self._left_out, self.counters.take()
        self._fresh, self._fresh_weight, self._left_out = deque(), 0, 0
        self._sent += len(fresh) + left_out
        lines = []
        for recorded in fresh:
            lines.append(line_of(recorded.exchange(), largest))
            if len(lines) % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self._unsent.extend((self._log.new_id(), unit) for unit in batches(lines, left_out, counts, largest))

    async def _read(self, erasing: Callable[[], SegmentEnd] | None = None) -> None:
        """Read the log to its end; append a segment end if there are new calls, or one that clears the journal."""
        deadline = monotonic() + GIVE_UP_SECONDS
        while True:
            self._take(await self._log.units(self._position))
            try:
                if erasing is not None:
                    unit = erasing().unit()
                    position = await self._log.replace(unit, self._position)
                elif self._segment:
                    unit = self._segment.mark(self._number, self.counters.sums).unit()
                    position = await self._log.append(unit, self._position)
                else:
                    await self._log.confirm(self._position)
                    return
            except Outdated as error:
                if monotonic() > deadline:
                    raise Unreachable("the journal goes on all the time") from error
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                self._take([(position, unit)])
                await self._forget()
                return

    def _take(self, units: Iterable[tuple[int, bytes]] | None) -> None:
        """Apply units of the log. None: it is empty."""
        if units is None:
            self._restart()
            self._position = 0
            return
        for position, unit in units:
            self._position = position
            mark = mark_of(unit)
            if mark is None:
                self._segment.add(unit)
            else:
                self._end_segment(position, mark)

    def _end_segment(self, position: int, mark: SegmentEnd) -> None:
        lines = self._segment.lines()
        self._segment, self._sent, self._number = Segment(), 0, mark.last
        self.counters.sums = Counters()
        self.counters.sums.add(mark.counts)
        if mark.cleared:
            Journal.release(self)
            self._segments.clear()
            return
        exchanges, weight = deque(self._exchanges), self._weight  # a copy: threads may be reading
        for number, line in enumerate(lines, mark.last - len(lines) + 1):
            stored = StoredExchange(number, line)
            exchanges.append(stored)
            weight += stored.weight
        most, most_bytes = self._limits
        while exchanges and (len(exchanges) > most or weight > most_bytes):
            weight -= exchanges.popleft().weight
        self._exchanges, self._weight = exchanges, weight
        self._segments.append((position, len(lines), sum(map(len, lines))))

    async def _forget(self) -> None:
        """Have the log drop the calls that are beyond the limits of the journal."""
        most, most_bytes = self._limits
        needed = calls = size = 0
        for _, segment_calls, segment_bytes in reversed(self._segments):
            needed, calls, size = needed + 1, calls + segment_calls, size + segment_bytes
            if calls >= most or size >= most_bytes:
                break
        before = 0
        while len(self._segments) > needed:
            before, _, _ = self._segments.popleft()
        if before:
            with suppress(Unreachable):  # then with the next mark
                await self._log.forget(before)  # not that mark itself: it has the number that the next call follows

    def _restart(self) -> None:
        Journal.release(self)
        self._number, self._segment, self.counters.sums = 0, Segment(), Counters()
        self._segments.clear()

    def _schedule(self) -> None:
        if self._timer is None and self._is_kept():
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._start(self._flush_and_mark())

    async def _flush_and_mark(self) -> None:
        await self.flush()
        if self._sent > _UNREAD * max(self._limits[0], 1):
            await self.synchronize(*self._limits)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._undisturbed(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _undisturbed(self, work: Coroutine[Any, Any, None]) -> None:
        """Run background work; log a failure, as no caller waits for the result."""
        try:
            await work
        except Unreachable as error:
            log.info("the shared journal of a sandbox cannot be reached: %s", error)
            self._schedule()
