"""Runs the scenarios of a rule on the unbroken mock server, then on each mutant of the rule."""

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

__all__ = ["MutantResult", "results", "results_of", "scenarios"]

Fate = Literal["caught", "survived", "no mutant", "not played", "red without it", "crashed"]


@dataclass(frozen=True, slots=True)
class MutantResult:
    """The result of one mutant. `caught_by`: the scenarios that found the rule broken.

    `why`: what the first of them expected and saw, or why the mutant was not caught. `idle`: the scenarios of the rule
    that hold on the mutant too.
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


def results(rules: Sequence[Rule], workers: int) -> Iterator[list[MutantResult]]:
    """Yield the results of the mutants of each rule, in the order of the rules."""
    if workers == 1:
        with mutant_server() as unbroken:
            for rule in rules:
                yield results_of(rule, unbroken)
        return
    # each process breaks its own mock server; forking a process with threads is not safe
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker_server) as pool:
        yield from pool.map(_results_by_id, [rule.id for rule in rules])


_exit_stack = ExitStack()
_worker_server: MutantServer | None = None


def _start_worker_server() -> None:
    global _worker_server  # noqa: PLW0603 — one server per worker process
    _worker_server = _exit_stack.enter_context(mutant_server())


def _results_by_id(rule_id: str) -> list[MutantResult]:
    rule = catalogue.rule(rule_id)
    if rule is None or _worker_server is None:
        raise LookupError(f"no rule {rule_id}, or no server to run it on")
    return results_of(rule, _worker_server)


def results_of(rule: Rule, unbroken: MutantServer) -> list[MutantResult]:
    """Return the results of the rule's mutants. A scenario that fails on the unbroken mock proves nothing."""
    known = [scenario for scenario in REGISTRY if scenario.rule == rule.id]
    mutants = mutants_of([rule])
    if not mutants:
        return [MutantResult(rule.id, rule.api, "", "", "no mutant", "this rule has no mutant yet")]
    plays = [_play(scenario, rule, unbroken, "unbroken") for scenario in known]
    red = [play for play in plays if play.finding is not None]
    if red:
        return [_not_caught(mutant, rule, "red without it", _finding_text(red[0])) for mutant in mutants]
    green = [play.scenario for play in plays if play.reason is None]
    if not green:
        reasons = [play.reason for play in plays if play.reason] or ["the rule has no scenario"]
        return [_not_caught(mutant, rule, "not played", reasons[0]) for mutant in mutants]
    return [result(mutant, rule, green, unbroken) for mutant in mutants]


def result(mutant: Mutant, rule: Rule, known: Sequence[Scenario], unbroken: MutantServer) -> MutantResult:
    """Run the scenarios, which hold on the unbroken mock, on this mutant."""
    with mutant.applied():
        unbroken.reseed()
        plays = [_play(scenario, rule, unbroken, "broken") for scenario in known]
    unbroken.reseed()
    elapsed = sum(play.elapsed_seconds for play in plays)
    red = [play for play in plays if play.finding is not None and not _is_server_error(play)]
    caught = [play for play in red if play.finding is not None and play.finding.rule == mutant.rule]
    idle = tuple(play.scenario.name for play in plays if play.finding is None)
    if caught:
        names = tuple(play.scenario.name for play in caught)
        return MutantResult(
            mutant.rule, rule.api, mutant.says, mutant.place, "caught", _finding_text(caught[0]), names, idle, elapsed
        )
    crashed = next((play for play in plays if _is_server_error(play)), None)
    if crashed is not None:
        return _not_caught(
            mutant, rule, "crashed", f"the mutant breaks the server, not the rule: {_finding_text(crashed)}"
        )
    reasons = [play.reason for play in plays if play.reason is not None]
    return _not_caught(mutant, rule, "survived", reasons[0] if reasons else "every scenario of the rule holds on it")


def _not_caught(mutant: Mutant, rule: Rule, fate: Fate, why: str) -> MutantResult:
    return MutantResult(mutant.rule, rule.api, mutant.says, mutant.place, fate, why)


def _play(scenario: Scenario, rule: Rule, unbroken: MutantServer, run_id: str) -> ScenarioResult:
    with standalone_context(unbroken.target, run_id, seed=0) as context:
        return play_scenario(scenario, rule.api, context)


def _is_server_error(play: ScenarioResult) -> bool:
    """Return whether the server responded with an internal error, which is not a broken rule."""
    if play.finding is None:
        return False
    return any(
        name.lower() == "x-sandbox-error" for exchange in play.finding.exchanges for name in exchange.response_headers
    )


def _finding_text(play: ScenarioResult) -> str:
    finding = play.finding
    return "" if finding is None else f"{finding.name}: expected {finding.expected}, saw {finding.seen}"
