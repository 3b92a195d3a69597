"""Text columns for search and sorting: texts of documents, extracted once and kept until the document changes."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.store.cow_maps import CowIntMap

_MANY = 16  # if more than one in so many texts changed, sorting all again is cheaper than moving each

# Stores with different locks may share a table: one lock guards the updates of all columns.
_refreshing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the properties `names` of a stored value, each a text or None. `folded`: case-folded."""

    names: tuple[str, ...]
    folded: bool = False

    def texts(self, value: Mapping[str, Any]) -> list[str]:
        """Return one text for each name; empty for None."""
        texts = [value.get(name) or "" for name in self.names]
        return [text.casefold() for text in texts] if self.folded else texts


@dataclass(frozen=True, slots=True)
class Contains:
    """Filter: values with `text` in one of the column's texts."""

    column: Column
    text: str


class Texts:
    """One column of one table: its texts by document number, and on demand the numbers sorted by text."""

    __slots__ = ("_ascending", "_stale", "by_number", "column")

    def __init__(self, column: Column) -> None:
        self.column = column
        self.by_number: CowIntMap[str] = CowIntMap()
        self._ascending: list[int] | None = None  # replaced, never changed in place: copies share it
        self._stale: set[int] = set()

    def touch(self, number: int) -> None:
        """Note that the document under that number was replaced or removed."""
        self._stale.add(number)

    def copy(self) -> Texts:
        with _refreshing:
            other = Texts(self.column)
            other.by_number = self.by_number.copy()
            other._ascending = self._ascending
            other._stale = self._stale.copy()
            return other

    def refresh(self, documents: Mapping[int, Mapping[str, Any]]) -> None:
        """Bring the column up to date with the table. Call it before any other access."""
        with _refreshing:
            if self._stale:
                few = self._ascending is not None and len(self._stale) * _MANY < len(self._ascending)
                ascending = self._ascending.copy() if few and self._ascending is not None else None
                for number in self._stale:
                    self._move(number, documents.get(number), ascending)
                self._ascending = ascending
                self._stale.clear()

    def ascending(self) -> list[int]:
        """Return all numbers sorted by text, equal texts by number. The list must not be changed."""
        with _refreshing:
            if self._ascending is None:
                texts = {number: text for part in self.by_number.parts() for number, text in part.items()}
                self._ascending = sorted(texts, key=texts.__getitem__)
            return self._ascending

    def _move(self, number: int, document: Mapping[str, Any] | None, ascending: list[int] | None) -> None:
        if ascending is not None and number in self.by_number:
            del ascending[bisect_left(ascending, self._rank(number), key=self._rank)]
        if document is not None:
            self.by_number[number] = "\n".join(self.column.texts(document["value"]))
            if ascending is not None:
                ascending.insert(bisect_left(ascending, self._rank(number), key=self._rank), number)
        elif number in self.by_number:
            del self.by_number[number]

    def _rank(self, number: int) -> tuple[str, int]:
        return self.by_number[number], number
