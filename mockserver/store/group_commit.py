"""Group commit: whoever waits for the disk at one moment waits for one and the same sync."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

Waiter = asyncio.Future[None]

_threads = ThreadPoolExecutor(8, thread_name_prefix="sync")  # they wait for disks: a few stores can do so side by side


class GroupCommit:
    """`sync` brings all that was written before it is called to the disk, in a thread; one runs at a time.

    Where it raises, everybody who waited for it is told; whoever comes next waits for the next try.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._guard = threading.Lock()
        self._written = 0  # how many writes there were, and how many of them are on the disk
        self._synced = 0
        self._waiting: list[Waiter] = []
        self._running = False

    def note_write(self) -> None:
        """Something was written just now."""
        self._written += 1

    @property
    def unflushed(self) -> bool:
        """Whether something was written that is not known to be on the disk."""
        return self._synced < self._written

    async def flushed(self) -> None:
        """Returns when all that was written before is on the disk. Raises what the sync has raised."""
        if not self.unflushed:
            return
        waiter = asyncio.get_running_loop().create_future()
        with self._guard:
            self._waiting.append(waiter)
            if not self._running:
                self._running = True
                _threads.submit(self._run)
        await waiter

    def _run(self) -> None:
        while waiting := self._take_waiting():
            covered, error = self._written, None
            try:
                self._sync()
                self._synced = covered
            except Exception as raised:  # whatever it is: those who wait must not wait for ever
                error = raised
            _notify(waiting, error)

    def _take_waiting(self) -> list[Waiter]:
        """Those who wait by now: what they wrote is written, so the sync that follows covers it."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
            self._running = bool(waiting)
            return waiting


def _notify(waiting: list[Waiter], error: Exception | None) -> None:
    """One call into each event loop, however many wait there."""
    for loop in {waiter.get_loop() for waiter in waiting}:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any longer
            loop.call_soon_threadsafe(_resolve, [waiter for waiter in waiting if waiter.get_loop() is loop], error)


def _resolve(waiting: list[Waiter], error: Exception | None) -> None:
    for waiter in waiting:
        if waiter.done():  # whoever waited has gone
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(type(error)(*error.args))  # its own: a traceback grows with each who is told
