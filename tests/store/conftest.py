"""Stores to test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from pii_sandbox.mockserver.store.table import Database

Open = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "default.journal"


def replicated() -> MemoryStorage:
    """A storage for several processes, whose units wait for a log that is never reached."""
    return ReplicatedStorage(JetStreamLog(ClusterConnection(ClusterOptions([])), "unreached"), {}, {}, lambda _: {})


@pytest.fixture(params=["memory", "file", "replicated"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    store = Store(path) if request.param == "file" else Store()
    if request.param == "replicated":
        store = Store(storage=replicated())
    yield store
    store.close()


@pytest.fixture(params=["memory", "file", "replicated"])
def database(request: pytest.FixtureRequest, path: Path) -> Iterator[Database]:
    makers: dict[str, Callable[[], MemoryStorage]] = {
        "memory": MemoryStorage,
        "file": lambda: FileStorage(path),
        "replicated": replicated,
    }
    with Database(storage=makers[request.param]) as database:
        yield database


@pytest.fixture
def reopened(path: Path) -> Iterator[Open]:
    """Opens the one file, anew each time it is called: what was opened before is closed."""
    stores: list[Store] = []

    def reopened() -> Store:
        for store in stores:
            store.close()
        stores.append(Store(path))
        return stores[-1]

    yield reopened
    for store in stores:
        store.close()


@pytest.fixture
def compacted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worth compacting is so before the write returns."""

    def finished(compaction: Compaction) -> None:
        while compaction.step():
            pass

    monkeypatch.setattr(store_compaction, "begin", finished)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Compaction]:
    """The compactions that the stores have begun, for the test to step; a file is worth one when it has 2,000 bytes."""
    compactions: list[Compaction] = []
    monkeypatch.setattr(store_compaction, "begin", compactions.append)
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 2_000)
    return compactions
