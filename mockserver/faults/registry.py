"""Registry of a sandbox's faults: selects the fault that applies to a call, and counts its uses."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pii_sandbox.mockserver.faults.effects import Effect
from pii_sandbox.mockserver.faults.matchers import Fault, fault_as_json, fault_of

MOST = 1_000
MOST_HEADERS = 1_000


@dataclass(slots=True)
class _RegisteredFault:
    """A fault with its number in the sandbox, the calls that it has matched, and the uses that it has left."""

    fault: Fault
    number: int
    seen: int
    left: int | None


def _no_time() -> datetime | None:
    return None


@dataclass(slots=True)
class Faults:
    """The faults of one sandbox, in the order of their creation.

    Deterministic: the random numbers of the n-th fault at its k-th call depend only on `seed`, n and k.
    """

    seed: int = 0
    now: Callable[[], datetime | None] = _no_time
    _registered: dict[str, _RegisteredFault] = field(default_factory=dict)
    _spent: dict[str, int] = field(default_factory=dict)
    _created: int = 0

    def __bool__(self) -> bool:
        return bool(self._registered)

    def __len__(self) -> int:
        return len(self._registered)

    def add(self, fault: Fault) -> None:
        self._created += 1
        self._registered[fault.id] = _RegisteredFault(fault, self._created, 0, fault.times)

    def listed(self) -> Iterator[tuple[Fault, int]]:
        """Yield each fault, with its remaining `times`, and the number of calls that it has matched."""
        for registered in list(self._registered.values()):  # a copy: concurrent calls may use some of them up
            yield replace(registered.fault, times=registered.left), registered.seen

    def remove(self, id: str) -> bool:
        return self._registered.pop(id, None) is not None

    def clear(self) -> None:
        self._registered.clear()
        self._spent.clear()
        self._created = 0

    def needs_body(self) -> bool:
        """Return whether a fault matches on the body, so that it must be read first."""
        return any("body" in registered.fault.match for registered in self._registered.values())

    def take(self, facts: Mapping[str, Any]) -> Effect | None:
        """Return the effect on a call with these facts, and count its use. Ignores `internal` faults."""
        return self._take_matching(None, facts)

    def take_internal(self, rule: str, facts: Mapping[str, Any]) -> Effect | None:
        """Return the effect of an `internal` fault on that rule, and count its use."""
        return self._take_matching(rule, facts)

    def ids_for(self, facts: Mapping[str, Any] | None, rule: str | None = None) -> list[str]:
        """Return the ids of the faults that a call with these facts meets now or later. Counts no use.

        `rule`: the rule whose `internal` faults to return; None: those that are not internal. `facts` None: any call's.
        """
        return [
            registered.fault.id
            for registered in list(self._registered.values())
            if registered.fault.effect.internal == rule and (facts is None or registered.fault.matches(facts))
        ]

    def count_header_use(self, header: str, times: int | None) -> bool:
        """Return whether this X-Sandbox-Fault header has been used less than `times` times, and count its use."""
        spent = self._spent.get(header, 0)
        if times is not None and spent >= times:
            return False
        self._spent[header] = spent + 1
        while len(self._spent) > MOST_HEADERS:
            del self._spent[next(iter(self._spent))]
        return True

    def _take_matching(self, rule: str | None, facts: Mapping[str, Any]) -> Effect | None:
        for registered in list(self._registered.values()):
            fault = registered.fault
            if fault.effect.internal == rule and fault.is_active(self.now()) and fault.matches(facts):
                registered.seen += 1
                rng = random.Random(f"{self.seed}/{registered.number}/{registered.seen}")
                if registered.seen > fault.after and rng.random() < fault.probability:
                    self._count_use(registered)
                    return fault.effect.sampled(rng)
        return None

    def _count_use(self, registered: _RegisteredFault) -> None:
        if registered.left is None:
            return
        registered.left -= 1
        if registered.left < 1:
            del self._registered[registered.fault.id]

    def state(self) -> dict[str, Any]:
        """Return the state for `restore`, as a JSON-like value."""
        registered = [
            {"fault": fault_as_json(entry.fault), "number": entry.number, "seen": entry.seen, "left": entry.left}
            for entry in list(self._registered.values())
        ]
        return {"made": self._created, "spent": dict(self._spent), "waiting": registered}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._created, self._spent = state["made"], dict(state["spent"])
        self._registered = {
            entry["fault"]["id"]: _RegisteredFault(
                fault_of(entry["fault"]["id"], entry["fault"]), entry["number"], entry["seen"], entry["left"]
            )
            for entry in state["waiting"]
        }
