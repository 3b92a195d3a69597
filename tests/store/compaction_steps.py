"""Stores whose files are worth compacting, and the steps of a compaction."""

from __future__ import annotations

from pathlib import Path

from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.compaction import Compaction
from tests.store.samples import person


def many_writes(store: Store) -> None:
    for number in range(12):
        store.put("people", person(f"many {number % 5}", number=number))


def grow(store: Store) -> Store:
    """A store whose file is worth compacting; what is alive takes several steps."""
    store.put_all("people", map(person, "123456789"))
    while store._storage._compaction is None:  # type: ignore[attr-defined]  # a look behind the interface
        store.put("people", Record("b", {}))
    store.put_all("orders", map(person, "12345"))
    return store


def finish(compaction: Compaction) -> None:
    while compaction.step():
        pass


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))
