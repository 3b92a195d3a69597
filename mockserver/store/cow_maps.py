"""Copy-on-write maps: dicts in parts of a few hundred entries. A copy shares the parts until either map changes one.

Copying a hundred thousand entries, and the first write to the copy, cost hardly more than for fifty. Both the copy and
the original may be written to: neither sees the other's changes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeVar, overload

_BITS = 9
PART = 1 << _BITS
_HASH_BITS = 32  # parts are chosen by higher bits: a dict uses the lowest ones, which must differ within a part

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
D = TypeVar("D")


class CowIntMap(Mapping[int, V]):
    """Copy-on-write map with integer keys, in ascending order. A part holds neighbouring keys."""

    __slots__ = ("_caches", "_count", "_last", "_own", "_parts")

    def __init__(self, entries: Mapping[int, V] | None = None) -> None:
        self._parts: dict[int, dict[int, V]] = {}  # in ascending order, none of them empty
        self._caches: dict[int, dict[Any, Any]] = {}  # of shared parts alone; a change to a part drops its cache
        self._own: set[int] = set()
        self._count = 0
        self._last = -1  # the highest key that was ever used
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
        """Return all entries in order, in parts of some hundred."""
        return self._parts.values()

    def cached_parts(self) -> list[tuple[Mapping[int, V], dict[Any, Any]]]:
        """Return all parts, each with a cache for values derived from it; copies share the cache with the part.

        Call it on a map that is not written to any more, except through a copy.
        """
        return [(part, self._caches.setdefault(place, {})) for place, part in self._parts.items()]

    def pairs(self) -> Iterator[tuple[int, V]]:
        """Return the same as `items`, several times as fast."""
        return chain.from_iterable(part.items() for part in self._parts.values())

    def listed(self) -> list[V]:
        """Return the values as a list, faster than through `values`."""
        return [value for part in self._parts.values() for value in part.values()]

    def at(self, start: int, stop: int) -> list[V]:
        """Return the values at positions `start` to `stop`. The cost grows with their number, hardly with `start`."""
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
        """Return the next entries after key `number`, at most `most`."""
        found: list[tuple[int, V]] = []
        first = number + 1 >> _BITS
        for place, part in self._parts.items():
            if place >= first:
                found += [entry for entry in part.items() if entry[0] > number]
                if len(found) >= most:
                    break
        return found[:most]

    def last(self) -> int:
        """Return the highest key. Raises StopIteration if the map is empty."""
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
    """Copy-on-write map with hashable keys, unordered. It grows one part at a time, so that no write rehashes all."""

    __slots__ = ("_count", "_mask", "_own", "_parts")

    def __init__(self) -> None:
        self._parts: list[dict[K, V]] = [{}]
        self._mask = 0  # of the hash bits that select a part; the highest one applies to parts that were split
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
        place = hash(key) >> _HASH_BITS & self._mask  # as `_place`, inlined: every look-up runs this
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
        """Return the value of `key`; if it is missing, set it to `value` first."""
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
        """Split the next part in turn into two (linear hashing)."""
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
