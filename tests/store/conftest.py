"""Stores to test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mockserver.store import Store, compacting, journaled
from mockserver.store.compacting import Compaction
from mockserver.store.journaled import JournalStorage
from mockserver.store.storage import MemoryStorage
from mockserver.store.table import Database

Open = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "default.journal"


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    store = Store() if request.param == "memory" else Store(path)
    yield store
    store.close()


@pytest.fixture(params=["memory", "file"])
def database(request: pytest.FixtureRequest, path: Path) -> Iterator[Database]:
    make: Callable[[], MemoryStorage] = MemoryStorage if request.param == "memory" else lambda: JournalStorage(path)
    with Database(storage=make) as database:
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

    monkeypatch.setattr(compacting, "begin", finished)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Compaction]:
    """The compactions that the stores have begun, for the test to step; a file is worth one when it has 2,000 bytes."""
    compactions: list[Compaction] = []
    monkeypatch.setattr(compacting, "begin", compactions.append)
    monkeypatch.setattr(journaled, "SPARED_BYTES", 2_000)
    return compactions
