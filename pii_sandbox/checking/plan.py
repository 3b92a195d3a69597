"""`pii-sandbox check --plan`: what a run would send, on one screen; `--verbose` tells it by scenario."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table

from pii_sandbox.checking.rehearsal import PlannedScenario, plan
from pii_sandbox.conformance.contract import operations as contract_operations
from pii_sandbox.conformance.generated import partition
from pii_sandbox.conformance.generated.partition import DEPTHS
from pii_sandbox.conformance.preflight.preflight import LARGEST
from pii_sandbox.conformance.report.content import NAMES
from pii_sandbox.conformance.report.host_names import hosts
from pii_sandbox.conformance.report.summary import plural
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.target.model import Target

KINDS = ("read", "create", "update", "delete", "irreversible", "undo")
MOST_CAUSES = 6


def print_plan(
    target: Target,
    selection: RuleSelection,
    apis: Iterable[str],
    options: frozenset[str],
    depth: str,
    seed: int,
    *,
    verbose: bool = False,
) -> None:
    """Prints what a run would send to the target, and sends nothing there."""
    where = ", ".join(dict.fromkeys(hosts(target).values()))
    click.echo(f"{target.name}: powers {', '.join(sorted(target.powers | {'read'}))}. Nothing is sent to {where}.")
    if "scenarios" in options:
        planned = plan(target, selection, seed)
        if verbose:
            _show_scenarios(planned, target)
        _show_table(planned, target)
        _show_causes(planned)
        _show_limits(planned, target)
    if "generated" in options and DEPTHS[depth] is not None:
        _show_generated(target, apis, depth, verbose)
    if not verbose:
        click.echo("--verbose lists each call.")


def calls_by_kind(scenarios: Iterable[PlannedScenario], target: Target) -> Counter[str]:
    """How many calls of each safety, and how many to undo what is made."""
    total: Counter[str] = Counter()
    for each in scenarios:
        for operation_id, count in each.calls.items():
            total[contract_operations.operation(each.api, operation_id, target.dialect).safety] += count
        total["undo"] += each.makes
    return total


def _show_table(scenarios: Sequence[PlannedScenario], target: Target) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("API", "scenarios", "played", "operations", *KINDS):
        table.add_column(name, justify="left" if name == "API" else "right")
    names = list(dict.fromkeys(each.api for each in scenarios))
    for api in [*names, None]:
        group = [each for each in scenarios if api in (None, each.api)]
        total = calls_by_kind(group, target)
        operations = {(each.api, operation_id) for each in group for operation_id in each.calls}
        played = sum(each.cause is None for each in group)
        numbers = (len(group), played, len(operations), *(total[kind] for kind in KINDS))
        if api is not None or len(names) > 1:
            table.add_row("all" if api is None else NAMES.get(api, api), *map(str, numbers))
    Console(highlight=False, width=110).print(table)


def _show_causes(scenarios: Sequence[PlannedScenario]) -> None:
    causes: Counter[str] = Counter(each.cause.text for each in scenarios if each.cause is not None)
    for text, count in causes.most_common(MOST_CAUSES):
        click.echo(f"{plural(count, 'scenario')} not played: {text}")
    if len(causes) > MOST_CAUSES:
        click.echo(f"{plural(len(causes) - MOST_CAUSES, 'more cause')}: see --verbose")


def _show_limits(scenarios: Sequence[PlannedScenario], target: Target) -> None:
    total, limits = calls_by_kind(scenarios, target), target.limits
    calls = sum(total.values())
    pace = limits.requests_per_second
    takes = "" if pace is None else f", {calls / pace / 60:.1f} minutes at {pace:g} a second"
    click.echo(f"{calls} calls{takes}")
    if not target.isolates:
        writes = calls > total["read"]
        proofs = "; before each create, change and deletion, reads that verify ownership" if writes else ""
        click.echo(f"in addition: at most {LARGEST} reads an API before the first rule{proofs}")
    for what, number, limit in (
        ("requests", calls, limits.requests),
        ("writes", calls - total["read"], limits.writes),
        ("minutes", 0 if pace is None else calls / pace / 60, limits.minutes),
    ):
        if limit is not None and number > limit:
            click.echo(f"the limit of {limit:g} {what} would end it before that")


def _show_scenarios(scenarios: Iterable[PlannedScenario], target: Target) -> None:
    for each in scenarios:
        click.echo(f"\n{each.scenario.rule} {each.scenario.name.replace('_', ' ')}")
        if each.cause is not None:
            click.echo(f"  not played: {each.cause.text}")
        for operation_id, count in each.calls.items():
            facts = contract_operations.operation(each.api, operation_id, target.dialect)
            click.echo(f"  {count:>4} × {facts.method} {facts.path} ({operation_id}, {facts.safety})")
        if each.makes:
            click.echo(f"  {each.makes:>4} × made, then undone")
    click.echo()


def _show_generated(target: Target, apis: Iterable[str], depth: str, verbose: bool) -> None:
    counts: dict[str, int] = defaultdict(int)
    for api in apis:
        if api not in target.urls:
            continue
        chosen, left_out = partition.allowed_operations(target, api)
        for operations in chosen.values():
            counts[api] += len(operations)
            for facts in operations if verbose else ():
                click.echo(f"  generated: {facts.method} {facts.path} ({facts.operation_id}, {facts.safety})")
        for note in left_out if verbose else ():
            click.echo(f"  {note}")
    told = ", ".join(f"{count} of {NAMES.get(api, api)}" for api, count in counts.items())
    click.echo(f"generated calls, depth {depth}, of {plural(sum(counts.values()), 'operation')}: {told}")
