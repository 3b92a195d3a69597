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
    sortable_instant,
)
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table import Database, IndexedTable
from pii_sandbox.mockserver.store.table_contents import TableState
from pii_sandbox.mockserver.store.text_columns import Column, Contains

Found = TypeVar("Found")


class Store:
    """All records of one sandbox. A collection is created by the first `put`.

    `path`: the file that keeps them; None keeps them in memory alone. A write returns once the operating system has the
    data; a write that the file refuses raises StoreError and changes nothing.
    `durable`: callers can wait until writes survive a power cut (`unflushed`, `flushed`).
    Threads may share a store; processes may not share the folder of its files.
    """

    def __init__(
        self, path: Path | None = None, *, durable: bool = False, storage: MemoryStorage | None = None
    ) -> None:
        opened = storage or (MemoryStorage() if path is None else FileStorage(path, durable=durable))
        self._storage = opened
        self._database = Database(storage=lambda: opened)
        self._tables: dict[str, IndexedTable] = {}

    def find(self, collection: str, id: str) -> Record | None:
        """Return the record with that id, or None. Does not scan."""
        if collection not in self._storage.tables:  # each request looks into collections that most sandboxes never have
            return None
        document = self._table(collection).get(ById(id))
        return None if document is None else as_record(document)

    def peek(self, collection: str, id: str) -> Record | None:
        """As `find`, without a copy: the value is the stored one and must not be changed."""
        found = self._table(collection).peek(id)
        return as_shared_record(found[0]) if found else None

    def find_by(self, collection: str, key: str, value: str) -> list[Record]:
        """Return the records whose `keys[key]` equals `value`, oldest first. Does not scan."""
        return [as_record(document) for document in self._table(collection).search(ByKey(key, value))]

    def peek_by(self, collection: str, key: str, value: str) -> list[Record]:
        """As `find_by`, without copies: the values are the stored ones and must not be changed."""
        found = self._table(collection).peek(value, key)  # usually one: then without the cost of a loop
        return [as_shared_record(found[0])] if len(found) == 1 else [as_shared_record(each) for each in found]

    def derived(self, collection: str, id: str, value: object, variant: object, derive: Callable[[], Found]) -> Found:
        """Return what `derive` makes of a stored value, cached until the record changes or goes. Not to be changed.

        `value`: the very value that `peek` gave; of any other, as an older version, nothing is cached. `variant`: what
        else the result depends on.
        """
        contents = self._storage.tables.get(collection)
        return derive() if contents is None else contents.derived(id, value, variant, derive)

    def ids_by(self, collection: str, key: str, value: str) -> list[str]:
        """Return the ids of the records whose `keys[key]` equals `value`, oldest first. No scan, no copies."""
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
        """Return a page of records by creation (an update keeps the place), or by a column's text, then by creation.

        `count` None: all that follow. The cost grows with the page, not with `offset`; `where` scans all texts.
        """
        with self._storage.lock:
            contents = self._table(collection).contents
            stop = len(contents.documents) if count is None else offset + count
            documents, total = paging.documents_at(contents, offset, stop, where, order, descending)
        return Page([as_record(document) for document in documents], total)

    def search(self, collection: str, query: Callable[[Record], bool]) -> list[Record]:
        """Return the records that the query matches, oldest first: a scan of the records as of the call.

        The query must not change its argument.
        """
        table = self.fork()._table(collection)  # shares the records: no lock is held during the scan
        return [as_record(document) for document in table.search(lambda stored: query(as_shared_record(stored)))]

    def count(self, collection: str) -> int:
        return len(self._table(collection))

    def counts(self) -> dict[str, int]:
        """Return the number of records by collection, without empty ones."""
        with self._storage.lock:
            tables = self._storage.tables.items()
            return {name: len(contents.documents) for name, contents in tables if contents.documents}

    def put(self, collection: str, record: Record) -> None:
        """Store the record, replacing one with the same id. Raises TypeError if it is not JSON-like."""
        self._table(collection).upsert(as_document(record), ById(record.id))

    def put_owned(self, collection: str, record: Record) -> None:
        """As `put`, without a copy: value and keys hold plain JSON types and must not be changed any more."""
        self._table(collection).upsert(as_owned_document(record), ById(record.id))

    def put_all(self, collection: str, records: Iterable[Record]) -> None:
        """Store all records as one unit."""
        table = self._table(collection)
        with self._storage:
            for record in records:
                table.upsert(as_document(record), ById(record.id))

    def drop(self, collection: str, id: str) -> bool:
        """Remove the record; return False if there is none."""
        return bool(self._table(collection).remove(ById(id)))

    def next_expired(self, now: datetime) -> tuple[str, Record] | None:
        """Return the collection and record with the earliest `expires_at` not after `now`. Does not scan.

        Among equal instants, the first by collection name, then the oldest.
        """
        first = self._storage.first_due(sortable_instant(now)) if self._storage.has_expiries else None
        return None if first is None else (first[0], as_record(first[1]))

    def scan(self, look: Callable[[Mapping[str, Any]], Found]) -> Iterator[tuple[str, str, Found]]:
        """Yield (collection, id, `look(document)`) for each record for which `look` returns something not empty.

        `look` gets the stored {"id", "value", "keys"}, which it must not change.
        """
        with self._storage.lock:
            tables = [(name, contents.documents.listed()) for name, contents in self._storage.tables.items()]
        for name, documents in tables:
            for document in documents:
                found = look(document)
                if found:
                    yield name, document["id"], found

    def parts(self, collection: str | None = None) -> list[tuple[str, Part]]:
        """Return all records, or those of one collection, as (collection, part) with some hundred records each.

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
        """Return (collection, stored document) for all records that have this value as one of their keys."""
        with self._storage.lock:
            return [
                (name, document)
                for name, contents in self._storage.tables.items()
                for key in contents.by_key
                for document in self._table(name).peek(value, key)
            ]

    def changes_since(self, before: Store) -> dict[str, TableDiff]:
        """Return the differences from `before`, by collection; collections without a change are left out."""
        with self._storage.lock:
            now = dict(self._storage.tables)
        then, nothing = dict(before._storage.tables), TableState()
        changes = {
            name: table_changes(then.get(name, nothing), now.get(name, nothing))
            for name in sorted(now.keys() | then.keys())
        }
        return {name: change for name, change in changes.items() if change}

    def exclusive(self) -> AbstractContextManager[None]:
        """Return a transaction: no other thread reads or writes inside the block. Re-entrant.

        All writes inside are one atomic unit, also on disk: an exception rolls them back. An exception that leaves an
        inner block but not the outer one rolls back the writes of the inner block.
        """
        return self._storage

    def clear(self) -> None:
        """Remove all records of all collections."""
        with self._storage:
            for name in self.counts():
                self._table(name).truncate()

    def fork(self, path: Path | None = None, *, durable: bool = False, lazy: bool = False) -> Store:
        """Return an independent store with the same records, which are shared until either store changes them.

        `path`: its file, which must not exist yet (StoreError if it does).
        `durable`: the file is on the disk when this returns, and callers can wait for writes. `lazy`: the file is
        created by the first change.
        """
        tables = self._storage.share()
        if path is None:
            return Store(storage=MemoryStorage(tables))
        return Store(storage=FileStorage(path, tables, durable=durable, lazy=lazy))

    def replace_contents(self, source: Store) -> None:
        """Replace all records by those of `source`, as one unit. In memory the two share them."""
        self._storage.replace(source._storage.share(), source._storage.origin)

    @property
    def unflushed(self) -> bool:
        """Whether a durable store has writes that a power cut could lose. Await `flushed` before responding then."""
        return self._storage.unflushed

    async def flushed(self) -> None:
        """Wait until all writes so far are on the disk, if the store is durable. Raises StoreError."""
        await self._storage.flushed()

    @property
    def storage(self) -> MemoryStorage:
        """The storage with the records: for backends, and for operations on all collections."""
        return self._storage

    def close(self) -> None:
        """Close the file, after all writes. A store without a file stays usable."""
        self._storage.close()

    def _table(self, collection: str) -> IndexedTable:
        table = self._tables.get(collection)  # cached here: `Database.table` costs as much as the look-up itself
        if table is None:
            table = self._tables[collection] = self._database.table(collection)
        return table
