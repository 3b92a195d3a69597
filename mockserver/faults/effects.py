"""Effects of injected faults: status, delay, dropped connection, malformed or truncated response."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

LONGEST_SECONDS = 60.0
_EXCLUSIVE = ("status", "drop", "malformed", "truncate", "drip_seconds", "internal")
_DELAYS = ("delay_seconds", "delay")
_INTERNAL_FIELDS = ("keys", "error")


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a fault on a call: one of the fields, to which a delay may be added.

    `delay`: a distribution, sampled for each call: {"distribution": "uniform", "low_seconds", "high_seconds"},
    {"distribution": "normal", "mean_seconds", "deviation_seconds"} or {"distribution": "exponential", "mean_seconds"}.
    `truncate`: sends half of the announced body. `drip_seconds`: the time over which the body is sent.
    `internal`: a rule id; the handler of that rule simulates its failure, for `keys` and with `error` if given.
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

    def sampled(self, rng: random.Random) -> Effect:
        """Return the effect on one call, with its delay sampled: 0 to 60 seconds."""
        if self.delay is None:
            return self
        seconds = _random_delay(self.delay, rng)
        return replace(self, delay=None, delay_seconds=min(max(seconds, 0.0), LONGEST_SECONDS))


def combination_error(names: Iterable[str]) -> str | None:
    """Return why these fields of an effect cannot be combined; None if they can."""
    parts = set(names)
    alone, delays = [name for name in _EXCLUSIVE if name in parts], [name for name in _DELAYS if name in parts]
    if len(alone) > 1:
        return f"names {' and '.join(alone)}, of which only one can happen to a call"
    if len(delays) > 1:
        return f"names {' and '.join(delays)}, of which only one can happen to a call"
    if not (alone or delays):
        return f"names no effect: one of {', '.join((*_EXCLUSIVE, *_DELAYS))} is needed"
    if parts & set(_INTERNAL_FIELDS) and "internal" not in parts:
        return f"names {' and '.join(sorted(parts & set(_INTERNAL_FIELDS)))}, which belong to internal"
    if "internal" in parts and delays:
        return "names internal with a delay, which do not go together"
    return None


def _random_delay(delay: Mapping[str, Any], rng: random.Random) -> float:
    if delay["distribution"] == "uniform":
        return rng.uniform(delay["low_seconds"], delay["high_seconds"])
    if delay["distribution"] == "normal":
        return rng.gauss(delay["mean_seconds"], delay["deviation_seconds"])
    return rng.expovariate(1 / delay["mean_seconds"]) if delay["mean_seconds"] else 0.0


_NONE = asdict(Effect())


def effect_of(value: Mapping[str, Any]) -> Effect:
    """Return the effect of its JSON form in the control API."""
    return Effect(**{**value, "keys": tuple(value.get("keys", ()))})


def effect_as_json(effect: Effect) -> dict[str, Any]:
    """Return the JSON form of an effect for the control API, without unset fields."""
    value = {name: value for name, value in asdict(effect).items() if value != _NONE[name]}
    return {**value, "keys": list(effect.keys)} if effect.keys else value
