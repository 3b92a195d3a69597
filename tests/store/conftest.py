"""Stores to test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mockserver.store import Store

Open = Callable[[], Store]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "default.journal"


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    store = Store() if request.param == "memory" else Store(path)
    yield store
    store.close()


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
