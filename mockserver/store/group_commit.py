"""Group commit: all calls that wait for the disk at one moment share one sync."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

Waiter = asyncio.Future[None]

_threads = ThreadPoolExecutor(8, thread_name_prefix="sync")  # they wait for disks: several stores can sync at once


class GroupCommit:
    """Runs `sync`, which writes everything before it to the disk, in a thread, one at a time.

    If it raises, all calls that waited for it get the error; later ones wait for the next sync.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._guard = threading.Lock()
        self._written = 0  # how many writes there were, and how many of them are on the disk
        self._synced = 0
        self._waiting: list[Waiter] = []
        self._running = False

    def note_write(self) -> None:
        """Count a write."""
        self._written += 1

    @property
    def unflushed(self) -> bool:
        """Whether there are writes that are not known to be on the disk."""
        return self._synced < self._written

    async def flushed(self) -> None:
        """Wait until all writes before this call are on the disk. Raises what the sync has raised."""
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
            except Exception as raised:  # of any kind: the waiting calls must not wait for ever
                error = raised
            _notify(waiting, error)

    def _take_waiting(self) -> list[Waiter]:
        """Return the current waiters: their data is written already, so the next sync covers it."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
            self._running = bool(waiting)
            return waiting


def _notify(waiting: list[Waiter], error: Exception | None) -> None:
    """Wake the waiters, with one call into each event loop."""
    for loop in {waiter.get_loop() for waiter in waiting}:
        with suppress(RuntimeError):  # the loop is closed: nothing waits any longer
            loop.call_soon_threadsafe(_resolve, [waiter for waiter in waiting if waiter.get_loop() is loop], error)


def _resolve(waiting: list[Waiter], error: Exception | None) -> None:
    for waiter in waiting:
        if waiter.done():  # the waiting call was cancelled
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(type(error)(*error.args))  # a new one each: a traceback grows with each raise
