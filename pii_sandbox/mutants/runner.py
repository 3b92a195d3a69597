"""Plays the scenarios of a rule on the mock, whole and broken."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from pii_sandbox import scenarios
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.mutants.catalogue import mutants_of
from pii_sandbox.mutants.mutant import Mutant
from pii_sandbox.mutants.mutant_server import MutantServer, mutant_server
from pii_sandbox.specs import catalogue
from pii_sandbox.specs.catalogue import Rule

__all__ = ["Outcome", "outcomes", "outcomes_of", "scenarios"]

Fate = Literal["caught", "survived", "no mutant", "not played", "red without it", "crashed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant. `caught_by` are the rule's scenarios that found the rule itself broken.

    `why` is what the first of them expected and saw, or why the mutant is not caught. `idle` are the rule's scenarios
    that hold on the broken mock too.
    """

    rule: str
    api: str
    says: str
    place: str
    fate: Fate
    why: str
    caught_by: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    elapsed_seconds: float = 0.0

    @property
    def caught(self) -> bool:
        return self.fate == "caught"


def outcomes(rules: Sequence[Rule], workers: int) -> Iterator[list[Outcome]]:
    """What becomes of the mutants of each rule, in the order of the rules."""
    if workers == 1:
        with mutant_server() as unbroken:
            for rule in rules:
                yield outcomes_of(rule, unbroken)
        return
    # each process breaks a mock of its own; forking one with threads in it is not safe
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_open_ground) as pool:
        yield from pool.map(_outcomes_by_id, [rule.id for rule in rules])


_exit_stack = ExitStack()
_ground: MutantServer | None = None


def _open_ground() -> None:
    global _ground  # noqa: PLW0603 — a worker's own server, for as long as the worker lives
    _ground = _exit_stack.enter_context(mutant_server())


def _outcomes_by_id(rule_id: str) -> list[Outcome]:
    rule = catalogue.rule(rule_id)
    if rule is None or _ground is None:
        raise LookupError(f"no rule {rule_id}, or no server to play it on")
    return outcomes_of(rule, _ground)


def outcomes_of(rule: Rule, unbroken: MutantServer) -> list[Outcome]:
    """What becomes of the rule's mutants; a scenario that does not hold on the whole mock proves nothing of them."""
    known = [scenario for scenario in REGISTRY if scenario.rule == rule.id]
    mutants = mutants_of([rule])
    if not mutants:
        return [Outcome(rule.id, rule.api, "", "", "no mutant", "nobody has broken this rule yet")]
    plays = [_play(scenario, rule, unbroken, "unbroken") for scenario in known]
    red = [play for play in plays if play.finding is not None]
    if red:
        return [_uncaught(mutant, rule, "red without it", _finding_text(red[0])) for mutant in mutants]
    green = [play.scenario for play in plays if play.reason is None]
    if not green:
        reasons = [play.reason for play in plays if play.reason] or ["the rule has no scenario"]
        return [_uncaught(mutant, rule, "not played", reasons[0]) for mutant in mutants]
    return [outcome(mutant, rule, green, unbroken) for mutant in mutants]


def outcome(mutant: Mutant, rule: Rule, known: Sequence[Scenario], unbroken: MutantServer) -> Outcome:
    """What becomes of this mutant on scenarios that hold without it."""
    with mutant.applied():
        unbroken.reseed()
        plays = [_play(scenario, rule, unbroken, "broken") for scenario in known]
    unbroken.reseed()
    elapsed = sum(play.elapsed_seconds for play in plays)
    red = [play for play in plays if play.finding is not None and not _crashed(play)]
    caught = [play for play in red if play.finding is not None and play.finding.rule == mutant.rule]
    idle = tuple(play.scenario.name for play in plays if play.finding is None)
    if caught:
        names = tuple(play.scenario.name for play in caught)
        return Outcome(
            mutant.rule, rule.api, mutant.says, mutant.place, "caught", _finding_text(caught[0]), names, idle, elapsed
        )
    crashed = next((play for play in plays if _crashed(play)), None)
    if crashed is not None:
        return _uncaught(
            mutant, rule, "crashed", f"the mutant breaks the server, not the rule: {_finding_text(crashed)}"
        )
    reasons = [play.reason for play in plays if play.reason is not None]
    return _uncaught(mutant, rule, "survived", reasons[0] if reasons else "every scenario of the rule holds on it")


def _uncaught(mutant: Mutant, rule: Rule, fate: Fate, why: str) -> Outcome:
    return Outcome(mutant.rule, rule.api, mutant.says, mutant.place, fate, why)


def _play(scenario: Scenario, rule: Rule, unbroken: MutantServer, run_id: str) -> ScenarioResult:
    with standalone_context(unbroken.target, run_id, seed=0) as context:
        return play_scenario(scenario, rule.api, context)


def _crashed(play: ScenarioResult) -> bool:
    """Whether the server answered with a fault of its own: that is no rule broken."""
    if play.finding is None:
        return False
    return any(
        name.lower() == "x-sandbox-error" for exchange in play.finding.exchanges for name in exchange.response_headers
    )


def _finding_text(play: ScenarioResult) -> str:
    finding = play.finding
    return "" if finding is None else f"{finding.name}: expected {finding.expected}, saw {finding.seen}"
