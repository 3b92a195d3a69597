"""The document store of one sandbox: records in TinyDB tables with indexes, one table a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pii_sandbox.mockserver.store import paging
from pii_sandbox.mockserver.store.diff import TableDiff, table_changes
from pii_sandbox.mockserver.store.file_storage import FileStorage
from pii_sandbox.mockserver.store.paging import Page
from pii_sandbox.mockserver.store.part import Part
from pii_sandbox.mockserver.store.queries import ById, ByKey
from pii_sandbox.mockserver.store.record import (
    Record,
    as_document,
    as_owned_document,
    as_record,
    as_shared_record,
    instant,
)
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table import Database, IndexedTable
from pii_sandbox.mockserver.store.table_contents import TableState
from pii_sandbox.mockserver.store.text_columns import Column, Contains

Found = TypeVar("Found")


class Store:
    """All records of one sandbox. Collections come into being when something is put into them.

    `path` is the file that keeps them; None keeps them in memory alone. A write that has returned is with the operating
    system; one that the file does not take raises StoreError and changes nothing.
    `durable`: what was written can be waited for until it survives a power cut (`unflushed`, `flushed`).
    Threads may share a store; a process has the folder of its files to itself.
    """

    def __init__(
        self, path: Path | None = None, *, durable: bool = False, storage: MemoryStorage | None = None
    ) -> None:
        opened = storage or (MemoryStorage() if path is None else FileStorage(path, durable=durable))
        self._storage = opened
        self._database = Database(storage=lambda: opened)
        self._tables: dict[str, IndexedTable] = {}

    def find(self, collection: str, id: str) -> Record | None:
        """The record with that id. Does not scan."""
        if collection not in self._storage.tables:  # of what most sandboxes never have, each request asks for some
            return None
        document = self._table(collection).get(ById(id))
        return None if document is None else as_record(document)

    def peek(self, collection: str, id: str) -> Record | None:
        """As `find`, without a copy: the value is the stored one, which nobody may change."""
        found = self._table(collection).peek(id)
        return as_shared_record(found[0]) if found else None

    def find_by(self, collection: str, key: str, value: str) -> list[Record]:
        """The records whose `keys[key]` equals `value`, oldest first. Does not scan."""
        return [as_record(document) for document in self._table(collection).search(ByKey(key, value))]

    def peek_by(self, collection: str, key: str, value: str) -> list[Record]:
        """As `find_by`, without copies: the values are the stored ones, which nobody may change."""
        found = self._table(collection).peek(value, key)  # one, of most keys: then without the cost of a loop
        return [as_shared_record(found[0])] if len(found) == 1 else [as_shared_record(each) for each in found]

    def derived(self, collection: str, id: str, value: object, variant: object, derive: Callable[[], Found]) -> Found:
        """Return what `derive` makes of a stored value, cached until the record changes or goes. Not to be changed.

        `value`: the very value that `peek` gave; of any other, as an older version, nothing is cached. `variant`: what
        else the result depends on.
        """
        contents = self._storage.tables.get(collection)
        return derive() if contents is None else contents.derived(id, value, variant, derive)

    def ids_by(self, collection: str, key: str, value: str) -> list[str]:
        """The ids of the records whose `keys[key]` equals `value`, oldest first. Does not scan, and copies nothing."""
        found = self._table(collection).peek(value, key)
        return [document["id"] for document in found] if found else []

    def page(
        self,
        collection: str,
        *,
        offset: int = 0,
        count: int | None = None,
        where: Contains | None = None,
        order: Column | None = None,
        descending: bool = False,
    ) -> Page:
        """Records in order of creation (an update keeps the place), or by the text of a column and then by creation.

        `count` None: all that follow. A page costs what is on it, wherever it begins; `where` looks at all texts.
        """
        with self._storage.lock:
            contents = self._table(collection).contents
            stop = len(contents.documents) if count is None else offset + count
            documents, total = paging.page(contents, offset, stop, where, order, descending)
        return Page([as_record(document) for document in documents], total)

    def search(self, collection: str, query: Callable[[Record], bool]) -> list[Record]:
        """The records that the query holds for, oldest first: a scan, of the records as they are when it begins.

        The query must not change what it is given.
        """
        table = self.fork()._table(collection)  # shared records: nobody waits for the scan
        return [as_record(document) for document in table.search(lambda stored: query(as_shared_record(stored)))]

    def count(self, collection: str) -> int:
        return len(self._table(collection))

    def counts(self) -> dict[str, int]:
        """How many records each collection holds, empty ones left out."""
        with self._storage.lock:
            tables = self._storage.tables.items()
            return {name: len(contents.documents) for name, contents in tables if contents.documents}

    def put(self, collection: str, record: Record) -> None:
        """Stores the record, in place of the one with the same id. Raises TypeError if it is not JSON-like."""
        self._table(collection).upsert(as_document(record), ById(record.id))

    def put_owned(self, collection: str, record: Record) -> None:
        """As `put`, without a copy: value and keys hold JSON's own types, and nobody changes them from now on."""
        self._table(collection).upsert(as_owned_document(record), ById(record.id))

    def put_all(self, collection: str, records: Iterable[Record]) -> None:
        """Stores them all as one unit."""
        table = self._table(collection)
        with self._storage:
            for record in records:
                table.upsert(as_document(record), ById(record.id))

    def drop(self, collection: str, id: str) -> bool:
        """Removes the record; False where there is none."""
        return bool(self._table(collection).remove(ById(id)))

    def next_expired(self, now: datetime) -> tuple[str, Record] | None:
        """The record whose `expires_at` is the earliest and not after `now`, with its collection. Does not scan.

        Of those due at one instant, the first by collection name, then the oldest.
        """
        first = self._storage.first_due(instant(now)) if self._storage.has_expiries else None
        return None if first is None else (first[0], as_record(first[1]))

    def scan(self, look: Callable[[Mapping[str, Any]], Found]) -> Iterator[tuple[str, str, Found]]:
        """What `look` finds in each record, with collection and id, where that is not empty.

        `look` is given {"id", "value", "keys"} as they are stored, which it must not change.
        """
        with self._storage.lock:
            tables = [(name, contents.documents.listed()) for name, contents in self._storage.tables.items()]
        for name, documents in tables:
            for document in documents:
                found = look(document)
                if found:
                    yield name, document["id"], found

    def parts(self, collection: str | None = None) -> list[tuple[str, Part]]:
        """All records, or those of one collection, some hundred at a time, with their collection.

        Stores that share records share most parts.
        """
        with self._storage.lock:
            return [
                (name, Part(records, cache))
                for name, held in self._storage.share().items()
                if collection in (None, name)
                for records, cache in held.documents.cached_parts()
            ]

    def with_key(self, value: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The records that have this value as one of their keys, with their collection, as they are stored."""
        with self._storage.lock:
            return [
                (name, document)
                for name, contents in self._storage.tables.items()
                for key in contents.by_key
                for document in self._table(name).peek(value, key)
            ]

    def changes_since(self, before: Store) -> dict[str, TableDiff]:
        """What this store has otherwise than that one, by collection; those without a change left out."""
        with self._storage.lock:
            now = dict(self._storage.tables)
        then, nothing = dict(before._storage.tables), TableState()
        changes = {
            name: table_changes(then.get(name, nothing), now.get(name, nothing))
            for name in sorted(now.keys() | then.keys())
        }
        return {name: change for name, change in changes.items() if change}

    def exclusive(self) -> AbstractContextManager[None]:
        """Nobody writes between our look and our write. Re-entrant.

        What is written inside is one unit: an exception takes all of it back, and on disk it is there whole or not at
        all. An exception that leaves an inner block, and not the outer one, takes back what the inner block wrote.
        """
        return self._storage

    def clear(self) -> None:
        """Removes every record of every collection."""
        with self._storage:
            for name in self.counts():
                self._table(name).truncate()

    def fork(self, path: Path | None = None, *, durable: bool = False, lazy: bool = False) -> Store:
        """A store of its own with the same records: shares them with this one until either is changed.

        `path` is where it keeps them, a file that does not exist yet (StoreError where it does).
        `durable`: it is on the disk when this returns, and what is written to it can be waited for. `lazy`: the file
        comes into being with the first change.
        """
        tables = self._storage.share()
        if path is None:
            return Store(storage=MemoryStorage(tables))
        return Store(storage=FileStorage(path, tables, durable=durable, lazy=lazy))

    def replace_contents(self, source: Store) -> None:
        """Holds the records of `source` in place of its own, as one unit. In memory the two share them."""
        self._storage.replace(source._storage.share(), source._storage.origin)

    @property
    def unflushed(self) -> bool:
        """Whether a durable store holds what a power cut might take. Whoever answers then awaits `flushed` first."""
        return self._storage.unflushed

    async def flushed(self) -> None:
        """Waits until all that was written so far is on the disk, if the store is durable. Raises StoreError."""
        await self._storage.flushed()

    @property
    def storage(self) -> MemoryStorage:
        """What holds the records: for backends, and for what is about all collections."""
        return self._storage

    def close(self) -> None:
        """Gives the file back; what was written is in it. A store without a file goes on as before."""
        self._storage.close()

    def _table(self, collection: str) -> IndexedTable:
        table = self._tables.get(collection)  # a call of `Database.table` for each look-up costs as much as the look-up
        if table is None:
            table = self._tables[collection] = self._database.table(collection)
        return table
