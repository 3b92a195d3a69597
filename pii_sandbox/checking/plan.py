"""`pii-sandbox check --plan`: what a run would send, found out in a private sandbox that has the target's powers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import click
import httpx

from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.contract import operations as contract_operations
from pii_sandbox.conformance.generated import partition
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext, standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario, skip_cause
from pii_sandbox.conformance.target.local_sandbox import own_sandbox
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.server.private import private_server
from pii_sandbox.specs.api_facts import apis


@dataclass(frozen=True, slots=True)
class PlannedScenario:
    """One scenario: how often it would call what, and how many objects it would make and undo; or why not at all."""

    scenario: Scenario
    calls: Mapping[str, int]
    makes: int = 0
    reason: str | None = None


def show(
    target: Target, selection: RuleSelection, apis: Iterable[str], options: frozenset[str], depth: str, seed: int
) -> None:
    """Prints what a run would send to the target, and sends nothing there."""
    click.echo(f"{target.name}: powers {', '.join(sorted(target.powers | {'read'}))}. Nothing is sent; this would be:")
    if "scenarios" in options:
        total: Counter[str] = Counter()
        for planned in plan(target, selection, seed):
            api = _api(selection, planned.scenario)
            click.echo(f"\n{planned.scenario.rule} {planned.scenario.name.replace('_', ' ')}")
            if planned.reason is not None:
                click.echo(f"  not played: {planned.reason}")
            for operation_id, count in planned.calls.items():
                facts = contract_operations.operation(api, operation_id, target.dialect)
                click.echo(f"  {count:>4} × {facts.method} {facts.path} ({operation_id}, {facts.safety})")
                total[facts.safety] += count
            if planned.makes:
                click.echo(f"  {planned.makes:>4} × made, then undone")
                total["undo"] += planned.makes
        calls = sum(total.values())
        click.echo(f"\n{calls} calls: {', '.join(f'{total[kind]} {kind}' for kind in sorted(total)) or 'none'}")
        for what, number, limit in (
            ("requests", calls, target.limits.requests),
            ("writes", calls - total["read"], target.limits.writes),
        ):
            if limit is not None and number > limit:
                click.echo(f"the limit of {limit} {what} would end it before that")
    if "generated" in options:
        _show_generated(target, apis, depth)


def _show_generated(target: Target, apis: Iterable[str], depth: str) -> None:
    click.echo(f"\ngenerated calls, depth {depth}, of")
    for api in apis:
        if api in target.urls:
            chosen, left_out = partition.allowed_operations(target, api)
            for operations in chosen.values():
                for facts in operations:
                    click.echo(f"  {facts.method} {facts.path} ({facts.operation_id}, {facts.safety})")
            for note in left_out:
                click.echo(f"  {note}")


def plan(target: Target, selection: RuleSelection, seed: int) -> list[PlannedScenario]:
    """Each scenario as it goes in a private sandbox, with no more powers than the target has."""
    with (
        private_server(target.dialect) as url,
        standalone_context(_private_target(url, target), "rehearsal", seed) as context,
    ):
        return [_rehearse(scenario, target, context, selection) for scenario in selection.scenarios(REGISTRY)]


def _private_target(url: str, target: Target) -> Target:
    own = own_sandbox(url)
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


def _kinds(own: Target, target: Target, api: str) -> dict[str, Mapping[str, str]]:
    return {kind: headers for kind, headers in own.credentials[api].items() if kind in target.credentials.get(api, {})}


def _data(own: Target, target: Target, api: str) -> dict[str, str]:
    known = {**own.data.get(api, {}), **_readable_data(own, api)}
    return {name: value for name, value in known.items() if name in target.data.get(api, {})}


def _readable_data(own: Target, api: str) -> dict[str, str]:
    found: dict[str, str] = {}
    with httpx.Client(trust_env=False, timeout=30) as client:
        for datum in apis()[api].data.values():
            record = datum.sandbox_record
            if record is None:
                continue
            listed: Any = client.get(f"{own.control}/documents/{api}/{record.collection}?count=1").json()
            first = listed["documents"][0]
            found[datum.name] = str(first["id"] if record.property is None else first["document"][record.property])
    return found


def _rehearse(scenario: Scenario, target: Target, context: RunContext, selection: RuleSelection) -> PlannedScenario:
    api = _api(selection, scenario)
    obstacle = skip_cause(scenario, api, target)
    if obstacle is not None:
        return PlannedScenario(scenario, {}, reason=obstacle.text)
    run_ledger = Ledger(None, {"run": context.run_id})
    outcome = play_scenario(scenario, api, replace(context, ledger=run_ledger))
    calls: Counter[str] = Counter()
    for (operation_id, _), count in outcome.statuses.items():
        calls[operation_id] += count
    makes = sum(entry.sandbox is None and entry.undo is not None for entry in run_ledger.entries)
    return PlannedScenario(scenario, calls, makes, outcome.reason)


def _api(selection: RuleSelection, scenario: Scenario) -> str:
    return next(rule.api for rule in selection.rules if rule.id == scenario.rule)
