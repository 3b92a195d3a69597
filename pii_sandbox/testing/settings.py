"""Client for the rule settings of a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Settings(Mapping[str, Any]):
    """The current settings, as a mapping. Assigning an invalid value raises Refused."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __getitem__(self, name: str) -> Any:
        return self._call("GET", "/settings")[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._call("GET", "/settings"))

    def __len__(self) -> int:
        return len(self._call("GET", "/settings"))

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, values: Mapping[str, Any]) -> None:
        """Set all of these values or, if one is invalid, none."""
        self._call("PATCH", "/settings", dict(values))
