"""The faults that wait in a sandbox."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mockserver.faults.effects import Effect
from mockserver.faults.matching import Fault, as_value, fault_of

MOST = 1_000
_HEADERS_REMEMBERED = 1_000


@dataclass(slots=True)
class _Waiting:
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
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _spent: dict[str, int] = field(default_factory=dict)
    _made: int = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, fault: Fault) -> None:
        self._made += 1
        self._waiting[fault.id] = _Waiting(fault, self._made, 0, fault.times)

    def listed(self) -> Iterator[tuple[Fault, int]]:
        """Each fault, its `times` those that are left, with the number of calls that it has matched."""
        for waiting in list(self._waiting.values()):  # calls may spend some of them meanwhile
            yield replace(waiting.fault, times=waiting.left), waiting.seen

    def remove(self, id: str) -> bool:
        return self._waiting.pop(id, None) is not None

    def clear(self) -> None:
        self._waiting.clear()
        self._spent.clear()
        self._made = 0

    def ask_for_body(self) -> bool:
        """Whether one of them matches on the body, so that it must be read first."""
        return any("body" in waiting.fault.match for waiting in self._waiting.values())

    def take(self, facts: Mapping[str, Any]) -> Effect | None:
        """The effect on a call with these facts, used up by it. `internal` faults are not for the gateway to take."""
        return self._taken(None, facts)

    def take_internal(self, rule: str, facts: Mapping[str, Any]) -> Effect | None:
        """The effect of a fault on that rule, used up by this call."""
        return self._taken(rule, facts)

    def count_header_use(self, header: str, times: int | None) -> bool:
        """Whether a request with this very X-Sandbox-Fault header is among the first `times` of the sandbox."""
        spent = self._spent.get(header, 0)
        if times is not None and spent >= times:
            return False
        self._spent[header] = spent + 1
        while len(self._spent) > _HEADERS_REMEMBERED:
            del self._spent[next(iter(self._spent))]
        return True

    def _taken(self, rule: str | None, facts: Mapping[str, Any]) -> Effect | None:
        for waiting in list(self._waiting.values()):
            fault = waiting.fault
            if fault.effect.internal == rule and fault.is_on(self.now()) and fault.meets(facts):
                waiting.seen += 1
                draw = random.Random(f"{self.seed}/{waiting.number}/{waiting.seen}")
                if waiting.seen > fault.after and draw.random() < fault.probability:
                    self._use(waiting)
                    return fault.effect.drawn(draw)
        return None

    def _use(self, waiting: _Waiting) -> None:
        if waiting.left is None:
            return
        waiting.left -= 1
        if waiting.left < 1:
            del self._waiting[waiting.fault.id]

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on as this would, JSON-like."""
        waiting = [
            {"fault": as_value(entry.fault), "number": entry.number, "seen": entry.seen, "left": entry.left}
            for entry in list(self._waiting.values())
        ]
        return {"made": self._made, "spent": dict(self._spent), "waiting": waiting}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._made, self._spent = state["made"], dict(state["spent"])
        self._waiting = {
            entry["fault"]["id"]: _Waiting(
                fault_of(entry["fault"]["id"], entry["fault"]), entry["number"], entry["seen"], entry["left"]
            )
            for entry in state["waiting"]
        }
