"""Some hundred records of a collection that stay as they are, and what was derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Derived = TypeVar("Derived")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """`records` are given as they are stored, {"id", "value", "keys"} by number, stay so, and must not be changed."""

    records: Mapping[int, Document]
    _cache: dict[Any, Any]

    def derived(self, make: Callable[[Iterable[Document]], Derived]) -> Derived:
        """What `make`, a function of a module, gives for the records: made once for all stores that share the part."""
        if make not in self._cache:
            self._cache[make] = make(self.records.values())
        found: Derived = self._cache[make]
        return found
