"""Cache of seeded stores, shared copy-on-write by all sandboxes with the same seed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.store import Store

MAX_TEMPLATES = 4

Fill = Callable[[Store, SeedSpec, list[Any]], None]


class SeedTemplates:
    """Cache of seeded stores. `fill(store, seeded, people)` writes the vendors' records."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._stores: dict[SeedSpec, Store] = {}

    def store(self, seeded: SeedSpec) -> Store:
        """Return a store with the people of that seed, shared by all its forks."""
        store = self._stores.get(seeded)
        if store is None:
            store = Store()
            with _gc_paused():
                self._fill(store, seeded, seed_people(seeded))
            self._stores[seeded] = store  # full: seeding may happen in several threads
            while len(self._stores) > MAX_TEMPLATES:
                self._stores.pop(next(iter(self._stores)))
        return store

    def clear(self) -> None:
        """Clear the cache."""
        self._stores.clear()


def seed_people(seeded: SeedSpec, offset: int = 0, count: int | None = None) -> list[Any]:
    """Return the people of that seed, or a page of them."""
    from pii_sandbox.mockserver.seeding import people  # noqa: PLC0415 — the pools take some time to read and not every server seeds

    last = seeded.shoppers if count is None else min(offset + count, seeded.shoppers)
    return people(seeded.seed, last, seeded.locale, offset) if last > offset else []


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Disable garbage collection inside the block: seeding creates no garbage, and collection would double its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
