"""Rounds of a replicated store: one message to the log carries all units, and settles all reads, that wait for it.

One round of a sandbox runs at a time. It appends the units that wait, on the condition that the log has gone no further
than this process knows; where none wait, it only asks whether it has. Either answer settles every call that was handled
before the round began. A refusal takes all units back: their calls are handled again, on the state that the log has.
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
    """What a round needs of the storage that it is of."""

    position: int

    @property
    def lock(self) -> AbstractContextManager[Any]: ...

    def pending(self) -> list[bytes]:
        """The units that the log does not have yet, oldest first."""

    def acknowledge(self, count: int, position: int) -> None:
        """The log has the first `count` of them."""

    def take_back(self) -> None:
        """Takes all of them back."""

    def replay_units(self, units: Iterable[tuple[int, bytes]] | None) -> None:
        """Takes all of them back, and does what the log has after `position`; None: it has been erased."""

    def replayed(self) -> None:
        """Called after a replay, and after units were taken back."""

    def base(self) -> bytes | None:
        """A unit that says all that the log says, where the log has become long."""

    def rebased(self, base: bytes, position: int) -> None:
        """The log has the base, at that position."""


class Rounds:
    """The rounds of one storage. Used by one event loop alone."""

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
        """Returns when a round that begins from now on has settled what was seen and written until now."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if self._task is None:
            self._begin()
        await waiter

    @contextmanager
    def held(self) -> Iterator[None]:
        """No round begins, and nothing is replayed: a thread writes units that only make sense together."""
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
                await self._released()
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
            await self._released()
            with storage.lock:
                storage.replay_units(units)
            storage.replayed()
        except Exception as error:
            await self._give_up(waiting, error)
            return
        # whoever has come meanwhile has seen the state that is gone
        waiting += self._waiting
        self._waiting = []
        _resolve(waiting, Outdated())

    async def _give_up(self, waiting: list[asyncio.Future[None]], error: Exception) -> None:
        if not isinstance(error, Unreachable):
            _log.error("a unit of the log cannot be written or read: %s", error)
        await self._released()
        with self._storage.lock:
            self._storage.take_back()
        self._storage.replayed()
        waiting += self._waiting
        self._waiting = []
        _resolve(waiting, error)

    async def _compact(self) -> None:
        """Lets the log forget what a base says. Where that fails the log goes on as it is."""
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
        except (Outdated, Unreachable) as error:  # the next round finds out what the log has
            _log.info("the log of a sandbox is not compacted: %r", error)

    async def _released(self) -> None:
        while self._holders:
            assert self._free is not None
            await self._free.wait()


def _resolve(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for waiter in waiting:
        if waiter.done():  # its client has gone
            continue
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(type(error)(*error.args))
