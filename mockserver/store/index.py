"""Numbers of documents by a value that they have."""

from __future__ import annotations


class Index:
    """Most values belong to one document, and these copy at once; where there are more, each has a set of its own."""

    __slots__ = ("_alone", "_several")

    def __init__(self) -> None:
        self._alone: dict[str, int] = {}
        self._several: dict[str, set[int]] = {}

    def __len__(self) -> int:
        return len(self._alone) + len(self._several)

    def numbers(self, value: str) -> list[int]:
        """The numbers that have this value, lowest first."""
        alone = self._alone.get(value)
        return sorted(self._several.get(value, ())) if alone is None else [alone]

    def add(self, value: str, number: int) -> None:
        several = self._several.get(value)
        if several is not None:
            several.add(number)
            return
        alone = self._alone.setdefault(value, number)
        if alone != number:
            del self._alone[value]
            self._several[value] = {alone, number}

    def remove(self, value: str, number: int) -> None:
        several = self._several.get(value)
        if several is None:
            del self._alone[value]
            return
        several.remove(number)
        if len(several) == 1:
            del self._several[value]
            self._alone[value] = several.pop()

    def copy(self) -> Index:
        other = Index()
        other._alone = self._alone.copy()
        other._several = {value: numbers.copy() for value, numbers in self._several.items()}
        return other
