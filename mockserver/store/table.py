"""A TinyDB table that looks things up instead of scanning for them.

TinyDB's table goes through `_read_table`, `_update_table` and `_get_next_id` for all that it does; these are ours, and
`search` and `get` where an index answers the query. What TinyDB's own interface gives out is a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.table import Document, Table

from pii_sandbox.mockserver.store.copies import deep_copy, validated_copy
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table_contents import TableState


class IndexedTable(Table):
    """Documents with an `id` (text) are found by it, those with `keys` (texts by name) by these. Both may be missing.

    No two documents may have one `id`.
    """

    _storage: MemoryStorage  # what `Database` is opened with

    def __init__(self, storage: Any, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, name, cache_size, persist_empty)

    @property
    def contents(self) -> TableState:
        """The live documents with their indexes: to be read, under the storage's lock."""
        return self._storage.contents(self._name)

    def put(self, documents: Iterable[dict[str, Any]]) -> None:
        """Stores each in place of the one with the same id. They are the table's from now on: not to be changed."""
        with self._storage:
            contents = self._storage.writable(self._name)
            for document in documents:
                number = contents.by_id.get(document["id"], contents.next_id)
                self._storage.changed(self._name, number, contents.put(number, document))

    def drop(self, id: str) -> bool:
        """Removes the document with that id; False where there is none."""
        with self._storage:
            number = self.contents.by_id.get(id)
            if number is not None:
                self._storage.change(self._name, number, None)
        return number is not None

    def search(self, cond: QueryLike) -> list[Document]:
        with self._storage.lock:
            return [self._as_document(number) for number in self._matching(cond)]

    def get(self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """As TinyDB's: a document or None; a list where `doc_ids` are asked for."""
        with self._storage.lock:
            documents = self._read_table()
            if doc_id is not None:
                return self._as_document(doc_id) if doc_id in documents else None
            if doc_ids is not None:
                wanted = set(doc_ids)
                return [self._as_document(number) for number in documents if number in wanted]
            if cond is not None:
                return next((self._as_document(number) for number in self._matching(cond)), None)
        raise RuntimeError("get() wants a query, doc_id or doc_ids")

    def count(self, cond: QueryLike) -> int:
        with self._storage.lock:
            return sum(1 for _ in self._matching(cond))

    def truncate(self) -> None:
        with self._storage:
            self._storage.empty(self._name)

    def __iter__(self) -> Iterator[Document]:
        with self._storage.lock:
            return iter([self._as_document(number) for number in self._read_table()])

    def _as_document(self, number: int) -> Document:
        return Document(deep_copy(self.contents.documents[number]), number)

    def _matching(self, cond: QueryLike) -> Iterable[int]:
        """The numbers of the documents that fit: from an index where there is one, else by trying one after another."""
        contents = self.contents
        match getattr(cond, "_hash", None):  # TinyDB says so what a query asks: ("==", path, value)
            case ("==", ("id",), str(id)):
                return (contents.by_id[id],) if id in contents.by_id else ()
            case ("==", ("keys", str(key)), str(value)):
                return contents.numbers_by(key, value)
        return (number for number, document in contents.documents.pairs() if cond(document))

    def _read_table(self) -> Any:
        return self.contents.documents

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._storage:
            contents = self._storage.writable(self._name)
            changes = ChangeSet(contents.documents)
            updater(changes)
            made = changes.resulting_documents()
            _refuse_taken_ids(contents, made)
            for number, document in made.items():
                self._storage.change(self._name, number, document)

    def _get_next_id(self) -> int:
        with self._storage:
            contents = self._storage.writable(self._name)
            contents.next_id += 1
            return contents.next_id - 1


class Database(TinyDB):
    """TinyDB with these tables."""

    table_class = IndexedTable


class ChangeSet(MutableMapping[int, dict[str, Any]]):
    """A table as one of TinyDB's updaters sees it. What it does here is noted, and the table stays as it is."""

    def __init__(self, documents: Mapping[int, dict[str, Any]]) -> None:
        self._documents = documents
        self._touched: dict[int, dict[str, Any] | None] = {}

    def resulting_documents(self) -> dict[int, dict[str, Any] | None]:
        """What has become different, by number; None for what is gone. Raises TypeError for what JSON cannot hold."""
        return {
            number: None if document is None else validated_copy(document)
            for number, document in self._touched.items()
            if repr(document) != repr(self._documents.get(number))  # 1, 1.0 and True are equal, and three values
        }

    def __contains__(self, number: object) -> bool:
        if number in self._touched:
            return self._touched[number] is not None
        return number in self._documents

    def __getitem__(self, number: int) -> dict[str, Any]:
        if number not in self._touched:
            self._touched[number] = deep_copy(self._documents[number])
        document = self._touched[number]
        if document is None:
            raise KeyError(number)
        return document

    def __setitem__(self, number: int, document: dict[str, Any]) -> None:
        self._touched[number] = document

    def __delitem__(self, number: int) -> None:
        if number not in self:
            raise KeyError(number)
        self._touched[number] = None

    def __iter__(self) -> Iterator[int]:
        yield from [number for number in self._documents if number in self]
        yield from [number for number in self._touched if number not in self._documents and number in self]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        self._touched = dict.fromkeys(self._documents)


def _refuse_taken_ids(contents: TableState, made: dict[int, dict[str, Any] | None]) -> None:
    """Raises ValueError where two documents would have one id."""
    taken: set[str] = set()
    for number, document in made.items():
        own_id = None if document is None else document.get("id")
        if not isinstance(own_id, str):
            continue
        holder = contents.by_id.get(own_id, number)
        if own_id in taken or (holder != number and holder not in made):
            raise ValueError(f"there is a document with the id {own_id!r} already")
        taken.add(own_id)
