"""Fault definitions, and their matching against requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from pii_sandbox.mockserver.faults import effects
from pii_sandbox.mockserver.faults.effects import Effect


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: the calls that it matches, and its effect.

    `match`: any of api, operation, method, path (a prefix), headers, body. In `headers` a text is the required value,
    true and false require presence and absence. `body` maps dotted paths to values; an object matches by the given
    properties, an array by any of its items. `after`: number of matching calls before the first effect. `starts` and
    `ends`: instants of the sandbox's clock. `times`: number of effects; None: no limit.
    """

    id: str
    match: Mapping[str, Any]
    effect: Effect
    times: int | None = None
    probability: float = 1.0
    after: int = 0
    starts: datetime | None = None
    ends: datetime | None = None

    def matches(self, facts: Mapping[str, Any]) -> bool:
        return all(_matches(name, wanted, facts) for name, wanted in self.match.items())

    def is_active(self, now: datetime | None) -> bool:
        """Return whether `now` lies between `starts` and `ends`."""
        if now is None:
            return self.starts is None and self.ends is None
        return (self.starts is None or self.starts <= now) and (self.ends is None or now < self.ends)


def _matches(name: str, wanted: Any, facts: Mapping[str, Any]) -> bool:
    if name == "path":
        return unquote(facts.get(name, "")).startswith(unquote(wanted))  # a client may send `@` or `%40`
    if name == "headers":
        sent = facts.get(name, {})
        return all(_header_matches(sent.get(header.lower()), value) for header, value in wanted.items())
    if name == "body":
        body = facts.get(name)
        return all(
            any(_contains(actual, value) for actual in _values_at(body, path.split(".")))
            for path, value in wanted.items()
        )
    return bool(facts.get(name) == wanted)


def _header_matches(sent: str | None, wanted: str | bool) -> bool:
    return (sent is not None) is wanted if isinstance(wanted, bool) else sent == wanted


def _contains(value: Any, wanted: Any) -> bool:
    """Return whether a JSON value contains another: objects by the given properties, everything else by equality."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(name in value and _contains(value[name], inner) for name, inner in wanted.items())
    return type(value) is type(wanted) and bool(value == wanted)


def _values_at(value: Any, path: list[str]) -> list[Any]:
    """Return the values at the path; each item of an array on the way counts."""
    if isinstance(value, list):
        return [inner for item in value for inner in _values_at(item, path)] + ([] if path else [value])
    if not path:
        return [value]
    return _values_at(value[path[0]], path[1:]) if isinstance(value, dict) and path[0] in value else []


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """Return the JSON form of a fault for the control API, without unset fields."""
    value: dict[str, Any] = {"id": fault.id, "match": dict(fault.match), "effect": effects.effect_as_json(fault.effect)}
    value |= {"times": fault.times, "probability": fault.probability, "after": fault.after}
    window = {"from": fault.starts, "until": fault.ends}
    return value | {name: at.isoformat() for name, at in window.items() if at is not None}


def fault_of(id: str, value: Mapping[str, Any]) -> Fault:
    """Return the fault of its JSON form, with instants in the form of `fault_as_json`."""
    starts, ends = (value.get(name) and datetime.fromisoformat(value[name]) for name in ("from", "until"))
    return Fault(
        id=id,
        match=value.get("match", {}),
        effect=effects.effect_of(value["effect"]),
        times=value.get("times"),
        probability=value.get("probability", 1.0),
        after=value.get("after", 0),
        starts=starts,
        ends=ends,
    )
