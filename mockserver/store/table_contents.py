"""State of one table: its documents, with indexes by id, key, expiry and text columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any, TypeVar

from pii_sandbox.mockserver.store.cow_maps import CowHashMap, CowIntMap
from pii_sandbox.mockserver.store.index import Index
from pii_sandbox.mockserver.store.text_columns import Column, Texts

Document = dict[str, Any]
Found = TypeVar("Found")

_STALE_EXPIRIES = 32
_MOST_DERIVED = 1024


class TableState:
    """Documents by TinyDB's number, in order of creation, which is the order of the numbers.

    No document is ever changed in place: `put` replaces it. So several stores can hold one TableState, which is then
    `shared`: a store copies it before it writes.
    Documents are indexed by `id`, by each of their `keys` and by `expires_at`, where they have these, and by the text
    columns that were asked for.
    """

    __slots__ = (
        "_columns",
        "_derived",
        "_expiring",
        "by_id",
        "by_key",
        "documents",
        "expiry_heap",
        "next_id",
        "shared",
    )

    def __init__(self) -> None:
        self.documents: CowIntMap[Document] = CowIntMap()
        self.by_id: CowHashMap[str, int] = CowHashMap()
        self.by_key: dict[str, Index] = {}
        self.expiry_heap: list[tuple[str, int]] = []  # a heap; its first entry is valid, others may be outdated
        self.next_id = 1
        self.shared = False
        self._expiring = 0
        self._columns: dict[Column, Texts] = {}
        self._derived: dict[str, tuple[object, object, Any]] = {}  # by id: the stored value, the variant, the result

    def copy(self) -> TableState:
        """Return an independent copy, which shares the documents."""
        other = TableState()
        other.documents = self.documents.copy()
        other.by_id = self.by_id.copy()
        other.by_key = {name: index.copy() for name, index in self.by_key.items()}
        other.expiry_heap = self.expiry_heap.copy()
        other.next_id = self.next_id
        other._expiring = self._expiring
        other._columns = {column: texts.copy() for column, texts in self._columns.copy().items()}
        return other

    def find(self, id: str) -> Document | None:
        number = self.by_id.get(id)
        return None if number is None else self.documents[number]

    def numbers_by(self, key: str, value: str) -> list[int]:
        """Return the numbers of the documents with that value of the key, oldest first."""
        index = self.by_key.get(key)
        return [] if index is None else index.numbers(value)

    def texts(self, column: Column) -> Texts:
        """Return that text column, up to date; it is built on first use and kept."""
        texts = self._columns.get(column)
        if texts is None:
            texts = Texts(column)
            for number in self.documents:
                texts.touch(number)
        texts.refresh(self.documents)
        self._columns[column] = texts  # stored once it is complete: other threads may share this table
        return texts

    def derived(self, id: str, value: object, variant: object, derive: Callable[[], Found]) -> Found:
        """Return `derive()` for a stored value, from the cache if it was computed for the same variant.

        A cached result is dropped with its document, at an update or a deletion.
        """
        known = self._derived.get(id)
        if known is not None and known[0] is value and known[1] == variant:
            result: Found = known[2]
            return result
        result = derive()
        number = self.by_id.get(id)
        if number is not None and self.documents[number].get("value") is value:
            if len(self._derived) >= _MOST_DERIVED:
                self._derived.clear()
            self._derived[id] = value, variant, result
        return result

    def put(self, number: int, document: Document | None) -> Document | None:
        """Put the document under that number, or remove it (None); return the one before."""
        for texts in self._columns.values():
            texts.touch(number)
        before = self.documents.get(number) if number < self.next_id else None
        if before is not None and self._derived:
            self._derived.pop(before.get("id", ""), None)
        if document is None:
            if before is not None:
                self._remove(number, before)
        elif before is None:
            self._add(number, document)
        else:
            self.documents[number] = document
            if any(before.get(name) != document.get(name) for name in ("id", "keys", "expires_at")):
                self._forget(number, before)
                self._index(number, document)
                self._prune_expiry_heap()
        return before

    def _add(self, number: int, document: Document) -> None:
        self.documents[number] = document
        if number >= self.next_id:
            self.next_id = number + 1
        self._index(number, document)

    def _remove(self, number: int, document: Document) -> None:
        del self.documents[number]
        self._forget(number, document)
        self._prune_expiry_heap()

    def _index(self, number: int, document: Document) -> None:
        own_id, due = document.get("id"), document.get("expires_at")
        if isinstance(own_id, str):
            self.by_id[own_id] = number
        for name, value in _keys(document):
            index = self.by_key.get(name)
            if index is None:
                index = self.by_key[name] = Index()
            index.add(value, number)
        if isinstance(due, str):
            heappush(self.expiry_heap, (due, number))
            self._expiring += 1

    def _forget(self, number: int, document: Document) -> None:
        own_id = document.get("id")
        if isinstance(own_id, str) and self.by_id.get(own_id) == number:
            del self.by_id[own_id]
        for name, value in _keys(document):
            self.by_key[name].remove(value, number)
        if isinstance(document.get("expires_at"), str):
            self._expiring -= 1

    def expiries(self) -> set[tuple[str, int]]:
        """Return all expiries, unordered, as (instant, document number)."""
        return {(due, number) for due, number in self.expiry_heap if self._holds(due, number)}

    def _prune_expiry_heap(self) -> None:
        """Drop outdated entries at the top of the heap, or all of them once they outnumber the valid ones."""
        if len(self.expiry_heap) > 2 * self._expiring + _STALE_EXPIRIES:
            self.expiry_heap = sorted(
                (document["expires_at"], number)
                for number, document in self.documents.pairs()
                if isinstance(document.get("expires_at"), str)
            )
        while self.expiry_heap and not self._holds(*self.expiry_heap[0]):
            heappop(self.expiry_heap)

    def _holds(self, due: str, number: int) -> bool:
        document = self.documents.get(number)
        return document is not None and document.get("expires_at") == due


def _keys(document: Document) -> Iterable[tuple[str, str]]:
    keys = document.get("keys")
    if not isinstance(keys, dict):
        return ()
    for value in keys.values():
        if not isinstance(value, str):
            return [(name, value) for name, value in keys.items() if isinstance(value, str)]
    return keys.items()
