"""Runs scenarios on a target, and decides for each whether its rule holds, is broken or could not be checked."""

from __future__ import annotations

import random
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup import undo
from pii_sandbox.conformance.cleanup.ledger import BadLedger
from pii_sandbox.conformance.http.excerpt import excerpts
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation, RunStopped
from pii_sandbox.conformance.values.faults import fails_in_scenario, fault_text
from pii_sandbox.conformance.values.findings import Exchange, Finding, RuleResult, Verdict
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs.catalogue import Rule

STOPPED = RunStopped().cause
NO_SCENARIO = Cause("no scenario", "no scenario")


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What came of one scenario: neither finding nor cause means that it holds.

    `statuses` counts the answers by operation and status, `exchanges` are all calls but those that undo.
    """

    scenario: Scenario
    finding: Finding | None = None
    cause: Cause | None = None
    elapsed_seconds: float = 0.0
    statuses: Mapping[tuple[str, int], int] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()

    @property
    def holds(self) -> bool:
        return self.finding is None and self.cause is None

    @property
    def reason(self) -> str | None:
        """Why it was not checked, in words."""
        return None if self.cause is None else self.cause.text

    @property
    def stopped(self) -> bool:
        """Whether the run ended before the scenario did."""
        return self.cause is not None and self.cause.kind == "stopped"


def play_scenario(
    scenario: Scenario, api: str, context: RunContext, *, number: int = 0, patient: bool = False
) -> ScenarioResult:
    """Plays one scenario, in a sandbox of its own where the target is ours, and undoes what it made.

    `number` counts its plays in this run: each invents customers of its own. `patient`: reads wait until writes settle.
    """
    started = time.monotonic()
    obstacle = skip_cause(scenario, api, context.target)
    if obstacle is not None:
        return ScenarioResult(scenario, cause=obstacle)
    parts = (f"/{context.attempt}" if context.attempt else "", f"/play{number}" if number else "")
    rng = random.Random(f"{context.seed}/{scenario.rule}/{scenario.name}{''.join(parts)}")
    try:
        with _isolated_sandbox(scenario, context, number) as isolated:
            client = ApiClient(api, isolated, rng, immediate=scenario.immediate, patient=patient)
            finding, cause = _outcome(scenario, client, isolated.target.dialect != context.target.dialect)
            exchanges = excerpts(client.exchanges)
            client.undo()
    except CannotCheck as no_sandbox:  # what no ledger names must not be made
        return ScenarioResult(scenario, cause=no_sandbox.cause)
    except BadLedger as error:
        return ScenarioResult(scenario, cause=Cause("target", f"no sandbox could be created: {error}"))
    statuses = Counter((exchange.operation_id, exchange.status) for exchange in exchanges)
    known = {(name, status): count for (name, status), count in statuses.items() if name and status is not None}
    return ScenarioResult(scenario, finding, cause, time.monotonic() - started, known, exchanges)


def skip_cause(scenario: Scenario, api: str, target: Target) -> Cause | None:
    """Why the scenario cannot be played there, None where it can."""
    if api not in target.urls:
        return Cause("url", f"the target has no URL for {api}; set {api}.url")
    if api in target.obstacles:
        return target.obstacles[api]
    missing = sorted(power for power in scenario.needs if not target.grants(power))
    if missing:
        return Cause("power", f"the target does not grant the {_powers_text(missing)}")
    if scenario.dialect not in (None, target.dialect) and not target.isolates:
        return Cause(
            "dialect", f"the rule applies to the dialect {scenario.dialect} alone, and the target has {target.dialect}"
        )
    return None


def _powers_text(powers: Sequence[str]) -> str:
    """`power write`, or `powers delete and write`."""
    *others, last = powers
    return f"powers {', '.join(others)} and {last}" if others else f"power {last}"


@contextmanager
def _isolated_sandbox(scenario: Scenario, context: RunContext, number: int) -> Iterator[RunContext]:
    """The run as the scenario is to see it: in a sandbox of its own that is deleted, where there are any."""
    target = replace(context.target, dialect=scenario.dialect or context.target.dialect)
    if not target.isolates:
        yield replace(context, target=target)
        return
    name = f"{context.sandbox_prefix}-{scenario.rule}-{zlib.crc32(scenario.name.encode()):08x}".lower()
    name += f"-{number}" if number else ""
    context.sender.budget.reserve()
    entry = context.ledger.record_intent(sandbox=name)
    try:
        yield replace(context, target=replace(target, headers={**target.headers, "X-Sandbox": name}))
    finally:
        deletion = undo.sandbox_deleted(name, context)
        context.sender.budget.settle()
        context.ledger.settle(entry, deletion.state, why=deletion.why)


def _outcome(scenario: Scenario, client: ApiClient, other_dialect: bool) -> tuple[Finding | None, Cause | None]:
    try:
        if client.target.settings:
            client.sandbox.control("PATCH", "/settings", dict(client.target.settings))
        if other_dialect:
            client.sandbox.control("PUT", "/dialect", {"dialect": scenario.dialect})
        scenario.play(client)
    except RuleViolation as broken:
        if client.unsound is not None:
            return None, client.unsound
        return _scenario_finding(scenario, client, broken.expected, broken.seen), None
    except CannotCheck as obstacle:
        return None, obstacle.cause
    except Exception as error:
        if not fails_in_scenario(error):
            return None, Cause("fault", fault_text(f"scenario {scenario.name}", error))
        # what came back was so unlike the vendor's that the scenario could not go on
        expected, seen = "a response that the scenario can continue with", _error_location(error)
        return _scenario_finding(scenario, client, expected, seen), None
    return None, None


def _scenario_finding(scenario: Scenario, client: ApiClient, expected: str, seen: str) -> Finding:
    last = client.exchanges[-1] if client.exchanges else None
    return Finding(
        scenario.rule,
        client.api,
        last.operation_id if last else None,
        "scenario",
        scenario.name,
        expected,
        seen,
        excerpts(relevant_calls(client.exchanges)),
    )


def relevant_calls(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The calls without which the last one would show something else: not those refused for their credentials."""
    if not exchanges or exchanges[-1].status == 429 or exchanges[-1].operation_id is None:
        return tuple(exchanges)
    return (*(each for each in exchanges[:-1] if each.status not in (401, 403)), exchanges[-1])


