"""`pii-sandbox target check`: what each credential opens, which data exist, and how many rules can be checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import click
from rich.console import Console
from rich.text import Text

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.checking.rehearsal import VENDOR_POWERS, Requirements, requirements
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.preflight.preflight import run_preflight
from pii_sandbox.conformance.preflight.results import ApiPreflight, Check, target_with_unusable
from pii_sandbox.conformance.report.content import NAMES
from pii_sandbox.conformance.report.summary import join_with_and, plural
from pii_sandbox.conformance.rule_selection import select_rules
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.text_safety import one_line

Need = tuple[str, str]  # what sort of thing is missing (power, credentials, data), and which
_ORDER = {"write": 1, "delete": 2, "erase": 3}  # of powers, as a target file grants them
_COLOURS = {"works": "green", "exists": "green", "refused": "", "accepted": "yellow", "not there": "yellow"}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the rules of an API can be checked.

    `more` counts the rules that each further set of needs adds; `sandbox_alone` those that need a control API.
    """

    rules: int
    now: int
    more: Mapping[frozenset[Need], int]
    sandbox_alone: int


def run_target_check(target: Target, names: Sequence[str]) -> int:
    """Tries these APIs of the target and prints what was found; the exit code."""
    with closing(Sender(target)) as sender:
        results = list(run_preflight(target, sender, names))
    usable = [result.api for result in results if result.obstacle is None]
    reaches: dict[str, Reach] = {}
    if usable:
        click.echo("playing the scenarios in a private sandbox, to count what can be checked …", err=True)
        found = target_with_unusable(target, results)
        required = requirements(replace(target, urls={api: target.urls[api] for api in usable}), select_rules(usable))
        reaches = {api: reach(api, found, required) for api in usable}
    print_findings(results, reaches)
    return exit_code(results, reaches)


def reach(api: str, target: Target, required: Iterable[Requirements]) -> Reach:
    """How many rules of the API can be checked with what the target has, and with what it does not have."""
    missing: dict[str, list[frozenset[Need] | None]] = {}
    for each in required:
        if each.api == api:
            missing.setdefault(each.scenario.rule, []).append(_missing(each, target))
    more: Counter[frozenset[Need]] = Counter()
    now = alone = 0
    for alternatives in missing.values():
        possible = [needs for needs in alternatives if needs is not None]
        fewest = min(possible, key=len, default=None)
        if fewest is None:
            alone += 1
        elif fewest:
            more[fewest] += 1
        else:
            now += 1
    return Reach(len(missing), now, dict(more.most_common()), alone)


def print_findings(results: Sequence[ApiPreflight], reaches: Mapping[str, Reach]) -> None:
    """Prints one table an API."""
    console = Console(highlight=False)
    for result in results:
        console.print(Text(f"{NAMES.get(result.api, result.api)} at {result.host}", "bold"))
        if result.obstacle is not None:
            console.print(Text(f"  nothing can be checked: {one_line(result.obstacle.text)}", "yellow"), soft_wrap=True)
            console.print()
            continue
        for what, checks in (("credentials", result.credentials), ("data", result.data)):
            for check in checks:
                told = Text(f"  {what:<11}  {check.name:<15}  ")
                told.append(f"{check.standing:<9}", _COLOURS.get(check.standing, ""))
                console.print(told.append(f"  {_note(check)}"), soft_wrap=True)
        _show_reach(console, reaches[result.api])
        console.print()


def exit_code(results: Sequence[ApiPreflight], reaches: Mapping[str, Reach]) -> int:
    """0: all that the file names can be used; 1: something cannot; 2: nothing can be checked."""
    if not any(result.obstacle is None and reaches[result.api].now for result in results):
        return 2
    return 1 if any(result.troubles for result in results) else 0


def _missing(required: Requirements, target: Target) -> frozenset[Need] | None:
    """What the target does not have of it; None where no target without a control API can have it."""
    if required.cause is not None or not required.powers <= VENDOR_POWERS:
        return None
    absent = target.absent.get(required.api, {})
    powers = {power for power in required.powers if not target.grants(power)}
    if "write" in powers and not target.grants("delete"):
        powers.add("delete")  # a target file grants them together
    known, data = target.credentials.get(required.api, {}), target.data.get(required.api, {})
    return frozenset(
        [
            *(("power", power) for power in powers),
            *(("credentials", kind) for kind in required.credentials if kind not in known or kind in absent),
            *(("data", name) for name in required.data if name not in data or name in absent),
        ]
    )


def _show_reach(console: Console, reach: Reach) -> None:
    lines = [f"{reach.now} of {plural(reach.rules, 'rule')} can be checked now"]
    lines += [f"+{count} with {_needs_text(needs)}" for needs, count in reach.more.items()]
    if reach.sandbox_alone:
        lines.append(f"{plural(reach.sandbox_alone, 'rule')} can be checked at a pii-sandbox server alone")
    for line in lines:
        console.print(Text(f"  {line}"), soft_wrap=True)


def _needs_text(needs: frozenset[Need]) -> str:
    """`the powers write and delete, credentials readonly, data email`."""
    parts = []
    for sort in ("power", "credentials", "data"):
        names = sorted((name for kind, name in needs if kind == sort), key=lambda name: (_ORDER.get(name, 0), name))
        if names:
            noun = f"the power{'' if len(names) == 1 else 's'}" if sort == "power" else sort
            parts.append(f"{noun} {join_with_and(names)}")
    return ", ".join(parts)


def _note(check: Check) -> str:
    return one_line(check.seen if check.cause is None else check.cause.text)
