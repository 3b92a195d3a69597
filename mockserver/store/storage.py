"""TinyDB storages that hold the live tables: in memory, or with a journal beside them."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from tinydb.storages import Storage

from mockserver.store import folder
from mockserver.store.contents import Contents, Document
from mockserver.store.copying import adopted
from mockserver.store.errors import StoreError
from mockserver.store.journal import Journal, Unit, write_aside

Tables = dict[str, Contents]
Change = tuple[str, int, Document | Contents | None]

_EMPTY = Contents()
_EMPTY.shared = True
_WHOLE_TABLE = 0  # stands for a document's number, all of which are above

_SPARED_BYTES = 1 << 20
_GROWTH = 4
_DOCUMENTS_A_LINE = 256

_log = logging.getLogger(__name__)


class MemoryStorage(Storage):
    """All tables of one store. `with storage:` is a unit: nobody else looks or writes, and an exception takes back what
    was written inside. Units nest; the outermost one is what is kept.
    """

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables: Tables = {} if tables is None else tables
        self.lock = threading.RLock()
        self._changes: list[Change] = []
        self._marks: list[int] = []

    def __enter__(self) -> None:
        self.lock.acquire()
        self._marks.append(len(self._changes))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        mark = self._marks.pop()
        try:
            if kind is not None:
                self._take_back(mark)
            elif not self._marks and self._changes:
                self._commit()
        finally:
            self.lock.release()

    def contents(self, name: str) -> Contents:
        """What a table holds, to be read."""
        return self.tables.get(name, _EMPTY)

    def writable(self, name: str) -> Contents:
        """What a table holds, this store's alone. A table comes into being here."""
        contents = self.tables.get(name)
        if contents is None:
            contents = self.tables[name] = Contents()
        elif contents.shared:
            contents = self.tables[name] = contents.copy()
        return contents

    def change(self, name: str, number: int, document: Document | None) -> None:
        """Puts a document into a table, or takes it away (None). Inside a unit only."""
        self._changes.append((name, number, self.writable(name).put(number, document)))

    def empty(self, name: str) -> None:
        """Takes everything out of a table. Inside a unit only."""
        self._changes.append((name, _WHOLE_TABLE, self.contents(name)))
        self.tables[name] = Contents()

    def share(self) -> Tables:
        """The same tables for another store: from now on, whoever writes first makes its own."""
        with self.lock:
            for contents in self.tables.values():
                contents.shared = True
            return {name: contents for name, contents in self.tables.items() if contents.documents}

    def read(self) -> dict[str, dict[Any, Any]] | None:
        """As TinyDB wants it: the documents by table. They are the live ones."""
        return {name: contents.documents for name, contents in self.tables.items()} or None

    def write(self, data: dict[str, dict[Any, Any]]) -> None:
        """As TinyDB wants it: the whole database anew. Tables of ours never come here; dropping tables does."""
        with self:
            anew = {name: table for name, table in data.items() if table is not self.contents(name).documents}
            for name in [name for name in self.tables if name not in data or name in anew]:
                self.empty(name)
                del self.tables[name]
            for name, documents in anew.items():
                for number, document in documents.items():
                    self.change(name, int(number), adopted(document))

    def _commit(self) -> None:
        try:
            self._keep(self._changes)
        except BaseException:
            self._take_back(0)
            raise
        self._changes.clear()

    def _keep(self, changes: list[Change]) -> None:
        """Makes a unit last. Memory has it already."""

    def _take_back(self, mark: int) -> None:
        while len(self._changes) > mark:
            name, number, before = self._changes.pop()
            if isinstance(before, Contents):
                self.tables[name] = before
            else:
                self.writable(name).put(number, before)


class JournalStorage(MemoryStorage):
    """Every unit is in the file before it is over. `tables` are what a new file begins with.

    Raises StoreError where the file cannot be had: in use, damaged, or there already although there are `tables`.
    """

    def __init__(self, path: Path, tables: Tables | None = None) -> None:
        super().__init__(tables)
        self._path = path
        self._closed = False
        folder.hold(path)
        try:
            if tables is None:
                self._journal = Journal(path)
                self._load()
            else:
                self._journal = _written(path, tables)
                self._limit = _bound(self._journal.size)
        except BaseException:
            folder.release(path)
            raise

    def close(self) -> None:
        with self.lock:
            if not self._closed:
                self._closed = True
                self._journal.close()
                folder.release(self._path)

    def _load(self) -> None:
        operations = 0
        try:
            with _uncollected():
                for unit in self._journal.units():
                    operations += len(unit)
                    for operation in unit:
                        self._replay(*operation)
        except BaseException:
            self._journal.close()
            raise
        alive = sum(len(contents.documents) for contents in self.tables.values())
        self._limit = _bound(self._journal.size * alive // max(operations, 1))
        self._compact_when_due()

    def _replay(self, name: str, number: int = _WHOLE_TABLE, document: Document | None = None) -> None:
        if number == _WHOLE_TABLE:
            self.tables.pop(name, None)
        else:
            self.writable(name).put(number, document)

    def _keep(self, changes: list[Change]) -> None:
        if self._closed:
            raise StoreError(f"{self._path} is closed")
        self._journal.append([self._operation(*change) for change in changes])
        self._compact_when_due()

    def _operation(self, name: str, number: int, before: Document | Contents | None) -> list[Any]:
        """What the journal says of a change: the state after the unit, so that saying it twice does no harm."""
        if isinstance(before, Contents):
            return [name]
        document = self.contents(name).documents.get(number)
        return [name, number] if document is None else [name, number, document]

    def _compact_when_due(self) -> None:
        """The file shrinks to what is alive. Where that fails the old one does as well as before."""
        if self._journal.size <= self._limit:
            return
        try:
            self._journal.rewrite(_units(self.tables))
        except StoreError as error:
            _log.warning("not compacted: %s", error)
        self._limit = _bound(self._journal.size)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: where only things that stay come into being, it takes longer than all the rest."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bound(live_bytes: int) -> int:
    """The size at which a file of that much that is alive is worth compacting."""
    return max(_SPARED_BYTES, _GROWTH * live_bytes)


def _written(path: Path, tables: Tables) -> Journal:
    if path.exists():
        raise StoreError(f"{path} is there already")
    write_aside(path, _units(tables), lasting=False)
    return Journal(path)


def _units(tables: Tables) -> Iterator[Unit]:
    """All that is alive, in lines of a handy length."""
    for name, contents in tables.items():
        for start in range(0, len(contents.order), _DOCUMENTS_A_LINE):
            numbers = contents.order[start : start + _DOCUMENTS_A_LINE]
            yield [[name, number, contents.documents[number]] for number in numbers]
