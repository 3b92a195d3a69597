"""Group commit of a replicated store, in rounds: one message to the log carries all waiting units and confirms reads.

A sandbox runs one round at a time. It appends the waiting units on the condition that the log has no newer units than
this process knows; if none wait, it only asks whether there are any. Either response completes every call that was
handled before the round began. A refusal rolls all units back: their calls are repeated on the state of the log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Any, Protocol

from pii_sandbox.mockserver.store.log import Log, Outdated, Unreachable

_log = logging.getLogger(__name__)


class Replica(Protocol):
    """The interface that a round needs of its storage."""

    position: int

    @property
    def lock(self) -> AbstractContextManager[Any]: ...

    def pending(self) -> list[bytes]:
        """Return the units that the log does not have yet, oldest first."""

    def acknowledge(self, count: int, position: int) -> None:
        """Note that the log has the first `count` of them."""

    def take_back(self) -> None:
        """Roll all of them back."""

    def replay_units(self, units: Iterable[tuple[int, bytes]] | None) -> None:
        """Roll all of them back and apply the log's units after `position`; None: the log was erased."""

    def replayed(self) -> None:
        """Called after a replay, and after units were rolled back."""

    def base(self) -> bytes | None:
        """Return a unit with the whole state if the log has become long, else None."""

    def rebased(self, base: bytes, position: int) -> None:
        """Note that the log holds the base unit at that position."""


class Rounds:
    """Runs the rounds of one storage, in one event loop."""

    def __init__(self, storage: Replica, log: Log, stale_seconds: float | None) -> None:
        self._storage = storage
        self._log = log
        self._stale_seconds = stale_seconds
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None
        self._settled_at = float("-inf")
        self._holders = 0
        self._free: asyncio.Event | None = None

    @property
    def is_due(self) -> bool:
        """Whether a read has to wait for a round."""
        if self._stale_seconds is None:
            return True
        age = monotonic() - self._settled_at
        if age > self._stale_seconds / 2 and self._task is None:
            self._begin()  # for the reads to come
        return age > self._stale_seconds

    @property
    def is_idle(self) -> bool:
        return self._task is None and not self._holders

    async def settled(self) -> None:
        """Wait until a round that begins after this call has confirmed what was read and written before it."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._task is None:
            self._begin()
        await waiter

    @contextmanager
    def held(self) -> Iterator[None]:
        """Start no round and replay nothing inside the block, in which a thread writes units that belong together."""
        self._holders += 1
        if self._free is None:
            self._free = asyncio.Event()
        self._free.clear()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._free.set()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while True:
                await self._wait_until_released()
                waiting, self._waiting = self._waiting, []
                await self._round(waiting)
                if not self._waiting:
                    return
        finally:
            self._task = None

    async def _round(self, waiting: list[asyncio.Future[None]]) -> None:
        storage, at = self._storage, monotonic()
        pending = storage.pending()
        try:
            if pending:
                position = await self._log.append(b"".join(pending), storage.position)
                storage.acknowledge(len(pending), position)
            else:
                await self._log.confirm(storage.position)
        except Outdated:
            await self._catch_up(waiting)
        except Exception as error:
            await self._give_up(waiting, error)
        else:
            self._settled_at = at
            _resolve(waiting, None)
            await self._compact()

    async def _catch_up(self, waiting: list[asyncio.Future[None]]) -> None:
        storage = self._storage
        try:
            units = await self._log.units(storage.position)
            await self._wait_until_released()
            with storage.lock:
                storage.replay_units(units)
            storage.replayed()
        except Exception as error:
            await self._give_up(waiting, error)
            return
        # calls that came meanwhile have read the state that was rolled back
        waiting += self._waiting
        self._waiting = []
        _resolve(waiting, Outdated())

    async def _give_up(self, waiting: list[asyncio.Future[None]], error: Exception) -> None:
        if not isinstance(error, Unreachable):
            _log.error("a unit of the log cannot be written or read: %s", error)
        await self._wait_until_released()
        with self._storage.lock:
            self._storage.take_back()
        self._storage.replayed()
        waiting += self._waiting
        self._waiting = []
        _resolve(waiting, error)

    async def _compact(self) -> None:
        """Replace the log's units by one base unit. If that fails the log stays as it is."""
        storage = self._storage
        if self._holders:
            return
        with storage.lock:
            base = storage.base()
        if base is None:
            return
        try:
            position = await self._log.append(base, storage.position)
            storage.rebased(base, position)
            await self._log.forget(position)
        except (Outdated, Unreachable) as error:  # the next round reads what the log has
            _log.info("the log of a sandbox is not compacted: %r", error)

    async def _wait_until_released(self) -> None:
        while self._holders:
            assert self._free is not None
            await self._free.wait()


def _resolve(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for waiter in waiting:
        if waiter.done():  # its client has disconnected
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(type(error)(*error.args))
