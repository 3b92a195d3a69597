"""In which order scenarios are begun."""

from __future__ import annotations

import threading

from pii_sandbox.conformance import scheduler
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.scenarios import fashionai  # noqa: F401 — registers its scenarios


def nothing(api: ApiClient) -> None:
    raise AssertionError("not to be played")


def scenario(rule: str, *, waits: bool = False) -> Scenario:
    return Scenario(rule, rule.lower(), nothing, frozenset(), waits=waits)


def test_a_scenario_that_waits_is_begun_first_and_told_in_its_place() -> None:
    begun: list[str] = []

    def play(each: Scenario) -> ScenarioResult:
        begun.append(each.rule)
        return ScenarioResult(each)

    ordered = [scenario("A"), scenario("B", waits=True), scenario("C"), scenario("D", waits=True)]
    plays = scheduler.play_all(ordered, play, threading.Event(), workers=1, one_by_one=lambda each: each.rule == "A")
    assert begun == ["B", "D", "C", "A"]
    assert [each.scenario.rule for each in plays] == ["A", "B", "C", "D"]


def test_the_one_that_lets_seconds_go_by_says_so() -> None:
    assert [each.rule for each in REGISTRY if each.waits] == ["FAI-SLOW-1"]
