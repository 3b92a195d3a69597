"""Cache of seeded stores, shared copy-on-write by all sandboxes with the same seed."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.store import Store, StoreError

MAX_TEMPLATES = 4
PEOPLE_VERSION = 1  # of what is made of a seed: other people, another version

Fill = Callable[[Store, SeedSpec, list[Any], datetime | None], None]


class SeedTemplates:
    """Cache of seeded stores. `fill(store, seeded, people, at)` writes the vendors' records, as of `at`; None: now."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._stores: dict[tuple[SeedSpec, datetime | None], Store] = {}

    def store(self, seeded: SeedSpec, at: datetime | None = None) -> Store:
        """Return a store with the people of that seed, shared by all its forks.

        `at`: the instant that their dates are relative to. Given, the store is the same in every process.
        """
        store = self._stores.get((seeded, at))
        if store is None:
            store = Store()
            with _gc_paused():
                self._fill(store, seeded, seed_people(seeded), at)
            if at is not None:
                store.storage.origin = {**asdict(seeded), "at": at.isoformat(), "version": PEOPLE_VERSION}
            self._stores[seeded, at] = store  # full: seeding may happen in several threads
            while len(self._stores) > MAX_TEMPLATES:
                self._stores.pop(next(iter(self._stores)))
        return store

    def store_of(self, blueprint: Mapping[str, Any]) -> Store:
        """Return the store whose `origin` that is. Raises StoreError if another version of the people made it."""
        if blueprint["version"] != PEOPLE_VERSION:
            raise StoreError(f"the people are of version {blueprint['version']}, this release makes {PEOPLE_VERSION}")
        seeded = SeedSpec(blueprint["seed"], blueprint["shoppers"], blueprint["locale"])
        return self.store(seeded, datetime.fromisoformat(blueprint["at"]))

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
