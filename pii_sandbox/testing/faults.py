"""Client for fault injection in a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

from pii_sandbox.testing.clock import Instant, format_instant

_MATCH = ("api", "operation", "method", "path", "headers", "body")
_WHEN = ("times", "probability", "after")
_WINDOW = {"since": "from", "until": "until"}


class FaultEffect(TypedDict, total=False):
    """The effect of a fault: one of these fields, to which a delay may be added. `keys` and `error` need `internal`."""

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


class FaultOptions(FaultEffect, total=False):
    """The effect, and the calls, number and period to which it applies. `since`, `until`: by the sandbox's clock."""

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
    """A fault of a sandbox."""

    id: str
    _call: Callable[..., Any]

    def remove(self) -> None:
        """Delete the fault."""
        self._call("DELETE", f"/faults/{self.id}")


class Faults:
    """Faults of a sandbox: `faults.add(status=502, api="newstore", times=2)`."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def add(self, **options: Unpack[FaultOptions]) -> Fault:
        """Add a fault. Raises Refused for invalid options."""
        effect: dict[str, Any] = dict(options)
        body = {name: effect.pop(name) for name in _WHEN if name in effect}
        body |= {field: format_instant(effect.pop(name)) for name, field in _WINDOW.items() if name in effect}
        match = {name: effect.pop(name) for name in _MATCH if name in effect}
        return Fault(self._call("POST", "/faults", {**body, "match": match, "effect": effect})["id"], self._call)

    def waiting(self) -> list[dict[str, Any]]:
        """Return the faults that are not used up, each with the number of calls that it has `seen`."""
        faults: list[dict[str, Any]] = self._call("GET", "/faults")["faults"]
        return faults

    def clear(self) -> None:
        """Delete all faults."""
        self._call("DELETE", "/faults")
