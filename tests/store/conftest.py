"""Stores to test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

import pytest

from pii_sandbox.mockserver.cluster.connection import ClusterConnection, ClusterOptions
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.mockserver.store import Store, file_storage
from pii_sandbox.mockserver.store import compaction as store_compaction
from pii_sandbox.mockserver.store.compaction import Compaction
from pii_sandbox.mockserver.store.file_storage import FileStorage
from pii_sandbox.mockserver.store.replicated_storage import ReplicatedStorage
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table import Database, IndexedTable
from pii_sandbox.server.nats_server import nats_server
from tests.store.replicas import SharedLogs

Open = Callable[[], Store]
STORAGES = ["memory", "file", "replicated", *(["cluster"] if "CLUSTER_STORAGE" in os.environ else [])]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "default.journal"


def replicated_storage() -> MemoryStorage:
    """A storage for several processes, whose units wait for a log that is never reached."""
    return ReplicatedStorage(JetStreamLog(ClusterConnection(ClusterOptions([])), "unreached"), {}, {}, lambda _: {})


@pytest.fixture(scope="session")
def shared_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedLogs]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server, closing(SharedLogs(server)) as logs:
        yield logs


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest, path: Path) -> Iterator[MemoryStorage]:
    """Each kind of storage; with `CLUSTER_STORAGE` also one whose log another process reads after the test."""
    opened: AbstractContextManager[MemoryStorage]
    if request.param == "cluster":
        opened = request.getfixturevalue("shared_logs").replicated_storage()
    else:
        makers: dict[str, Callable[[], MemoryStorage]] = {
            "memory": MemoryStorage,
            "file": lambda: FileStorage(path),
            "replicated": replicated_storage,
        }
        opened = nullcontext(makers[request.param]())
    with opened as storage:
        yield storage


@pytest.fixture
def store(storage: MemoryStorage) -> Iterator[Store]:
    with closing(Store(storage=storage)) as store:
        yield store


@pytest.fixture
def database(storage: MemoryStorage) -> Iterator[Database]:
    with Database(storage=lambda: storage) as database:
        yield database


@pytest.fixture
def reopen(path: Path) -> Iterator[Open]:
    """Opens the one file, anew each time it is called: what was opened before is closed."""
    stores: list[Store] = []

    def reopen() -> Store:
        for store in stores:
            store.close()
        stores.append(Store(path))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()


@pytest.fixture
def compact_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worth compacting is so before the write returns."""

    def finish(compaction: Compaction) -> None:
        while compaction.step():
            pass

    monkeypatch.setattr(store_compaction, "begin", finish)


@pytest.fixture
def started_compactions(monkeypatch: pytest.MonkeyPatch) -> list[Compaction]:
    """The compactions that the stores have begun, for the test to step; a file is worth one when it has 2,000 bytes."""
    compactions: list[Compaction] = []
    monkeypatch.setattr(store_compaction, "begin", compactions.append)
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 2_000)
    return compactions


@pytest.fixture
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compaction writes few documents at a time, so that even a small store takes several steps."""
    monkeypatch.setattr(store_compaction, "DOCUMENTS_A_LINE", 3)
    monkeypatch.setattr(store_compaction, "_FEW_LINES", 2)


@pytest.fixture
def fruits(database: Database) -> IndexedTable:
    """Three documents, numbered 1 to 3."""
    table = database.table("fruits")
    assert isinstance(table, IndexedTable)
    documents = [
        {"id": "apple", "keys": {"colour": "red"}, "weight": 150, "sold": {"in": ["SP"]}},
        {"id": "plum", "keys": {"colour": "blue"}, "weight": 50, "sold": {"in": ["SP", "RJ"]}},
        {"id": "cherry", "keys": {"colour": "red"}, "weight": 8, "sold": {"in": []}},
    ]
    assert table.insert_multiple(documents) == [1, 2, 3]
    return table
