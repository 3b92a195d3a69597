"""A whole run: scenarios, then generated calls, then all that was made undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from conformance import cleanup, crew
from conformance.choice import Choice
from conformance.findings import Coverage, Finding, RunResult
from conformance.ledger import Ledger, left_alone
from conformance.outcome import SCENARIOS_LEFT_OUT, covered, verdicts
from conformance.progress import Past, Progress
from conformance.run import STOPPED, Played, played
from conformance.scenario import REGISTRY, Scenario
from conformance.sender import Sender, now
from conformance.targets import Target

GENERATED = "generated calls"
Part = Literal["scenarios", "generated"]


class Generated(Protocol):
    """What generated calls come to."""

    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def coverage(self) -> Mapping[tuple[str, str], Mapping[int, int]]: ...
    @property
    def calls(self) -> int: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class Watcher(Protocol):
    """Told how a run goes on, from several threads. Texts are not redacted."""

    def started(self, total: int, /) -> None: ...
    def playing(self, name: str, /) -> None: ...
    def played(self, name: str, verdict_text: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run, and where. `lodging` begins the names of sandboxes that are made for it."""

    target: Target
    choice: Choice
    parts: frozenset[Part]
    run_id: str
    seed: int
    workers: int
    lodging: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    revealed: str | None = None


def conduct(
    order: Order,
    sender: Sender,
    ledger: Ledger,
    watcher: Watcher,
    generate: Callable[[], Generated],
    *,
    past: Past | None = None,
    progress: Progress | None = None,
    heard: Callable[[Played], None] = lambda _: None,
) -> RunResult:
    """Plays what is ordered and not played yet; `heard` is given each scenario as it ends.

    Ctrl-C ends it early, with all undone and a result of what there is.
    """
    started_at, begun = now(), time.monotonic()
    to_play = _left_to_play(order, past)
    generates = "generated" in order.parts and (past is None or past.generated is None)
    watcher.started(len(to_play) + generates)
    plays = _scenarios(order, to_play, sender, ledger, watcher, past, progress, heard)
    findings, coverage, calls, notes = _generated(order, sender, generate, watcher, past, progress)
    if not order.target.isolates:
        cleanup.clean(ledger, order.target, sender=sender)  # what could not be undone before
    left = [entry for entry in ledger.entries if entry.is_open]
    earlier = past.plays if past is not None else []
    return RunResult(
        order.run_id,
        order.target.name,
        started_at,
        time.monotonic() - begun,
        order.seed,
        order.target.powers | {"read"},
        verdicts(order.choice, [*earlier, *plays], "no scenario" if "scenarios" in order.parts else SCENARIOS_LEFT_OUT),
        findings,
        covered({rule.id: rule.api for rule in order.choice.rules}, [*earlier, *plays], coverage),
        {
            **order.facts,
            "requests": sender.budget.requests,
            "writes": sender.budget.writes,
            "generated calls": calls,
            "not generated": notes,
            "left behind": len(left),
            "left alone": [left_alone(entry) for entry in ledger.entries if entry.state == "not ours"],
        },
        complete=not sender.stop.is_set(),
        revealed=order.revealed,
    )


def _left_to_play(order: Order, past: Past | None) -> list[Scenario]:
    done = {(play.scenario.rule, play.scenario.name) for play in past.plays} if past is not None else set()
    wanted = order.choice.scenarios(REGISTRY) if "scenarios" in order.parts else []
    return [scenario for scenario in wanted if (scenario.rule, scenario.name) not in done]


def _scenarios(
    order: Order,
    to_play: Sequence[Scenario],
    sender: Sender,
    ledger: Ledger,
    watcher: Watcher,
    past: Past | None,
    progress: Progress | None,
    heard: Callable[[Played], None],
) -> list[Played]:
    apis = {rule.id: rule.api for rule in order.choice.rules}

    def play(scenario: Scenario) -> Played:
        name = f"{scenario.rule} {scenario.name.replace('_', ' ')}"
        watcher.playing(name)
        came = played(
            scenario,
            apis[scenario.rule],
            order.target,
            order.run_id,
            order.seed,
            sender=sender,
            ledger=ledger,
            lodging=order.lodging,
            attempt=past.attempts if past is not None else 0,
        )
        if progress is not None:
            progress.note(came, sender.budget.spent())
        heard(came)
        watcher.played(name, _in_words(came))
        return came

    return crew.play_all(
        to_play,
        play,
        sender.stop,
        workers=order.workers,
        one_by_one=lambda scenario: bool(scenario.needs) and not order.target.isolates,
    )


def _in_words(came: Played) -> str:
    if came.finding is not None:
        return f"breaks: expected {came.finding.expected}, saw {came.finding.seen}"
    return "holds" if came.reason is None else f"not checked: {came.reason}"


def _generated(
    order: Order,
    sender: Sender,
    generate: Callable[[], Generated],
    watcher: Watcher,
    past: Past | None,
    progress: Progress | None,
) -> tuple[tuple[Finding, ...], Coverage, int, Sequence[str]]:
    if past is not None and past.generated is not None:
        return *past.generated, ()
    if "generated" not in order.parts:
        return (), Coverage(), 0, ("left out on request",)
    if sender.stop.is_set():
        return (), Coverage(), 0, (STOPPED,)
    watcher.playing(GENERATED)
    try:
        came = generate()
    except KeyboardInterrupt:
        sender.stop.set()
        return (), Coverage(), 0, (STOPPED,)
    coverage = Coverage(came.coverage)
    if progress is not None and not sender.stop.is_set():
        progress.note_generated(came.findings, coverage, came.calls, sender.budget.spent())
    watcher.played(GENERATED, "breaks" if came.findings else "holds")
    return came.findings, coverage, came.calls, came.notes
