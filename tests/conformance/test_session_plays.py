"""The scenarios of a run: their order, and what fails beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.faults import FAULT
from tests.conformance.session_runs import (
    RecordingListener,
    break_rule,
    keep_rule,
    scenario,
)
from tests.conformance.stage_runs import RecordingProgress, run
from tests.conformance.stub_transport import BASE, json, vendor


@pytest.mark.parametrize(
    ("where", "fault"),
    [("on_scenario_start", "the progress display"), ("on_scenario_end", "the progress display"),
     ("note", "the record of progress"), ("on_scenario", "redaction")],
)  # fmt: skip
def test_a_fault_beside_a_scenario_leaves_its_verdict(where: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("jane.doe@example.org")

    progress = RecordingProgress()
    heard: list[str] = []
    owner: Any = {"note": RecordingProgress}.get(where, RecordingListener)
    if where != "on_scenario":
        monkeypatch.setattr(owner, where, fail)
    result, _ = run(
        monkeypatch, scenarios=[scenario("FAI-GET-1", keep_rule)], stages=["scenarios"], progress=progress,
        on_scenario=fail if where == "on_scenario" else lambda play: heard.append(play.scenario.rule),
    )  # fmt: skip
    assert result.rules[0].verdict == "conforms"
    assert [text.partition(": ")[0] for text in result.facts["faults"]] == [f"{FAULT} in {fault}"]
    assert heard == ([] if where == "on_scenario" else ["FAI-GET-1"])
    assert progress.plays == ([] if where == "note" else ["FAI-GET-1"])


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (CannotCheck("no room", "limit"), Cause("limit", "no room")),
        (ValueError("jane.doe@example.org"), None),
    ],
)
def test_what_fails_before_a_scenario_begins_is_the_cause(
    error: Exception, cause: Cause | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def play_confirmed(*arguments: object) -> ScenarioResult:
        raise error

    monkeypatch.setattr(conducting, "play_confirmed", play_confirmed)
    result, listener = run(monkeypatch, scenarios=[scenario("FAI-GET-1", keep_rule)], stages=["scenarios"])
    (seen,) = result.rules[0].causes
    assert cause is None or seen == cause
    assert (seen.kind, listener.ended) == (
        "fault" if cause is None else cause.kind, [("FAI-GET-1 keep rule", f"not checked: {seen.text}")]
    )  # fmt: skip
    assert cause is not None or seen.text.startswith(f"{FAULT} in scenario keep_rule: ValueError")


@pytest.mark.parametrize(
    ("target", "order"), [(vendor("write"), ["reads", "writes"]), (local_sandbox(BASE), ["writes", "reads"])]
)
def test_sandboxes_of_scenarios_spare_the_order_that_a_vendor_asks_for(
    target: Any, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def play(name: str) -> Callable[[ApiClient], None]:
        return lambda api: begun.append(name)

    scenarios = [scenario("FAI-GET-1", play("writes"), "write"), scenario("FAI-GET-1", play("reads"))]
    run(monkeypatch, scenarios=scenarios, stages=["scenarios"], target=target, respond=lambda _: json(204))
    assert begun == order


def test_a_finding_that_showed_once_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [True]

    def break_once(api: ApiClient) -> None:
        if left:
            left.pop()
            break_rule(api)

    _, listener = run(monkeypatch, scenarios=[scenario("FAI-GET-1", break_once)], stages=["scenarios"])
    ((_, told),) = listener.ended
    assert told == "unstable: expected another answer, saw this one of jane.doe@example.org once"
