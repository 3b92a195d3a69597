"""The TinyDB storage that holds the live tables, and the units in which they change."""

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
_NO_NUMBER = 0  # where a whole table changed: what was there before is its Contents then


Origin = Mapping[str, Any]  # JSON-like: where tables come from, for a log that names them instead of repeating them


class MemoryStorage(Storage):
    """All tables of one store. `with storage:` is a unit: nobody else looks or writes, and an exception takes back what
    was written inside. Units nest; the outermost one is what is kept.
    """

    origin: Origin | None = None

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables: Tables = {} if tables is None else tables
        self.lock = threading.RLock()
        self.has_expiries = any(
            contents.expiry_heap for contents in self.tables.values()
        )  # whether anything was ever to expire
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
        """Whether somebody has to wait (`flushed`) before what was written is as safe as it gets."""
        return False

    async def flushed(self) -> None:
        """Returns when it is. Raises StoreError where it cannot be."""

    def held(self) -> AbstractContextManager[None]:
        """A block in which another thread writes several units that belong together. Entered by the event loop."""
        return nullcontext()

    def contents(self, name: str) -> TableState:
        """What a table holds, to be read."""
        return self.tables.get(name, _EMPTY)

    def writable(self, name: str) -> TableState:
        """What a table holds, this store's alone. A table comes into being here."""
        contents = self.tables.get(name)
        if contents is None:
            contents = self.tables[name] = TableState()
        elif contents.shared:
            contents = self.tables[name] = contents.copy()
        return contents

    def change(self, name: str, number: int, document: Document | None) -> None:
        """Puts a document into a table, or takes it away (None). Inside a unit only."""
        self.changed(name, number, self.writable(name).put(number, document))

    def changed(self, name: str, number: int, before: Document | None) -> None:
        """What was there before, so that it can be taken back. Inside a unit only."""
        self._changes.append((name, number, before))
        if self.tables[name].expiry_heap:
            self.has_expiries = True

    def empty(self, name: str) -> None:
        """Takes everything out of a table. Inside a unit only."""
        self._changes.append((name, _NO_NUMBER, self.contents(name)))
        self.tables[name] = TableState()

    def replay(self, name: str, number: int | None = None, document: Document | None = None) -> None:
        """Does again what an operation of a logged unit did."""
        if number is None:
            self.tables.pop(name, None)
        else:
            contents = self.writable(name)
            contents.put(number, document)
            self.has_expiries = self.has_expiries or bool(contents.expiry_heap)

    def first_due(self, latest: str) -> tuple[str, Document] | None:
        """The document with the earliest `expires_at`, and its table; None if that is after `latest`."""
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
        """The first `most` documents by `expires_at`: when, table, id."""
        with self.lock:
            due = (
                (at, name, contents.documents[number]["id"])
                for name, contents in self.tables.items()
                for at, number in contents.expiries()
            )
            return [(datetime.fromisoformat(at), name, own_id) for at, name, own_id in heapq.nsmallest(most, due)]

    def share(self) -> Tables:
        """The same tables for another store: from now on, whoever writes first makes its own."""
        with self.lock:
            for contents in self.tables.values():
                contents.shared = True
            return {name: contents for name, contents in self.tables.items() if contents.documents}

    def replace(self, tables: Tables, origin: Origin | None = None) -> None:
        """Holds these tables, shared with another store, in place of its own. One unit."""
        with self:
            for name in [name for name, contents in self.tables.items() if contents.documents]:
                self.empty(name)
            for name, contents in tables.items():
                self._changes.append((name, _NO_NUMBER, self.contents(name)))
                self.tables[name] = contents
                self.has_expiries = self.has_expiries or bool(contents.expiry_heap)

    def read(self) -> dict[str, Any] | None:
        """The live documents by table, as TinyDB reads them."""
        return {name: contents.documents for name, contents in self.tables.items()} or None

    def write(self, data: dict[str, Any]) -> None:
        """Refused: tables change one document at a time. TinyDB comes here with the whole database."""
        raise NotImplementedError("this storage takes single documents: no call may write the database as a whole")

    def _operation(self, name: str, number: int, before: Document | TableState | None) -> list[Any]:
        """What a log says of a change: the state after the unit, so that saying it twice does no harm."""
        if isinstance(before, TableState):
            return [name]
        document = self.contents(name).documents.get(number)
        return [name, number] if document is None else [name, number, document]

    def _commit(self) -> None:
        """Makes a unit last. Memory has it already."""
        self._changes.clear()

    def _rollback(self, mark: int) -> None:
        while len(self._changes) > mark:
            name, number, before = self._changes.pop()
            if isinstance(before, TableState):
                self.tables[name] = before
            else:
                self.writable(name).put(number, before)
