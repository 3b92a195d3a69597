"""A whole run: scenarios, then generated calls, then all that was made undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pii_sandbox.conformance import scheduler
from pii_sandbox.conformance.cleanup import cleanup
from pii_sandbox.conformance.cleanup.ledger import describe_untouched
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.history.checkpoint import Checkpoint, CheckpointWriter
from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.scenario_runner import NO_SCENARIO, STOPPED, ScenarioResult
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.faults import FAULT, FaultLog, fault_text
from pii_sandbox.conformance.values.findings import Coverage, Finding, RunResult
from pii_sandbox.conformance.values.observations import Observations
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.conformance.verdicts import SCENARIOS_LEFT_OUT, coverage_of, verdicts

GENERATED = "generated calls"
Stage = Literal["scenarios", "generated"]
_Generated = tuple[tuple[Finding, ...], Coverage, int, Sequence[str], bool]


class GeneratedCalls(Protocol):
    """What generated calls come to."""

    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def coverage(self) -> Mapping[tuple[str, str], Mapping[int, int]]: ...
    @property
    def calls(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def is_resumable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What is to be run. `revealed`: why personal data is to be shown, None hides it."""

    selection: RuleSelection
    stages: frozenset[Stage]
    workers: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    revealed: str | None = None


def run_session(
    context: RunContext,
    plan: RunPlan,
    generate: Callable[[], GeneratedCalls],
    *,
    checkpoint: Checkpoint | None = None,
    progress: CheckpointWriter | None = None,
    on_scenario: Callable[[ScenarioResult], None] = lambda _: None,
) -> RunResult:
    """Plays what is planned and not played yet; `on_scenario` is given each scenario as it ends.

    Ctrl-C ends it early, with all undone and a result of what there is.
    """
    started_at, started = now(), time.monotonic()
    target, sender = context.target, context.sender
    to_play = _remaining_scenarios(plan, checkpoint)
    generates = "generated" in plan.stages and (checkpoint is None or checkpoint.generated is None)
    context.listener.on_start(len(to_play) + generates)
    faults = context.faults
    plays = _scenarios(context, plan, to_play, progress, on_scenario, faults)
    findings, coverage, calls, notes, unfinished = _run_generated_calls(
        context, plan, generate, checkpoint, progress, faults
    )
    with faults.guard("the clean-up"):
        cleanup.clean_up(context)  # what could not be undone before, and the sandboxes of generated calls
    left = [entry for entry in context.ledger.entries if entry.is_open]
    earlier = checkpoint.plays if checkpoint is not None else []
    return RunResult(
        context.run_id,
        target.name,
        started_at,
        time.monotonic() - started,
        context.seed,
        target.powers | {"read"},
        verdicts(plan.selection, [*earlier, *plays], NO_SCENARIO if "scenarios" in plan.stages else SCENARIOS_LEFT_OUT),
        findings,
        coverage_of({rule.id: rule.api for rule in plan.selection.rules}, [*earlier, *plays], coverage),
        {
            **plan.facts,
            "requests": sender.budget.requests,
            "writes": sender.budget.writes,
            "generated calls": calls,
            "not generated": notes,
            **({"generated calls unfinished": True} if unfinished else {}),
            "left behind": len(left),
            **_observations_as_json(sender.observer.observations()),
            "left alone": [describe_untouched(entry) for entry in context.ledger.entries if entry.state == "not ours"],
            **({"faults": faults.texts} if faults.texts else {}),
        },
        complete=not sender.stop.is_set(),
        revealed=plan.revealed,
        observations=sender.observer.observations(),
    )


def _observations_as_json(observations: Observations) -> dict[str, Any]:
    """Retries, lag and drift as facts of a report; nothing for what was not seen."""
    again = {
        " ".join(key): ", ".join(f"{kind} {count}" for kind, count in counts.items())
        for key, counts in observations.retries.items()
    }
    lag = {" ".join(key): seconds for key, seconds in observations.lag_seconds.items()}
    drift = [f"{each.api} {each.operation_id}: {each.what}" for each in observations.drift]
    told: dict[str, Any] = {
        "sent again after": again,
        "lag in seconds": lag,
        "drift": drift,
        "logins": observations.logins,
    }
    return {name: value for name, value in told.items() if value}


