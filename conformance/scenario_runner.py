"""Plays scenarios on a target: a verdict for every rule of the catalogue."""

from __future__ import annotations

import random
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup import undo
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.http.sender import NewClient, RunStopped, Sender, new_client
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult
from pii_sandbox.conformance.values.scenario import REGISTRY, CannotCheck, RuleViolation, Scenario
from pii_sandbox.specs.catalogue import Rule, rules

STOPPED = "the run was stopped"


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What came of one scenario: neither finding nor reason means that it holds.

    `statuses` counts the answers by operation and status, `exchanges` are all calls but those that undo. `stopped`: it
    was not played to its end.
    """

    scenario: Scenario
    finding: Finding | None = None
    reason: str | None = None
    elapsed_seconds: float = 0.0
    statuses: Mapping[tuple[str, int], int] = field(default_factory=dict)
    stopped: bool = False
    exchanges: tuple[Exchange, ...] = ()


def play_scenario(
    scenario: Scenario,
    api: str,
    target: Target,
    run_id: str,
    seed: int,
    new_client: NewClient = new_client,
    *,
    sender: Sender | None = None,
    ledger: Ledger | None = None,
    sandbox_prefix: str | None = None,
    attempt: int = 0,
) -> ScenarioResult:
    """Plays one scenario, in a sandbox of its own where the target is ours, and undoes what it made.

    `sender` and `ledger` are those of the whole run, where there is one. `sandbox_prefix` begins the names of
    sandboxes; by default it is the run's id. `attempt` counts the times that a run was gone on with: people invented
    before are not invented again.
    """
    started = time.monotonic()
    obstacle = skip_reason(scenario, api, target)
    if obstacle is not None:
        return ScenarioResult(scenario, reason=obstacle)
    isolated = sender or Sender(target, new_client)
    scenario_ledger = ledger or Ledger(None, {"run": run_id})
    place = replace(target, dialect=scenario.dialect or target.dialect)
    rng = random.Random(f"{seed}/{scenario.rule}/{scenario.name}" + (f"/{attempt}" if attempt else ""))
    try:
        with _isolated_sandbox(scenario, place, isolated, sandbox_prefix or run_id, scenario_ledger) as place:
            caller = ApiClient(api, place, isolated, run_id, rng, scenario_ledger)
            finding, reason, stopped = _outcome(scenario, caller, place.dialect != target.dialect)
            exchanges = tuple(caller.exchanges)
            caller.undo()
    finally:
        if sender is None:
            isolated.close()
    statuses = Counter((exchange.operation_id, exchange.status) for exchange in exchanges)
    known = {(name, status): count for (name, status), count in statuses.items() if name and status is not None}
    return ScenarioResult(scenario, finding, reason, time.monotonic() - started, known, stopped, exchanges)


def skip_reason(scenario: Scenario, api: str, target: Target) -> str | None:
    """Why the scenario cannot be played there, None where it can."""
    missing = sorted(power for power in scenario.needs if not target.grants(power))
    if missing:
        return f"needs the power {' and '.join(missing)}, which the target does not grant"
    if api not in target.urls:
        return f"the target has no URL for {api}"
    if scenario.dialect not in (None, target.dialect) and not target.isolates:
        return f"concerns the dialect {scenario.dialect}; the target speaks {target.dialect}"
    return None


@contextmanager
def _isolated_sandbox(
    scenario: Scenario, target: Target, sender: Sender, sandbox_prefix: str, ledger: Ledger
) -> Iterator[Target]:
    """The target as the scenario is to see it: in a sandbox of its own that is thrown away, where there are any."""
    if not target.isolates:
        yield target
        return
    name = f"{sandbox_prefix}-{scenario.rule}-{zlib.crc32(scenario.name.encode()):08x}".lower()
    number = ledger.record_intent(sandbox=name)
    try:
        yield replace(target, headers={**target.headers, "X-Sandbox": name})
    finally:
        deletion = undo.sandbox_deleted(name, target, sender)
        ledger.settle(number, deletion.state, why=deletion.why)


def _outcome(scenario: Scenario, caller: ApiClient, other_dialect: bool) -> tuple[Finding | None, str | None, bool]:
    try:
        if other_dialect:
            caller.control("PUT", "/dialect", {"dialect": scenario.dialect})
        scenario.play(caller)
    except RuleViolation as broken:
        return _scenario_finding(scenario, caller, broken.expected, broken.seen), None, False
    except RunStopped:
        return None, STOPPED, True
    except CannotCheck as obstacle:
        return None, str(obstacle), False
    except Exception as error:  # what came back was so unlike the vendor's that the scenario could not go on
        expected, seen = "an answer that the scenario can go on with", _error_location(error)
        return _scenario_finding(scenario, caller, expected, seen), None, False
    return None, None, False


def _scenario_finding(scenario: Scenario, caller: ApiClient, expected: str, seen: str) -> Finding:
    last = caller.exchanges[-1] if caller.exchanges else None
    return Finding(
        scenario.rule,
        caller.api,
        last.operation_id if last else None,
        "scenario",
        scenario.name,
        expected,
        seen,
        smallest(caller.exchanges),
    )


def smallest(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The calls without which the last one would show something else: not those refused for their credentials."""
    if not exchanges or exchanges[-1].status == 429 or exchanges[-1].operation_id is None:
        return tuple(exchanges)
    return (*(each for each in exchanges[:-1] if each.status not in (401, 403)), exchanges[-1])


def _error_location(error: Exception) -> str:
    """What failed and where; not what it says, which may hold what came back."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "scenarios" in Path(frame.filename).parts]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"one on which it fails with {type(error).__name__}{where}"


def verdict(rule: Rule, plays: Sequence[ScenarioResult]) -> RuleResult:
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


def check_rules(
    target: Target, apis: Iterable[str], *, run_id: str, seed: int = 0, new_client: NewClient = new_client
) -> list[RuleResult]:
    """Every rule of the APIs, one after the other."""
    results = []
    for api in apis:
        for rule in rules(api):
            scenarios = [scenario for scenario in REGISTRY if scenario.rule == rule.id]
            plays = [play_scenario(scenario, api, target, run_id, seed, new_client) for scenario in scenarios]
            results.append(verdict(rule, plays))
    return results
