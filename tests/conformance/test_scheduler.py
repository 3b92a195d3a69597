"""In which order scenarios are begun."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import Future
from concurrent.futures import wait as wait_for_futures
from typing import Any

import pytest

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


@pytest.mark.parametrize("workers", [0, 1])
def test_a_run_without_workers_plays_all_the_same(workers: int) -> None:
    plays = scheduler.play_all(
        [scenario("A"), scenario("B")], ScenarioResult, threading.Event(), workers=workers,
        one_by_one=lambda each: each.rule == "B",
    )  # fmt: skip
    assert [each.scenario.rule for each in plays] == ["A", "B"]


def test_one_worker_plays_one_scenario_at_a_time() -> None:
    threads: set[str] = set()

    def play(each: Scenario) -> ScenarioResult:
        threads.add(threading.current_thread().name)
        return ScenarioResult(each)

    both = threading.Barrier(2)

    def play_with_another(each: Scenario) -> ScenarioResult:
        both.wait(30)  # raises where nobody else plays meanwhile
        return ScenarioResult(each)

    four = [scenario(rule) for rule in "ABCD"]
    scheduler.play_all(four, play, threading.Event(), workers=1, one_by_one=lambda each: False)
    assert len(threads) == 1
    scheduler.play_all(four, play_with_another, threading.Event(), workers=2, one_by_one=lambda each: False)


def test_ctrl_c_stops_what_was_not_begun_and_waits_for_what_was(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, begun, released = threading.Event(), threading.Event(), threading.Event()
    waits: list[float] = []

    def wait_interrupted(futures: Collection[Future[Any]], timeout: float) -> Any:
        waits.append(timeout)
        if len(waits) == 1:
            assert begun.wait(30)
            raise KeyboardInterrupt
        released.set()
        return wait_for_futures(futures, timeout)

    def play(each: Scenario) -> ScenarioResult:
        begun.set()
        assert released.wait(30)
        return ScenarioResult(each)

    monkeypatch.setattr(scheduler, "wait", wait_interrupted)
    plays = scheduler.play_all([scenario("A"), scenario("B")], play, stop, workers=1, one_by_one=lambda each: False)
    assert [each.holds for each in plays] == [True, False]
    assert plays[1].stopped
    assert stop.is_set()
    assert 0 < max(waits) <= 0.5  # Ctrl-C is seen soon where it does not end a wait, without looking all the time
