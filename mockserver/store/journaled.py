"""The storage that lasts: live tables with a journal beside them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.store import folder
from mockserver.store.contents import Contents, Document
from mockserver.store.errors import StoreError
from mockserver.store.journal import Journal, Unit, write_aside
from mockserver.store.storage import Change, MemoryStorage, Tables

_SPARED_BYTES = 1 << 20  # a file that is smaller is not worth compacting
_GROWTH = 4
_DOCUMENTS_A_LINE = 256

_log = logging.getLogger(__name__)


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
        self._tidy()

    def _replay(self, name: str, number: int | None = None, document: Document | None = None) -> None:
        if number is None:
            self.tables.pop(name, None)
        else:
            self.writable(name).put(number, document)

    def _keep(self, changes: list[Change]) -> None:
        if self._closed:
            raise StoreError(f"{self._path} is closed")
        self._journal.append([self._operation(*change) for change in changes])

    def _operation(self, name: str, number: int, before: Document | Contents | None) -> list[Any]:
        """What the journal says of a change: the state after the unit, so that saying it twice does no harm."""
        if isinstance(before, Contents):
            return [name]
        document = self.contents(name).documents.get(number)
        return [name, number] if document is None else [name, number, document]

    def _tidy(self) -> None:
        """A file that has grown shrinks to what is alive. Where that fails the old one does as well as before."""
        if self._journal.size > self._limit:
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
