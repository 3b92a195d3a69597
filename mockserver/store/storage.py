"""TinyDB storage in memory: the live tables of a store, and atomic units of changes to them."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from types import TracebackType
from typing import Any

from tinydb.storages import Storage

from pii_sandbox.mockserver.store.table_contents import Document, TableState

Tables = dict[str, TableState]
Change = tuple[str, int, Document | TableState | None]

_EMPTY = TableState()
_EMPTY.shared = True
_NO_NUMBER = 0  # marks the change of a whole table, whose TableState before it is kept


Origin = Mapping[str, Any]  # JSON-like: the origin of tables, which a log names instead of repeating their contents


class MemoryStorage(Storage):
    """All tables of one store. `with storage:` is an atomic unit: no other thread reads or writes, and an exception
    rolls its writes back. Units nest; the outermost one is committed.
    """

    origin: Origin | None = None

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables: Tables = {} if tables is None else tables
        self.lock = threading.RLock()
        self.has_expiries = any(
            contents.expiry_heap for contents in self.tables.values()
        )  # whether any record ever had an expiry
        self._changes: list[Change] = []
        self._marks: list[int] = []

    def __enter__(self) -> None:
        self.lock.acquire()
        self._marks.append(len(self._changes))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        mark = self._marks.pop()
        try:
            if kind is not None:
                self._rollback(mark)
            elif self._changes and not self._marks:
                self._commit()
        finally:
            self.lock.release()

    @property
    def unflushed(self) -> bool:
        """Whether a caller has to await `flushed` before its writes are durable."""
        return False

    async def flushed(self) -> None:
        """Wait until all writes are durable. Raises StoreError if they cannot be."""

    def held(self) -> AbstractContextManager[None]:
        """Return a block in which another thread writes units that belong together. The event loop enters it."""
        return nullcontext()

    def contents(self, name: str) -> TableState:
        """Return the state of a table, for reading."""
        return self.tables.get(name, _EMPTY)

    def writable(self, name: str) -> TableState:
        """Return the state of a table for writing: unshared, and created if it does not exist."""
        contents = self.tables.get(name)
        if contents is None:
            contents = self.tables[name] = TableState()
        elif contents.shared:
            contents = self.tables[name] = contents.copy()
        return contents

    def change(self, name: str, number: int, document: Document | None) -> None:
        """Put a document into a table, or remove it (None). Call it inside a unit only."""
        self.changed(name, number, self.writable(name).put(number, document))

    def changed(self, name: str, number: int, before: Document | None) -> None:
        """Record the document before a change, for a rollback. Call it inside a unit only."""
        self._changes.append((name, number, before))
        if self.tables[name].expiry_heap:
            self.has_expiries = True

    def empty(self, name: str) -> None:
        """Remove all documents of a table. Call it inside a unit only."""
        self._changes.append((name, _NO_NUMBER, self.contents(name)))
        self.tables[name] = TableState()

    def replay(self, name: str, number: int | None = None, document: Document | None = None) -> None:
        """Replay an operation of a logged unit."""
        if number is None:
            self.tables.pop(name, None)
        else:
            contents = self.writable(name)
            contents.put(number, document)
            self.has_expiries = self.has_expiries or bool(contents.expiry_heap)

    def first_due(self, latest: str) -> tuple[str, Document] | None:
        """Return the document with the earliest `expires_at`, and its table; None if that is after `latest`."""
        with self.lock:
            first: tuple[str, str] | None = None
            for name, contents in self.tables.items():
                if contents.expiry_heap and (first is None or (contents.expiry_heap[0][0], name) < first):
                    first = contents.expiry_heap[0][0], name
            if first is None or first[0] > latest:
                return None
            contents = self.tables[first[1]]
            return first[1], contents.documents[contents.expiry_heap[0][1]]

    def next_due(self, most: int) -> list[tuple[datetime, str, str]]:
        """Return the first `most` documents by `expires_at`, as (instant, table, id)."""
        with self.lock:
            due = (
                (at, name, contents.documents[number]["id"])
                for name, contents in self.tables.items()
                for at, number in contents.expiries()
            )
            return [(datetime.fromisoformat(at), name, own_id) for at, name, own_id in heapq.nsmallest(most, due)]

    def share(self) -> Tables:
        """Return the tables for another store. They are shared until one of the stores writes to them."""
        with self.lock:
            for contents in self.tables.values():
                contents.shared = True
            return {name: contents for name, contents in self.tables.items() if contents.documents}

    def replace(self, tables: Tables, origin: Origin | None = None) -> None:
        """Replace all tables by these, which another store shares. One unit."""
        with self:
            for name in [name for name, contents in self.tables.items() if contents.documents]:
                self.empty(name)
            for name, contents in tables.items():
                self._changes.append((name, _NO_NUMBER, self.contents(name)))
                self.tables[name] = contents
                self.has_expiries = self.has_expiries or bool(contents.expiry_heap)

    def read(self) -> dict[str, Any] | None:
        """Return the live documents by table, in the form that TinyDB reads."""
        return {name: contents.documents for name, contents in self.tables.items()} or None

    def write(self, data: dict[str, Any]) -> None:
        """Raise NotImplementedError: TinyDB would write the whole database, but tables change by document."""
        raise NotImplementedError("this storage takes single documents: no call may write the database as a whole")

    def _operation(self, name: str, number: int, before: Document | TableState | None) -> list[Any]:
        """Return the log operation of a change: the state after the unit, so that replaying it twice is harmless."""
        if isinstance(before, TableState):
            return [name]
        document = self.contents(name).documents.get(number)
        return [name, number] if document is None else [name, number, document]

    def _commit(self) -> None:
        """Write a unit to the log. A no-op in memory."""
        self._changes.clear()

    def _rollback(self, mark: int) -> None:
        while len(self._changes) > mark:
            name, number, before = self._changes.pop()
            if isinstance(before, TableState):
                self.tables[name] = before
            else:
                self.writable(name).put(number, before)
