"""Plays many scenarios, several at a time, and lets Ctrl-C end it in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from pii_sandbox.conformance.scenario_runner import STOPPED, ScenarioResult
from pii_sandbox.conformance.values.scenario import Scenario

_LOOK_SECONDS = 0.2


def play_all(
    scenarios: Sequence[Scenario],
    play: Callable[[Scenario], ScenarioResult],
    stop: threading.Event,
    *,
    workers: int,
    one_by_one: Callable[[Scenario], bool],
) -> list[ScenarioResult]:
    """Plays them, those that are `one_by_one` after the others and each alone. `stop`, or Ctrl-C, leaves the rest.

    Those that wait are begun first, so that others are played meanwhile. What comes of them is in the order given.
    """

    def play_unless_stopped(scenario: Scenario) -> ScenarioResult:
        return ScenarioResult(scenario, cause=STOPPED) if stop.is_set() else play(scenario)

    plays: dict[int, ScenarioResult] = {}
    for alone in (False, True):
        group = [scenario for scenario in scenarios if one_by_one(scenario) is alone]
        group.sort(key=lambda scenario: not scenario.waits)
        with ThreadPoolExecutor(1 if alone else max(1, workers)) as pool:
            futures = [pool.submit(play_unless_stopped, scenario) for scenario in group]
            _wait(futures, stop)
        plays |= {id(scenario): future.result() for scenario, future in zip(group, futures, strict=True)}
    return [plays[id(scenario)] for scenario in scenarios]


def _wait(futures: Sequence[Future[ScenarioResult]], stop: threading.Event) -> None:
    """Until all have ended. After Ctrl-C that is soon: what is played is undone, the rest is not begun."""
    pending = set(futures)
    while pending:
        try:
            _, pending = wait(pending, timeout=_LOOK_SECONDS)
        except KeyboardInterrupt:
            stop.set()
