"""An immutable part of a collection, some hundred records, with a cache of values derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Derived = TypeVar("Derived")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """`records`: the stored documents {"id", "value", "keys"} by number, which must not be changed."""

    records: Mapping[int, Document]
    _cache: dict[Any, Any]

    def derived(self, make: Callable[[Iterable[Document]], Derived]) -> Derived:
        """Return `make(records)`, cached for all stores that share the part. `make`: a module-level function."""
        if make not in self._cache:
            self._cache[make] = make(self.records.values())
        found: Derived = self._cache[make]
        return found
