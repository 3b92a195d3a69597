"""`pii-sandbox check --plan`: what a run would send, found out in a private sandbox that has the target's powers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import click
import httpx

from conformance import documents, parts
from conformance.choice import Choice
from conformance.ledger import Ledger
from conformance.own import own_sandbox
from conformance.run import played, unplayable
from conformance.scenario import REGISTRY, Scenario
from conformance.sender import Sender
from conformance.targets import Limits, Target
from pii_sandbox.own_server import own_server
from specs.api_facts import apis


@dataclass(frozen=True, slots=True)
class Planned:
    """One scenario: how often it would call what, and how many objects it would make and undo; or why not at all."""

    scenario: Scenario
    calls: Mapping[str, int]
    makes: int = 0
    reason: str | None = None


def show(target: Target, choice: Choice, apis: Iterable[str], wanted: frozenset[str], depth: str, seed: int) -> None:
    """Prints what a run would send to the target, and sends nothing there."""
    click.echo(f"{target.name}: powers {', '.join(sorted(target.powers | {'read'}))}. Nothing is sent; this would be:")
    if "scenarios" in wanted:
        total: Counter[str] = Counter()
        for planned in plan(target, choice, seed):
            api = _api(choice, planned.scenario)
            click.echo(f"\n{planned.scenario.rule} {planned.scenario.name.replace('_', ' ')}")
            if planned.reason is not None:
                click.echo(f"  not played: {planned.reason}")
            for operation_id, count in planned.calls.items():
                facts = documents.operation(api, operation_id, target.dialect)
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
    if "generated" in wanted:
        _show_generated(target, apis, depth)


def _show_generated(target: Target, apis: Iterable[str], depth: str) -> None:
    click.echo(f"\ngenerated calls, depth {depth}, of")
    for api in apis:
        if api in target.urls:
            chosen, left_out = parts.allowed(target, api)
            for operations in chosen.values():
                for facts in operations:
                    click.echo(f"  {facts.method} {facts.path} ({facts.operation_id}, {facts.safety})")
            for note in left_out:
                click.echo(f"  {note}")


def plan(target: Target, choice: Choice, seed: int) -> list[Planned]:
    """Each scenario as it goes in a private sandbox, with no more powers than the target has."""
    with own_server(target.dialect) as url:
        stage = _stage(url, target)
        sender = Sender(stage)
        try:
            return [
                _rehearsed(scenario, target, stage, sender, choice, seed) for scenario in choice.scenarios(REGISTRY)
            ]
        finally:
            sender.close()


def _stage(url: str, target: Target) -> Target:
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
    known = {**own.data.get(api, {}), **_readable(own, api)}
    return {name: value for name, value in known.items() if name in target.data.get(api, {})}


def _readable(own: Target, api: str) -> dict[str, str]:
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


def _rehearsed(scenario: Scenario, target: Target, stage: Target, sender: Sender, choice: Choice, seed: int) -> Planned:
    api = _api(choice, scenario)
    obstacle = unplayable(scenario, api, target)
    if obstacle is not None:
        return Planned(scenario, {}, reason=obstacle)
    book = Ledger(None, {"run": "rehearsal"})
    came = played(scenario, api, stage, "rehearsal", seed, sender=sender, ledger=book)
    calls: Counter[str] = Counter()
    for (operation_id, _), count in came.statuses.items():
        calls[operation_id] += count
    makes = sum(entry.sandbox is None and entry.undo is not None for entry in book.entries)
    return Planned(scenario, calls, makes, came.reason)


def _api(choice: Choice, scenario: Scenario) -> str:
    return next(rule.api for rule in choice.rules if rule.id == scenario.rule)
