"""Texts that are looked through or sorted by: each is taken out of its document once, and kept until that changes."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.store.cow_maps import CowIntMap

_MANY = 16  # once more than every so-manieth has changed, sorting all anew is cheaper than moving each

# Stores may share a table, each with a lock of its own: so one lock for whoever brings a column up to date.
_refreshing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """The properties `names` of a stored value, each a text or None; `folded`: without case."""

    names: tuple[str, ...]
    folded: bool = False

    def texts(self, value: Mapping[str, Any]) -> list[str]:
        """One for each name; that of None is empty."""
        texts = [value.get(name) or "" for name in self.names]
        return [text.casefold() for text in texts] if self.folded else texts


@dataclass(frozen=True, slots=True)
class Contains:
    """Values that hold `text` in one of the texts of the column."""

    column: Column
    text: str


class Texts:
    """One column of one table: its texts by number, and the numbers in order of their texts once somebody asks."""

    __slots__ = ("_ascending", "_stale", "by_number", "column")

    def __init__(self, column: Column) -> None:
        self.column = column
        self.by_number: CowIntMap[str] = CowIntMap()
        self._ascending: list[int] | None = None  # replaced, never changed: copies share it
        self._stale: set[int] = set()

    def touch(self, number: int) -> None:
        """The document there is another one, or gone."""
        self._stale.add(number)

    def copy(self) -> Texts:
        with _refreshing:
            other = Texts(self.column)
            other.by_number = self.by_number.copy()
            other._ascending = self._ascending
            other._stale = self._stale.copy()
            return other

    def refresh(self, documents: Mapping[int, Mapping[str, Any]]) -> None:
        """To be called before a look at anything else here, with the table as it is."""
        with _refreshing:
            if self._stale:
                few = self._ascending is not None and len(self._stale) * _MANY < len(self._ascending)
                ascending = self._ascending.copy() if few and self._ascending is not None else None
                for number in self._stale:
                    self._move(number, documents.get(number), ascending)
                self._ascending = ascending
                self._stale.clear()

    def ascending(self) -> list[int]:
        """All numbers by their texts; of one text, the lowest first. Not to be changed."""
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
