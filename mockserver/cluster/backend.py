"""Backend of shared sandboxes: each is a subject of the log, and its tables are in memory while it is in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

from pii_sandbox.mockserver.cluster.connection import (
    GIVE_UP_SECONDS,
    JOURNALS,
    SANDBOXES,
    ClusterConnection,
    ClusterOptions,
)
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.mockserver.cluster.peers import Flush, Peers
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.store.backend import Backend, MemoryBackend
from pii_sandbox.mockserver.store.log import Unreachable
from pii_sandbox.mockserver.store.replicated_storage import ReplicatedStorage
from pii_sandbox.mockserver.store.storage import MemoryStorage

Result = TypeVar("Result")
People = Callable[[Mapping[str, Any]], Store]  # the store with the people of a blueprint

_log = logging.getLogger(__name__)


class ClusterBackend:
    """Keeps sandboxes in a stream of NATS JetStream. To be started by the event loop that serves the requests."""

    def __init__(self, options: ClusterOptions) -> None:
        self._options = options
        self._connection = ClusterConnection(options)
        self._peers = Peers(self._connection)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._people: People | None = None
        self._storages: WeakValueDictionary[str, ReplicatedStorage] = WeakValueDictionary()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self._connection.start()
        except Unreachable as error:  # the first request tries again
            _log.warning("%s; requests are refused with 503 until it can be", error)

    async def stop(self) -> None:
        await self._peers.bye()
        await self._connection.close()

    def check(self) -> None:
        self.wait(JetStreamLog(self._connection, f"~{uuid4().hex}").confirm(0))  # which nobody writes to

    def use(self, people: People) -> None:
        self._people = people

    def names(self) -> list[str]:
        """Return all sandboxes if called in a thread; in the event loop or before it starts, those of this process."""
        if self._loop is None or _is_running(self._loop):
            return sorted(self._storages)
        return self.wait(self._names())

    def journal(self, name: str) -> JetStreamLog:
        return JetStreamLog(self._connection, name, JOURNALS)

    def on_flush(self, flush: Flush) -> None:
        self._peers.flush = flush

    async def flush_elsewhere(self, name: str) -> None:
        await self._peers.flush_elsewhere(name)

    def draft(self, name: str, people: Store) -> Store:
        assert self._people is not None, "use() comes first"
        blueprint = people.storage.origin
        assert blueprint is not None, "these people have no blueprint"
        storage = ReplicatedStorage(
            JetStreamLog(self._connection, name),
            people.storage.share(),
            blueprint,
            _tables(self._people),
            self._options.stale_seconds,
        )
        self._storages[name] = storage
        return Store(storage=storage)

    def read(self, name: str) -> Store:
        raise KeyError(name)  # a sandbox begins as a draft, and is what the log says as soon as it has been asked

    def keep(self, name: str, contents: Store, *, lazy: bool = False) -> Store:
        self._storages[name].begin()
        return contents

    def erase(self, name: str) -> None:
        """Erase the log of the sandbox. Call it in a thread."""
        self.wait(JetStreamLog(self._connection, name).erase())

    def watch(self, name: str, on_replay: Callable[[bool], None]) -> None:
        self._storages[name].on_replay = on_replay

    def is_idle(self, name: str) -> bool:
        storage = self._storages.get(name)
        return storage is None or storage.is_idle

    def snapshots(self, name: str) -> Backend:
        storage = self._storages.get(name)
        return MemoryBackend() if storage is None else ReplicatedSnapshots(storage)

    def destroy(self) -> None:
        raise NotImplementedError("sandboxes are erased one by one")

    async def _names(self) -> list[str]:
        names: list[str] = []
        while True:
            query = {"subjects_filter": f"{SANDBOXES.subjects}*", "offset": len(names)}
            answer = await self._connection.ask(SANDBOXES, "STREAM.INFO", query)
            found = (answer.get("state") or {}).get("subjects") or {}
            names += map(SANDBOXES.sandbox, found)
            if not found or len(names) >= answer.get("total", 0):
                return sorted(names)

    def wait(self, asking: Coroutine[Any, Any, Result]) -> Result:
        assert self._loop is not None, "the backend is not started"
        try:
            return asyncio.run_coroutine_threadsafe(asking, self._loop).result(2 * GIVE_UP_SECONDS)
        except TimeoutError as error:
            raise Unreachable("the log does not answer") from error


class ReplicatedSnapshots:
    """Backend of the snapshots of one sandbox: they are part of its log."""

    def __init__(self, storage: ReplicatedStorage) -> None:
        self._storage = storage

    def names(self) -> list[str]:
        return list(self._storage.snapshots)

    def read(self, name: str) -> Store:
        store = Store(storage=MemoryStorage(dict(self._storage.snapshots[name])))
        store.storage.origin = {"snapshot": name}
        return store

    def keep(self, name: str, contents: Store, *, lazy: bool = False) -> Store:
        self._storage.keep_snapshot(name, contents.storage.share())
        return self.read(name)

    def erase(self, name: str) -> None:
        self._storage.drop_snapshot(name)

    def snapshots(self, name: str) -> Backend:
        return MemoryBackend()

    def destroy(self) -> None:
        """Do nothing: snapshots are deleted with the sandbox's log."""


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this thread runs the loop, so that it must not wait for work in the loop."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _tables(people: People) -> Callable[[Mapping[str, Any]], Any]:
    return lambda blueprint: people(blueprint).storage.share()
