"""What the rules call settable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Settings(Mapping[str, Any]):
    """The values in force. Setting one that cannot be raises Refused."""

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
        """Sets all or none."""
        self._call("PATCH", "/settings", dict(values))
