"""Named snapshots of a sandbox's state, which can be restored."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.problems import Conflict, NotFound
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.backend import Backend, MemoryBackend

ABOUT = "snapshot"  # the collection, and the record in it, that says what no other record does
FAULTS = "faults"  # the collection, and the record in it, of a shared sandbox's faults: in no snapshot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot. `store` shares its records with the sandbox it was taken from, and is never written to.

    `about` is {"taken_at": RFC 3339 in UTC, "faults": their state}.
    """

    name: str
    store: Store
    about: Mapping[str, Any]


class Snapshots:
    """The snapshots of one sandbox. `backend` keeps them; None: in memory."""

    def __init__(self, backend: Backend | None = None) -> None:
        self._backend = backend or MemoryBackend()
        self._open: dict[str, Snapshot] = {}
        self._lock = threading.RLock()  # a file is opened by one thread alone

    def names(self) -> list[str]:
        """Return the names in order of creation."""
        with self._lock:  # a file that is dropped has no time
            return self._backend.names()

    def __iter__(self) -> Iterator[Snapshot]:
        for name in self.names():
            with suppress(NotFound):  # dropped since
                yield self.find(name)

    def find(self, name: str) -> Snapshot:
        """Return the snapshot of that name. Raises NotFound."""
        with self._lock:
            snapshot = self._open.get(name)
            if snapshot is None:
                try:
                    store = self._backend.read(name)
                except KeyError:
                    raise NotFound("there is no snapshot of that name") from None
                snapshot = self._open[name] = Snapshot(name, store, _about(store))
            return snapshot

    def keep(
        self, name: str, source: Store, about: Mapping[str, Any], most: int, *, replaces: bool = False
    ) -> Snapshot:
        """Create a snapshot of the content of `source`.

        Raises Conflict for an existing name unless it `replaces`, and if there are `most` snapshots already.
        """
        marked = source.fork()
        marked.put(ABOUT, Record(ABOUT, dict(about)))
        with self._lock:
            names = self.names()
            if name in names and not replaces:
                raise Conflict("there is a snapshot of that name already: delete it first")
            if len({*names, name}) > most:
                raise Conflict(f"the sandbox already has {most} snapshots, the maximum: delete some first")
            if name in names:
                self.drop(name)
            store = self._backend.keep(name, marked)
            snapshot = self._open[name] = Snapshot(name, store, _about(store))
            return snapshot

    def drop(self, name: str) -> bool:
        """Delete the snapshot of that name; return False if it does not exist."""
        with self._lock, suppress(NotFound):
            self.find(name).store.close()
            del self._open[name]
            self._backend.erase(name)
            return True
        return False

    def close(self) -> None:
        """Close their stores."""
        with self._lock:
            for snapshot in self._open.values():
                snapshot.store.close()
            self._open.clear()


def _about(store: Store) -> Mapping[str, Any]:
    record = store.find(ABOUT, ABOUT)
    return {} if record is None else record.value
