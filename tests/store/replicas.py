"""Stores over a real log, for `CLUSTER_STORAGE`: what the log has of a store is what another process would show."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pii_sandbox.mockserver.cluster.connection import ClusterConnection, ClusterOptions
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.store.log import Outdated
from pii_sandbox.mockserver.store.replicated_storage import ReplicatedStorage
from pii_sandbox.server.nats_server import NatsServer
from tests.store.samples import all_records

LATEST = datetime.max.replace(tzinfo=UTC)


class SharedLogs:
    """Logs of stores on one nats-server, with an event loop that runs only while something is asked of them."""

    def __init__(self, server: NatsServer) -> None:
        self._loop = asyncio.new_event_loop()
        self._connection = ClusterConnection(ClusterOptions([server.url]))
        self._names = (f"store-{number}" for number in itertools.count())

    def close(self) -> None:
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()

    def new_name(self) -> str:
        """The name of a log that nothing was written to."""
        return next(self._names)

    def storage(self, name: str) -> ReplicatedStorage:
        """One process's tables of that log; they begin empty."""
        return ReplicatedStorage(JetStreamLog(self._connection, name), {}, {}, lambda _: {})

    @contextmanager
    def replicated_storage(self) -> Iterator[ReplicatedStorage]:
        """Storage of a log of its own. At the end another process must show the same."""
        name = self.new_name()
        storage = self.storage(name)
        yield storage
        self.assert_replicated(storage, name)

    def assert_replicated(self, storage: ReplicatedStorage, name: str) -> None:
        """Write what waits to the log; another process reads it and has the same, by every way to it."""
        other = self.storage(name)
        self._loop.run_until_complete(_flush(storage))
        self._loop.run_until_complete(_flush(other))
        assert _visible_content(other) == _visible_content(storage)


async def _flush(storage: ReplicatedStorage) -> None:
    """Write what waits, or else catch up with the log."""
    while True:
        try:
            await storage.flushed()
        except Outdated:
            continue
        return


def _visible_content(storage: ReplicatedStorage) -> dict[str, Any]:
    """All documents; where they are records, also what a store finds of them by key and by their end."""
    documents = {name: list(contents.documents.pairs()) for name, contents in storage.tables.items()}
    documents = {name: pairs for name, pairs in documents.items() if pairs}
    if not all("value" in document for pairs in documents.values() for _, document in pairs):
        return {"documents": documents}
    store = Store(storage=storage)
    records = all_records(store)
    keys = {(name, *pair) for name, found in records.items() for record in found for pair in record.keys.items()}
    return {
        "documents": documents,
        "records": records,
        "by key": {key: store.find_by(*key) for key in keys},
        "next to expire": store.next_expired(LATEST),
    }
