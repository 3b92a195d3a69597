"""Dicts in parts of a few hundred entries. A copy shares them, and makes its own of those that it writes to.

So a copy of a hundred thousand entries, and the first write to it, cost hardly more than those of fifty. What was
copied from may be written to as well: neither sees what the other does.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeVar, overload

_BITS = 9
PART = 1 << _BITS
_HASH_BITS = 32  # a dict places its entries by the lowest bits of the hash: those of a part must not all be the same

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
D = TypeVar("D")


class CowIntMap(Mapping[int, V]):
    """By whole number, in the order of the numbers. A part holds neighbours."""

    __slots__ = ("_caches", "_count", "_last", "_own", "_parts")

    def __init__(self, entries: Mapping[int, V] | None = None) -> None:
        self._parts: dict[int, dict[int, V]] = {}  # in ascending order, none of them empty
        self._caches: dict[int, dict[Any, Any]] = {}  # of shared parts alone; whoever changes a part drops its own
        self._own: set[int] = set()
        self._count = 0
        self._last = -1  # the highest number that there ever was
        for number, value in (entries or {}).items():
            self[number] = value

    def copy(self) -> CowIntMap[V]:
        other: CowIntMap[V] = CowIntMap()
        other._parts = self._parts.copy()
        other._caches = {place: self._caches.setdefault(place, {}) for place in other._parts}
        other._count = self._count
        other._last = self._last
        self._own = set()
        return other

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._parts.values())

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number in self._parts.get(number >> _BITS, ())

    def __getitem__(self, number: int) -> V:
        return self._parts[number >> _BITS][number]

    @overload
    def get(self, number: int, /) -> V | None: ...
    @overload
    def get(self, number: int, /, default: V | D) -> V | D: ...

    def get(self, number: int, /, default: V | D | None = None) -> V | D | None:
        part = self._parts.get(number >> _BITS)
        return default if part is None else part.get(number, default)

    def parts(self) -> Iterable[Mapping[int, V]]:
        """All entries, in order, some hundred at a time."""
        return self._parts.values()

    def cached_parts(self) -> list[tuple[Mapping[int, V], dict[Any, Any]]]:
        """All parts, each with a cache for what is derived from it; copies share the cache with the part.

        For entries that nobody writes to any more, but through a copy.
        """
        return [(part, self._caches.setdefault(place, {})) for place, part in self._parts.items()]

    def pairs(self) -> Iterator[tuple[int, V]]:
        """As `items`, and several times as fast."""
        return chain.from_iterable(part.items() for part in self._parts.values())

    def listed(self) -> list[V]:
        """As `values`, and as fast as it gets."""
        return [value for part in self._parts.values() for value in part.values()]

    def at(self, start: int, stop: int) -> list[V]:
        """The values at these places in the order. Costs what it gives, and next to nothing for what is before."""
        found: list[V] = []
        for part in self._parts.values():
            size = len(part)
            if start < size:
                found += islice(part.values(), start, stop)
                start = size
                if stop <= size:
                    break
            start -= size
            stop -= size
        return found

    def after(self, number: int, most: int) -> list[tuple[int, V]]:
        """The next entries, so many at most."""
        found: list[tuple[int, V]] = []
        first = number + 1 >> _BITS
        for place, part in self._parts.items():
            if place >= first:
                found += [entry for entry in part.items() if entry[0] > number]
                if len(found) >= most:
                    break
        return found[:most]

    def last(self) -> int:
        """The highest number. Raises StopIteration where there is none."""
        return next(reversed(self._parts[next(reversed(self._parts))]))

    def __setitem__(self, number: int, value: V) -> None:
        place = number >> _BITS
        part = self._parts[place] if place in self._own else self._writable(place)
        before = len(part)
        part[number] = value
        if len(part) > before:
            self._count += 1
            if number <= self._last:
                self._parts[place] = dict(sorted(part.items()))
            else:
                self._last = number

    def __delitem__(self, number: int) -> None:
        part = self._writable(number >> _BITS)
        del part[number]
        self._count -= 1
        if not part:
            del self._parts[number >> _BITS]
            self._own.discard(number >> _BITS)

    def _writable(self, place: int) -> dict[int, V]:
        part = self._parts.get(place)
        if part is not None and place in self._own:
            return part
        self._own.add(place)
        self._caches.pop(place, None)
        if part is not None:
            part = self._parts[place] = part.copy()
            return part
        late = bool(self._parts) and place < next(reversed(self._parts))
        part = self._parts[place] = {}
        if late:
            self._parts = dict(sorted(self._parts.items()))
        return part


class CowHashMap(Mapping[K, V]):
    """By any key, in no order. Parts are split one at a time as entries come, so that no write waits for all."""

    __slots__ = ("_count", "_mask", "_own", "_parts")

    def __init__(self) -> None:
        self._parts: list[dict[K, V]] = [{}]
        self._mask = 0  # of the bits of a hash that tell parts apart; the highest of them does for split parts alone
        self._own = {0}
        self._count = 0

    def copy(self) -> CowHashMap[K, V]:
        other: CowHashMap[K, V] = CowHashMap()
        other._parts = self._parts.copy()
        other._mask = self._mask
        other._count = self._count
        other._own = set()
        self._own = set()
        return other

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[K]:
        return chain.from_iterable(self._parts)

    def __contains__(self, key: object) -> bool:
        return key in self._parts[self._place(key)]

    def __getitem__(self, key: K) -> V:
        return self._parts[self._place(key)][key]

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...

    def get(self, key: K, /, default: V | D | None = None) -> V | D | None:
        place = hash(key) >> _HASH_BITS & self._mask  # as `_place`: every look-up comes by here
        parts = self._parts
        return parts[place if place < len(parts) else place & self._mask >> 1].get(key, default)

    def __setitem__(self, key: K, value: V) -> None:
        place = hash(key) >> _HASH_BITS & self._mask  # as `_place`
        if place >= len(self._parts):
            place &= self._mask >> 1
        part = self._parts[place] if place in self._own else self._writable(place)
        before = len(part)
        part[key] = value
        if len(part) > before:
            self._count += 1
            if self._count > PART * len(self._parts):
                self._split()

    def setdefault(self, key: K, value: V) -> V:
        """What is there; `value`, which is there from now on, where nothing was."""
        place = hash(key) >> _HASH_BITS & self._mask  # as `_place`
        if place >= len(self._parts):
            place &= self._mask >> 1
        part = self._parts[place] if place in self._own else self._writable(place)
        before = len(part)
        known = part.setdefault(key, value)
        if len(part) > before:
            self._count += 1
            if self._count > PART * len(self._parts):
                self._split()
        return known

    def __delitem__(self, key: K) -> None:
        del self._writable(self._place(key))[key]
        self._count -= 1

    def _place(self, key: object) -> int:
        place = hash(key) >> _HASH_BITS & self._mask
        return place if place < len(self._parts) else place & self._mask >> 1

    def _writable(self, place: int) -> dict[K, V]:
        if place not in self._own:
            self._own.add(place)
            self._parts[place] = self._parts[place].copy()
        return self._parts[place]

    def _split(self) -> None:
        """One more part: the next one whose turn it is gives half of its entries (linear hashing)."""
        fresh = len(self._parts)
        if fresh > self._mask:
            self._mask = self._mask << 1 | 1
        split = fresh - (self._mask + 1 >> 1)
        going: dict[K, V] = {}
        staying: dict[K, V] = {}
        for key, value in self._parts[split].items():
            (going if hash(key) >> _HASH_BITS & self._mask == fresh else staying)[key] = value
        self._parts[split] = staying
        self._parts.append(going)
        self._own |= {split, fresh}
