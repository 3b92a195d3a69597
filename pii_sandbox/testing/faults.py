"""Faults for the calls of a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from pii_sandbox.testing.clock import Instant, instant

_MATCH = ("api", "operation", "method", "path", "headers", "body")
_WHEN = ("times", "probability", "after")
_WINDOW = {"since": "from", "until": "until"}


class Effect(TypedDict, total=False):
    """What happens: one of these, and a delay with it or alone. `keys` and `error` belong to `internal`."""

    status: int
    delay_seconds: float
    delay: Mapping[str, Any]
    drop: Literal[True]
    malformed: Literal[True]
    truncate: Literal[True]
    drip_seconds: float
    internal: str
    keys: list[str]
    error: str


class Options(Effect, total=False):
    """To which calls it happens, how often, and when. `since` and `until` are instants of the sandbox's clock."""

    api: str
    operation: str
    method: str
    path: str
    headers: Mapping[str, str | bool]
    body: Mapping[str, Any]
    times: int
    probability: float
    after: int
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that waits for its calls."""

    id: str
    _call: Callable[..., Any]

    def remove(self) -> None:
        self._call("DELETE", f"/faults/{self.id}")


class Faults:
    """`faults.add(status=502, api="newstore", times=2)`."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def add(self, **options: Unpack[Options]) -> Fault:
        """Raises Refused for what cannot be."""
        given: dict[str, Any] = dict(options)
        body = {name: given.pop(name) for name in _WHEN if name in given}
        body |= {field: instant(given.pop(name)) for name, field in _WINDOW.items() if name in given}
        match = {name: given.pop(name) for name in _MATCH if name in given}
        return Fault(self._call("POST", "/faults", {**body, "match": match, "effect": given})["id"], self._call)

    def waiting(self) -> list[dict[str, Any]]:
        """Those that wait, each with how many calls it has `seen`."""
        found: list[dict[str, Any]] = self._call("GET", "/faults")["faults"]
        return found

    def clear(self) -> None:
        self._call("DELETE", "/faults")
