"""Scenarios: `@scenario(rule, needs=…)` registers a function of an `ApiClient` that plays a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pii_sandbox.conformance.values.errors import RuleViolation
from pii_sandbox.specs import Dialect

POWERS = frozenset({"read", "write", "delete", "erase", "clock", "control"})
Play = Callable[[Any], None]  # a function of an ApiClient


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. `needs` are the powers that a target must grant beyond `read`. `dialect` None: it holds in both.

    `waits`: for seconds, so that it is to be begun before the others. `immediate`: it is about the first read after a
    write, which is not repeated while the target lags behind. `assumed`: it plays a part of its rule that is assumed,
    and not documented, so that what differs is drift.
    """

    rule: str
    name: str
    play: Play
    needs: frozenset[str]
    dialect: Dialect | None = None
    waits: bool = False
    immediate: bool = False
    assumed: bool = False


REGISTRY: list[Scenario] = []


def scenario(
    rule: str,
    *,
    needs: Iterable[str] = (),
    dialect: Dialect | None = None,
    waits: bool = False,
    immediate: bool = False,
    assumed: bool = False,
) -> Callable[[Play], Play]:
    """Register the function as a scenario of that rule. Raises ValueError for an unknown power."""
    powers = frozenset(needs)
    if not powers <= POWERS:
        raise ValueError(f"{rule}: unknown power {', '.join(sorted(powers - POWERS))}")

    def register(play: Play) -> Play:
        name = str(getattr(play, "__name__", rule)).strip("_")
        REGISTRY.append(Scenario(rule, name, play, powers, dialect, waits, immediate, assumed))
        return play

    return register


def holds(condition: Any, expected: str, seen: object) -> None:
    """Raise RuleViolation unless the condition is true."""
    if not condition:
        raise RuleViolation(expected, repr(seen) if not isinstance(seen, str) else seen)
