"""Rehearsals in a private sandbox: what scenarios would send to a target, and what they need there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario, skip_cause
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.server.private import private_server
from pii_sandbox.specs.api_facts import apis

VENDOR_POWERS = frozenset({"read", "write", "delete", "erase"})  # those that an endpoint without control API can grant


@dataclass(frozen=True, slots=True)
class PlannedScenario:
    """One scenario: how often it would call what, and how many objects it would make and undo; or why not at all."""

    scenario: Scenario
    api: str
    calls: Mapping[str, int]
    makes: int = 0
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a scenario needs at a target: powers beyond `read`, kinds of credentials, data. `cause`: it never works."""

    scenario: Scenario
    api: str
    powers: frozenset[str]
    credentials: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    cause: Cause | None = None


def plan(target: Target, selection: RuleSelection, seed: int) -> list[PlannedScenario]:
    """Each scenario as it goes in a private sandbox, with no more powers, credentials and data than the target has."""
    with (
        private_server(target.dialect) as url,
        standalone_context(_imitate_target(url, target), "rehearsal", seed) as context,
    ):
        return [_plan_scenario(scenario, target, context, selection) for scenario in selection.scenarios(REGISTRY)]


def requirements(target: Target, selection: RuleSelection) -> list[Requirements]:
    """What each scenario needs, found out where it has all that an endpoint without control API can give."""
    with private_server(target.dialect) as url:
        own = local_sandbox(url)
        everything = replace(
            _imitate_target(url, target),
            credentials={api: own.credentials[api] for api in target.urls},
            powers=VENDOR_POWERS,
            data={api: {**own.data.get(api, {}), **_readable_data(own, api)} for api in target.urls},
            control=None,
        )
        with standalone_context(everything, "rehearsal", 0) as context:
            return [_requirements(scenario, context, selection) for scenario in selection.scenarios(REGISTRY)]


def api_of_rule(scenario: Scenario, selection: RuleSelection) -> str:
    """The API that a scenario's rule belongs to."""
    return next(rule.api for rule in selection.rules if rule.id == scenario.rule)


class _Recorder(dict[str, Any]):
    """A mapping that notes which of its keys were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.used: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.used.add(name)
        return super().get(name, default)


def _requirements(scenario: Scenario, context: RunContext, selection: RuleSelection) -> Requirements:
    api = api_of_rule(scenario, selection)
    if not scenario.needs <= VENDOR_POWERS:
        return Requirements(scenario, api, scenario.needs)
    credentials, data = _Recorder(context.target.credentials[api]), _Recorder(context.target.data[api])
    target = replace(context.target, credentials={api: credentials}, data={api: data})
    own = replace(context, target=target, ledger=Ledger(None, {"run": context.run_id}))
    cause = play_scenario(scenario, api, own).cause
    return Requirements(scenario, api, scenario.needs, frozenset(credentials.used), frozenset(data.used), cause)


def _plan_scenario(
    scenario: Scenario, target: Target, context: RunContext, selection: RuleSelection
) -> PlannedScenario:
    api = api_of_rule(scenario, selection)
    obstacle = skip_cause(scenario, api, target)
    if obstacle is not None:
        return PlannedScenario(scenario, api, {}, cause=obstacle)
    run_ledger = Ledger(None, {"run": context.run_id})
    outcome = play_scenario(scenario, api, replace(context, ledger=run_ledger))
    calls: Counter[str] = Counter()
    for (operation_id, _), count in outcome.statuses.items():
        calls[operation_id] += count
    makes = sum(entry.sandbox is None and entry.undo is not None for entry in run_ledger.entries)
    return PlannedScenario(scenario, api, calls, makes, outcome.cause)


def _imitate_target(url: str, target: Target) -> Target:
    """The private sandbox with the powers, kinds of credentials and data of the target."""
    own = local_sandbox(url)
    return replace(
        own,
        name=target.name,
        urls=dict.fromkeys(target.urls, url),
        credentials={api: _kinds(own, target, api) for api in target.urls},
        powers=target.powers,
        data={api: _data(own, target, api) for api in target.urls},
        limits=Limits(),
        dialect=target.dialect,
        control=own.control if target.control is not None else None,
    )


def _kinds(sandbox: Target, target: Target, api: str) -> dict[str, Mapping[str, str]]:
    return {
        kind: headers for kind, headers in sandbox.credentials[api].items() if kind in target.credentials.get(api, {})
    }


def _data(sandbox: Target, target: Target, api: str) -> dict[str, str]:
    known = {**sandbox.data.get(api, {}), **_readable_data(sandbox, api)}
    return {name: value for name, value in known.items() if name in target.data.get(api, {})}


def _readable_data(sandbox: Target, api: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with httpx.Client(trust_env=False, timeout=30) as client:
        for datum in apis()[api].data.values():
            record = datum.sandbox_record
            if record is None:
                continue
            listed: Any = client.get(f"{sandbox.control}/documents/{api}/{record.collection}?count=1").json()
            first = listed["documents"][0]
            found[datum.name] = str(first["id"] if record.property is None else first["document"][record.property])
    return found
