"""Faults that somebody asked for: which calls they meet, how often, and what they do."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does: exactly one of these, but for `keys` and `error`, which belong to `internal`.

    `internal` is a rule id: the handler that knows the rule plays its failure, for `keys` with `error` where given.
    """

    status: int | None = None
    delay_seconds: float | None = None
    drop: bool = False
    malformed: bool = False
    internal: str | None = None
    keys: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """`match` may name api, operation, method and path (a prefix); `times` None: until it is deleted."""

    id: str
    match: Mapping[str, str]
    effect: Effect
    times: int | None = None
    probability: float = 1.0

    def meets(self, facts: Mapping[str, str]) -> bool:
        return all(
            facts.get(name, "").startswith(wanted) if name == "path" else facts.get(name) == wanted
            for name, wanted in self.match.items()
        )


@dataclass(slots=True)
class Faults:
    """The faults of one sandbox, in the order in which they were made; deterministic for a seed."""

    seed: int = 0
    _faults: dict[str, Fault] = field(default_factory=dict)
    _spent: dict[str, int] = field(default_factory=dict)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, fault: Fault) -> None:
        self._faults[fault.id] = fault

    def listed(self) -> list[Fault]:
        return list(self._faults.values())

    def remove(self, id: str) -> bool:
        return self._faults.pop(id, None) is not None

    def clear(self) -> None:
        self._faults.clear()
        self._spent.clear()

    def take(self, facts: Mapping[str, str]) -> Effect | None:
        """The effect on a call with these facts, used up by it. `internal` faults are not for the gateway to take."""
        for fault in self._faults.values():
            if fault.effect.internal is None and fault.meets(facts) and self._random.random() < fault.probability:
                self._use(fault)
                return fault.effect
        return None

    def take_internal(self, rule: str, facts: Mapping[str, str]) -> Effect | None:
        """The effect of a fault on that rule, used up by this call."""
        for fault in self._faults.values():
            if fault.effect.internal == rule and fault.meets(facts) and self._random.random() < fault.probability:
                self._use(fault)
                return fault.effect
        return None

    def first_times(self, header: str, times: int | None) -> bool:
        """Whether a request with this very X-Sandbox-Fault header is among the first `times` of the sandbox."""
        spent = self._spent.get(header, 0)
        if times is not None and spent >= times:
            return False
        self._spent[header] = spent + 1
        return True

    def _use(self, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._faults[fault.id]
        else:
            self._faults[fault.id] = replace(fault, times=fault.times - 1)


def effect_of(value: Mapping[str, Any]) -> Effect:
    """The effect that a control call or an X-Sandbox-Fault header spells out."""
    return Effect(**{**value, "keys": tuple(value.get("keys", ()))})
