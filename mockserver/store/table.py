"""TinyDB table with indexes: `get`, `search`, `insert`, `upsert`, `update` and `remove` cost what they find.

TinyDB's own table reads and writes the whole database for each call. This one overrides its public methods, one by one:
queries on `id` and on `keys` are answered from an index (`queries`), and a write changes single documents of the
storage, as one unit.

As with TinyDB's own, `get` and `search` return a `Document` that is a shallow copy, and documents passed in are stored
without a copy: `Store` makes the deep copies. Query results are not cached, as a query may depend on a clock.
TinyDB's calls that rewrite the database as a whole (`drop_tables`, `update_multiple`) raise NotImplementedError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, cast

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from pii_sandbox.mockserver.store.copies import deep_copy
from pii_sandbox.mockserver.store.queries import ById, matching_numbers
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table_contents import TableState

Fields = Mapping[str, Any] | Callable[[MutableMapping[Any, Any]], None]


class IndexedTable(Table):
    """Indexed table: by `id` (text, unique) and by each of the `keys` (texts by name). Documents may lack both."""

    _storage: MemoryStorage  # what `Database` is opened with

    def __init__(self, storage: Any, name: str) -> None:
        super().__init__(storage, name, cache_size=0)

    @property
    def contents(self) -> TableState:
        """The live documents with their indexes, for reading under the storage's lock."""
        return self._storage.contents(self._name)

    def get(self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """Return the first matching document, or None; with `doc_ids`, the list of those documents."""
        with self._storage.lock:
            contents = self.contents
            if doc_ids is not None:
                return [Document(contents.documents[number], number) for number in sorted(self._chosen(None, doc_ids))]
            if cond is None and doc_id is None:
                raise RuntimeError("get() wants a query, doc_id or doc_ids")
            numbers = matching_numbers(contents, cond) if cond is not None else self._chosen(None, [doc_id])
            for number in numbers:
                return Document(contents.documents[number], number)
        return None

    def peek(self, value: str, key: str | None = None) -> list[dict[str, Any]]:
        """Return the stored documents with that id or key, not to be changed: the one read that bypasses TinyDB's API.

        `search` builds a query and a `Document` for each match, which costs 2.5 of the 20 µs of a GET by id.
        """
        with self._storage.lock:
            contents = self._storage.tables.get(self._name)
            if contents is None:
                return []
            if key is None:
                number = contents.by_id.get(value)
                return [] if number is None else [contents.documents[number]]
            index, documents = contents.by_key.get(key), contents.documents
            if index is None:
                return []
            numbers = index.one_or_more(value)
            if not numbers:
                return []
            return [documents[numbers]] if isinstance(numbers, int) else [documents[number] for number in numbers]

    def search(self, cond: QueryLike) -> list[Document]:
        with self._storage.lock:
            contents = self.contents
            return [Document(contents.documents[number], number) for number in matching_numbers(contents, cond)]

    def count(self, cond: QueryLike) -> int:
        with self._storage.lock:
            return len(list(matching_numbers(self.contents, cond)))

    def __iter__(self) -> Iterator[Document]:
        with self._storage.lock:
            return iter([Document(document, number) for number, document in self.contents.documents.pairs()])

    def __len__(self) -> int:
        return len(self.contents.documents)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Add the document without a copy; return its number. Raises ValueError for an id in use."""
        with self._storage:
            return self._add(self._storage.writable(self._name), document)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Add all documents as one unit; return their numbers."""
        with self._storage:
            return [self.insert(document) for document in documents]

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        """Update the matching documents, or insert the document if none matches; return the numbers. One unit."""
        if cond is None:
            raise ValueError("upsert() wants a query")
        storage = self._storage
        with storage:
            contents = storage.writable(self._name)
            if cond.__class__ is ById and cond.id == document.get("id"):  # hot path of every write: no further calls
                number = contents.by_id.get(cond.id)
                if number is None:
                    number = contents.next_id
                else:
                    document = {**contents.documents[number], **document}
                storage.changed(self._name, number, contents.put(number, _require_dict(document)))
                return [number]
            numbers = matching_numbers(contents, cond)
            if not numbers:
                return [self._add(contents, document)]
            for number in numbers:
                self._replace(contents, number, {**contents.documents[number], **document})
        return list(numbers)

    def update(self, fields: Fields, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Set fields of the matching documents, or call `fields` with a copy of each; return the numbers. One unit."""
        with self._storage:
            contents = self._storage.writable(self._name)
            numbers = self._chosen(cond, doc_ids)
            for number in numbers:
                self._replace(contents, number, _updated_document(contents.documents[number], fields))
        return numbers

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        """Remove the matching documents; return their numbers. One unit."""
        if cond is None and doc_ids is None:
            raise RuntimeError("Use truncate() to remove all documents")
        with self._storage:
            numbers = self._chosen(cond, doc_ids)
            for number in numbers:
                self._storage.change(self._name, number, None)
        return numbers

    def truncate(self) -> None:
        with self._storage:
            self._storage.empty(self._name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        """Raise NotImplementedError: TinyDB's methods that come here would rewrite the whole table."""
        self._storage.write({})

    def _add(self, contents: TableState, document: Mapping[str, Any]) -> int:
        number = contents.next_id
        self._replace(contents, number, _require_dict(document))
        return number

    def _replace(self, contents: TableState, number: int, document: dict[str, Any]) -> None:
        if contents.by_id.get(document.get("id", ""), number) != number:
            raise ValueError(f"there is a document with the id {document['id']!r} already")
        self._storage.changed(self._name, number, contents.put(number, document))

    def _chosen(self, cond: QueryLike | None, doc_ids: Iterable[int | None] | None) -> list[int]:
        """Return the numbers of the documents that a call selects; of all, if it has neither query nor ids."""
        contents = self.contents
        if doc_ids is not None:
            return [number for number in doc_ids if number is not None and number in contents.documents]
        return list(contents.documents if cond is None else matching_numbers(contents, cond))


class Database(TinyDB):
    """A TinyDB database with indexed tables."""

    table_class: type[Table] = IndexedTable

    def table(self, name: str, **options: Any) -> IndexedTable:
        return cast("IndexedTable", super().table(name, **options))


def _require_dict(document: Mapping[str, Any]) -> dict[str, Any]:
    if document.__class__ is not dict:
        raise ValueError("Document is not a dict")
    return document


def _updated_document(before: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """Return the updated copy of a document: documents are never changed in place."""
    if callable(fields):
        fresh = deep_copy(before)
        fields(fresh)
        return fresh
    return {**before, **fields}
