"""What a fault does to a call."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

LONGEST_SECONDS = 60.0
_ALONE = ("status", "drop", "malformed", "truncate", "drip_seconds", "internal")
_DELAYS = ("delay_seconds", "delay")
_OF_INTERNAL = ("keys", "error")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to a call. A delay may go with any other; of the others there is one.

    `delay` is a distribution, drawn from for each call: {"distribution": "uniform", "low_seconds", "high_seconds"},
    {"distribution": "normal", "mean_seconds", "deviation_seconds"} or {"distribution": "exponential", "mean_seconds"}.
    `truncate` announces the whole answer and sends half of it; `drip_seconds` is how long its body takes to arrive.
    `internal` is a rule id: the handler that knows the rule plays its failure, for `keys` with `error` where given.
    """

    status: int | None = None
    delay_seconds: float | None = None
    delay: Mapping[str, Any] | None = None
    drop: bool = False
    malformed: bool = False
    truncate: bool = False
    drip_seconds: float | None = None
    internal: str | None = None
    keys: tuple[str, ...] = ()
    error: str | None = None

    def drawn(self, draw: random.Random) -> Effect:
        """This effect on one call, its delay drawn; of 0 to 60 s."""
        if self.delay is None:
            return self
        seconds = _random_delay(self.delay, draw)
        return replace(self, delay=None, delay_seconds=min(max(seconds, 0.0), LONGEST_SECONDS))


def combination_error(named: Iterable[str]) -> str | None:
    """What is wrong with naming these parts of an effect together; None where they make one."""
    parts = set(named)
    alone, delays = [name for name in _ALONE if name in parts], [name for name in _DELAYS if name in parts]
    if len(alone) > 1:
        return f"names {' and '.join(alone)}, of which only one can happen to a call"
    if len(delays) > 1:
        return f"names {' and '.join(delays)}, of which only one can happen to a call"
    if not (alone or delays):
        return f"names no effect: one of {', '.join((*_ALONE, *_DELAYS))} is needed"
    if parts & set(_OF_INTERNAL) and "internal" not in parts:
        return f"names {' and '.join(sorted(parts & set(_OF_INTERNAL)))}, which belong to internal"
    if "internal" in parts and delays:
        return "names internal with a delay, which do not go together"
    return None


def _random_delay(delay: Mapping[str, Any], draw: random.Random) -> float:
    if delay["distribution"] == "uniform":
        return draw.uniform(delay["low_seconds"], delay["high_seconds"])
    if delay["distribution"] == "normal":
        return draw.gauss(delay["mean_seconds"], delay["deviation_seconds"])
    return draw.expovariate(1 / delay["mean_seconds"]) if delay["mean_seconds"] else 0.0


_NONE = asdict(Effect())


def effect_of(value: Mapping[str, Any]) -> Effect:
    """The effect that a control call spells out."""
    return Effect(**{**value, "keys": tuple(value.get("keys", ()))})


def as_value(effect: Effect) -> dict[str, Any]:
    """The effect as a control call spells it, what is not set left out."""
    value = {name: value for name, value in asdict(effect).items() if value != _NONE[name]}
    return {**value, "keys": list(effect.keys)} if effect.keys else value