def _remaining_scenarios(plan: RunPlan, checkpoint: Checkpoint | None) -> list[Scenario]:
    done = {(play.scenario.rule, play.scenario.name) for play in checkpoint.plays} if checkpoint is not None else set()
    wanted = plan.selection.scenarios(REGISTRY) if "scenarios" in plan.stages else []
    return [scenario for scenario in wanted if (scenario.rule, scenario.name) not in done]


def _scenarios(
    context: RunContext,
    plan: RunPlan,
    to_play: Sequence[Scenario],
    progress: CheckpointWriter | None,
    on_scenario: Callable[[ScenarioResult], None],
    faults: FaultLog,
) -> list[ScenarioResult]:
    apis = {rule.id: rule.api for rule in plan.selection.rules}

    def play(scenario: Scenario) -> ScenarioResult:
        name = f"{scenario.rule} {scenario.name.replace('_', ' ')}"
        with faults.guard("the progress display"):
            context.listener.on_scenario_start(name)
        try:
            result = play_confirmed(scenario, apis[scenario.rule], context)
        except CannotCheck as obstacle:  # no room in the limits or on the disk for a sandbox of its own
            result = ScenarioResult(scenario, cause=obstacle.cause)
        except Exception as error:  # before or after the scenario itself
            result = ScenarioResult(scenario, cause=Cause("fault", fault_text(f"scenario {scenario.name}", error)))
        with faults.guard("the record of progress"):
            if progress is not None:
                progress.note(result, context.sender.budget.usage())
        with faults.guard("redaction"):
            on_scenario(result)
        with faults.guard("the progress display"):
            context.listener.on_scenario_end(name, _verdict_text(result))
        return result

    return scheduler.play_all(
        to_play,
        play,
        context.sender.stop,
        workers=plan.workers,
        one_by_one=lambda scenario: bool(scenario.needs) and not context.target.isolates,
    )


def _verdict_text(result: ScenarioResult) -> str:
    if result.finding is not None and result.finding.standing == "unstable":
        return f"unstable: expected {result.finding.expected}, saw {result.finding.seen} once"
    if result.finding is not None:
        return f"breaks: expected {result.finding.expected}, saw {result.finding.seen}"
    return "holds" if result.reason is None else f"not checked: {result.reason}"


def _run_generated_calls(
    context: RunContext,
    plan: RunPlan,
    generate: Callable[[], GeneratedCalls],
    checkpoint: Checkpoint | None,
    progress: CheckpointWriter | None,
    faults: FaultLog,
) -> _Generated:
    """Findings, coverage, the number of calls, notes, and whether `--resume` is to make them again."""
    if checkpoint is not None and checkpoint.generated is not None:
        return *checkpoint.generated, (), False
    if "generated" not in plan.stages:
        return _nothing_generated("left out on request")
    if context.sender.stop.is_set():
        return _nothing_generated(STOPPED.text)
    context.listener.on_scenario_start(GENERATED)
    try:
        result = generate()
    except KeyboardInterrupt:
        context.sender.stop.set()
        return _nothing_generated(STOPPED.text)
    except Exception as error:  # the scenarios' verdicts stand
        faults.add("the generated calls", error)
        return _nothing_generated(fault_text("the generated calls", error))
    for note in result.notes:
        if FAULT in note:
            faults.note(note)
    coverage = Coverage(result.coverage)
    with faults.guard("the record of progress"):
        if progress is not None and not context.sender.stop.is_set() and not result.is_resumable:
            progress.note_generated(result.findings, coverage, result.calls, context.sender.budget.usage())
    standings = {finding.standing for finding in result.findings}
    context.listener.on_scenario_end(
        GENERATED, "breaks" if "breaks" in standings else "unstable" if standings else "holds"
    )
    return result.findings, coverage, result.calls, result.notes, result.is_resumable


def _nothing_generated(why: str) -> _Generated:
    return (), Coverage(), 0, (why,), False
