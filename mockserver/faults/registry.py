"""The faults that wait in a sandbox."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.faults.effects import Effect
from pii_sandbox.mockserver.faults.matchers import Fault, as_value, fault_of

MOST = 1_000
_HEADERS_REMEMBERED = 1_000


@dataclass(slots=True)
class _RegisteredFault:
    """A fault with its number in the sandbox, how many calls it matched, and how many it may still befall."""

    fault: Fault
    number: int
    seen: int
    left: int | None


def _no_time() -> datetime | None:
    return None


@dataclass(slots=True)
class Faults:
    """The faults of one sandbox, in the order in which they were made.

    Deterministic: what the n-th fault draws at its k-th call depends on `seed`, n and k alone.
    """

    seed: int = 0
    now: Callable[[], datetime | None] = _no_time
    _registered: dict[str, _RegisteredFault] = field(default_factory=dict)
    _spent: dict[str, int] = field(default_factory=dict)
    _made: int = 0

    def __bool__(self) -> bool:
        return bool(self._registered)

    def __len__(self) -> int:
        return len(self._registered)

    def add(self, fault: Fault) -> None:
        self._made += 1
        self._registered[fault.id] = _RegisteredFault(fault, self._made, 0, fault.times)

    def listed(self) -> Iterator[tuple[Fault, int]]:
        """Each fault, its `times` those that are left, with the number of calls that it has matched."""
        for registered in list(self._registered.values()):  # calls may spend some of them meanwhile
            yield replace(registered.fault, times=registered.left), registered.seen

    def remove(self, id: str) -> bool:
        return self._registered.pop(id, None) is not None

    def clear(self) -> None:
        self._registered.clear()
        self._spent.clear()
        self._made = 0

    def needs_body(self) -> bool:
        """Whether one of them matches on the body, so that it must be read first."""
        return any("body" in registered.fault.match for registered in self._registered.values())

    def take(self, facts: Mapping[str, Any]) -> Effect | None:
        """The effect on a call with these facts, used up by it. `internal` faults are not for the gateway to take."""
        return self._take_matching(None, facts)

    def take_internal(self, rule: str, facts: Mapping[str, Any]) -> Effect | None:
        """The effect of a fault on that rule, used up by this call."""
        return self._take_matching(rule, facts)

    def count_header_use(self, header: str, times: int | None) -> bool:
        """Whether a request with this very X-Sandbox-Fault header is among the first `times` of the sandbox."""
        spent = self._spent.get(header, 0)
        if times is not None and spent >= times:
            return False
        self._spent[header] = spent + 1
        while len(self._spent) > _HEADERS_REMEMBERED:
            del self._spent[next(iter(self._spent))]
        return True

    def _take_matching(self, rule: str | None, facts: Mapping[str, Any]) -> Effect | None:
        for registered in list(self._registered.values()):
            fault = registered.fault
            if fault.effect.internal == rule and fault.is_active(self.now()) and fault.matches(facts):
                registered.seen += 1
                draw = random.Random(f"{self.seed}/{registered.number}/{registered.seen}")
                if registered.seen > fault.after and draw.random() < fault.probability:
                    self._count_use(registered)
                    return fault.effect.drawn(draw)
        return None

    def _count_use(self, registered: _RegisteredFault) -> None:
        if registered.left is None:
            return
        registered.left -= 1
        if registered.left < 1:
            del self._registered[registered.fault.id]

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on as this would, JSON-like."""
        registered = [
            {"fault": as_value(entry.fault), "number": entry.number, "seen": entry.seen, "left": entry.left}
            for entry in list(self._registered.values())
        ]
        return {"made": self._made, "spent": dict(self._spent), "waiting": registered}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._made, self._spent = state["made"], dict(state["spent"])
        self._registered = {
            entry["fault"]["id"]: _RegisteredFault(
                fault_of(entry["fault"]["id"], entry["fault"]), entry["number"], entry["seen"], entry["left"]
            )
            for entry in state["waiting"]
        }