def _error_location(error: Exception) -> str:
    """What failed and where; not what it says, which may hold what came back."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "scenarios" in Path(frame.filename).parts]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"a response on which it fails with {type(error).__name__}{where}"


def verdict(rule: Rule, plays: Sequence[ScenarioResult]) -> RuleResult:
    """The verdict on a rule from all its scenarios: one that breaks is enough, one that holds is needed to conform.

    What differs from a rule that is assumed, and not documented, is drift; so is what differs from a part of a rule
    that its scenario says to be assumed.
    """
    findings = tuple(
        _grade_assumed(play.finding, assumed=rule.status == "assumed" or play.scenario.assumed)
        for play in plays
        if play.finding is not None
    )
    wrong_first = sorted(plays, key=lambda play: play.cause is None or play.cause.kind != "wrong dialect")
    causes = tuple(dict.fromkeys(play.cause for play in wrong_first if play.cause is not None))
    standings = {finding.standing for finding in findings}
    found: Verdict
    if "breaks" in standings:
        found = "breaks"
    elif "assumed" in standings:
        found = "drift"
    elif "unstable" in standings:
        found = "unstable"
    elif any(cause.kind == "wrong dialect" for cause in causes):
        found = "not checked"  # what holds here holds in both dialects
    else:
        found = "conforms" if any(play.holds for play in plays) else "not checked"
    return RuleResult(
        rule.id,
        rule.api,
        found,
        findings,
        causes or (() if plays else (NO_SCENARIO,)),
        tuple(play.scenario.name for play in plays),
        sum(play.elapsed_seconds for play in plays),
    )


def _grade_assumed(finding: Finding, *, assumed: bool) -> Finding:
    return replace(finding, standing="assumed") if assumed and finding.standing == "breaks" else finding
