"""Plays scenarios on a target: a verdict for every rule of the catalogue."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.caller import Caller
from conformance.findings import Finding, RuleResult
from conformance.scenario import REGISTRY, Broken, NotCheckable, Scenario
from conformance.sender import NewClient, Sender, client
from conformance.targets import Target
from specs.catalogue import Rule, rules


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one scenario: neither finding nor reason means that it holds."""

    scenario: Scenario
    finding: Finding | None = None
    reason: str | None = None
    elapsed_seconds: float = 0.0


def played(scenario: Scenario, api: str, target: Target, run_id: str, seed: int, new_client: NewClient = client) -> Played:
    """Plays one scenario, in a sandbox of its own where the target is ours, and undoes what it made."""
    begun = time.monotonic()
    missing = sorted(power for power in scenario.needs if not target.grants(power))
    if missing:
        return Played(scenario, reason=f"needs the power {' and '.join(missing)}, which the target does not grant")
    if api not in target.urls:
        return Played(scenario, reason=f"the target has no URL for {api}")
    if scenario.dialect is not None and scenario.dialect != target.dialect:
        if not target.grants("control"):
            return Played(scenario, reason=f"concerns the dialect {scenario.dialect}; the target speaks {target.dialect}")
        target = replace(target, dialect=scenario.dialect)
    if target.grants("control"):
        name = f"{run_id}-{scenario.rule}-{abs(hash(scenario.name)) % 10**6}".lower()
        target = replace(target, headers={**target.headers, "X-Sandbox": name})
    sender = Sender(target, new_client)
    caller = Caller(api, target, sender, run_id, random.Random(f"{seed}/{scenario.rule}/{scenario.name}"))
    try:
        finding, reason = _outcome(scenario, caller)
        caller.undo()
        if target.grants("control"):
            caller.control("DELETE", f"/sandboxes/{target.headers['X-Sandbox']}")
    finally:
        sender.close()
    return Played(scenario, finding, reason, time.monotonic() - begun)


def _outcome(scenario: Scenario, caller: Caller) -> tuple[Finding | None, str | None]:
    try:
        if scenario.dialect is not None and caller.target.grants("control"):
            caller.control("PUT", "/dialect", {"dialect": scenario.dialect})
        scenario.play(caller)
    except Broken as broken:
        last = caller.exchanges[-1] if caller.exchanges else None
        operation_id = last.operation_id if last else None
        return Finding(
            scenario.rule, caller.api, operation_id, "scenario", scenario.name, broken.expected, broken.seen,
            tuple(caller.exchanges),
        ), None  # fmt: skip
    except NotCheckable as obstacle:
        return None, str(obstacle)
    return None, None


def verdict(rule: Rule, plays: Sequence[Played]) -> RuleResult:
    """The verdict on a rule from all its scenarios: one finding breaks it, one that holds is needed to conform."""
    findings = tuple(play.finding for play in plays if play.finding is not None)
    reasons = tuple(dict.fromkeys(play.reason for play in plays if play.reason is not None))
    held = any(play.finding is None and play.reason is None for play in plays)
    return RuleResult(
        rule.id,
        rule.api,
        "breaks" if findings else "conforms" if held else "not checked",
        findings,
        reasons or (() if plays else ("no scenario",)),
        tuple(play.scenario.name for play in plays),
        sum(play.elapsed_seconds for play in plays),
    )


def checked(
    target: Target, apis: Iterable[str], *, run_id: str, seed: int = 0, new_client: NewClient = client
) -> list[RuleResult]:
    """Every rule of the APIs, one after the other."""
    results = []
    for api in apis:
        for rule in rules(api):
            scenarios = [scenario for scenario in REGISTRY if scenario.rule == rule.id]
            plays = [played(scenario, api, target, run_id, seed, new_client) for scenario in scenarios]
            results.append(verdict(rule, plays))
    return results
