"""Index: document numbers by the value of a field."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable

from pii_sandbox.mockserver.store.cow_maps import CowHashMap, CowIntMap

_FEW = 32

Numbers = int | tuple[int, ...] | CowIntMap[None]


class Index:
    """Maps values to document numbers. Copies share the collections of numbers, which are never changed."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: CowHashMap[str, Numbers] = CowHashMap()

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, value: str) -> list[int]:
        """Return the numbers of the documents with this value, lowest first."""
        known = self._numbers.get(value)
        return [] if known is None else _numbers_as_list(known)

    def one_or_more(self, value: str) -> int | Iterable[int]:
        """As `numbers`, but a single number, the usual case, without a list."""
        known = self._numbers.get(value)
        return () if known is None else known

    def add(self, value: str, number: int) -> None:
        known = self._numbers.setdefault(value, number)
        if known == number:
            return
        if isinstance(known, CowIntMap):
            more = known.copy()
            more[number] = None
            self._numbers[value] = more
        else:
            numbers = _numbers_as_list(known)
            insort(numbers, number)
            self._numbers[value] = _compact_numbers(numbers)

    def remove(self, value: str, number: int) -> None:
        known = self._numbers[value]
        if isinstance(known, int):
            del self._numbers[value]
        elif isinstance(known, CowIntMap) and len(known) > _FEW + 1:
            less = known.copy()
            del less[number]
            self._numbers[value] = less
        else:
            self._numbers[value] = _compact_numbers([other for other in known if other != number])

    def copy(self) -> Index:
        other = Index()
        other._numbers = self._numbers.copy()
        return other


def _numbers_as_list(known: Numbers) -> list[int]:
    return [known] if isinstance(known, int) else list(known)


def _compact_numbers(numbers: list[int]) -> Numbers:
    """Return the smallest representation; many numbers go into a map of parts, so that adding one does not copy all."""
    if len(numbers) == 1:
        return numbers[0]
    return tuple(numbers) if len(numbers) <= _FEW else CowIntMap(dict.fromkeys(numbers))
