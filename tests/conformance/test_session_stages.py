"""The stages of a run: generated calls after the scenarios, the clean-up, and what the result says of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.history.checkpoint import Checkpoint
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.faults import FAULT
from pii_sandbox.conformance.values.findings import Coverage, Finding
from pii_sandbox.conformance.values.observations import Drift
from tests.conformance.session_runs import (
    StubGeneratedCalls,
    keep_rule,
    scenario,
)
from tests.conformance.stage_runs import BOTH, RecordingProgress, run
from tests.conformance.stub_transport import BASE, json

FORM = Finding("generated:form", "fashionai", None, "generated", "form", "a", "b")
MADE = StubGeneratedCalls((FORM,), {("fashionai", "getProfileByPhone"): {200: 3}}, 3, ("a note",))


def raising(error: BaseException) -> Callable[[], Any]:
    def generate() -> Any:
        raise error

    return generate


def test_what_was_generated_is_part_of_the_result_and_of_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = RecordingProgress()
    result, listener = run(monkeypatch, lambda: MADE, scenarios=[scenario("FAI-GET-1", keep_rule)], progress=progress)
    assert (listener.total, listener.begun) == (2, ["FAI-GET-1 keep rule", "generated calls"])
    assert (result.generated, result.facts["generated calls"]) == ((FORM,), 3)
    assert result.facts["not generated"] == ("a note",)
    assert progress.plays == ["FAI-GET-1"]
    assert progress.generated == [((FORM,), Coverage(MADE.coverage), 3)]
    assert not {"faults", "generated calls unfinished"} & set(result.facts)


@pytest.mark.parametrize(
    ("standings", "told"),
    [((), "holds"), (("unstable",), "unstable"), (("unstable", "breaks"), "breaks")],
)
def test_the_verdict_on_generated_calls_is_that_of_the_gravest_finding(
    standings: tuple[Any, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = replace(MADE, findings=tuple(replace(FORM, standing=standing) for standing in standings))
    _, listener = run(monkeypatch, lambda: made)
    assert listener.ended == [("generated calls", told)]


def test_generated_calls_that_another_time_may_allow_are_made_again_by_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = RecordingProgress()
    result, _ = run(monkeypatch, lambda: replace(MADE, is_resumable=True), progress=progress)
    assert (result.facts["generated calls unfinished"], progress.generated) == (True, [])
    assert (result.generated, result.complete) == ((FORM,), True)


def test_generated_calls_that_were_stopped_are_not_kept_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = RecordingProgress()
    contexts: list[RunContext] = []

    def generate() -> StubGeneratedCalls:
        contexts[0].sender.stop.set()
        return MADE

    result, _ = run(monkeypatch, generate, progress=progress, before=contexts.append)
    assert (result.generated, result.complete, progress.generated) == ((FORM,), False, [])


@pytest.mark.parametrize(
    ("stages", "generate", "is_stopped", "note", "complete"),
    [
        (("scenarios",), raising(AssertionError()), False, "left out on request", True),
        (BOTH, raising(AssertionError()), True, "the run was stopped", False),
        (BOTH, raising(KeyboardInterrupt()), False, "the run was stopped", False),
    ],
    ids=["left out", "stopped before", "stopped meanwhile"],
)
def test_calls_that_were_not_generated_are_noted(
    stages: Any, generate: Any, is_stopped: bool, note: str, complete: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def before(run_context: RunContext) -> None:
        if is_stopped:
            run_context.sender.stop.set()

    result, _ = run(monkeypatch, generate, stages=stages, before=before)
    assert (result.facts["not generated"], result.facts["generated calls"]) == ((note,), 0)
    assert (result.generated, result.coverage, result.complete) == ((), Coverage(), complete)
    assert not {"faults", "generated calls unfinished"} & set(result.facts)


def test_a_fault_in_generating_leaves_the_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run(
        monkeypatch, raising(ValueError("jane.doe@example.org")), scenarios=[scenario("FAI-GET-1", keep_rule)]
    )
    assert (result.rules[0].verdict, result.complete, result.facts["generated calls"]) == ("conforms", True, 0)
    (fault,) = result.facts["faults"]
    assert fault.startswith(f"{FAULT} in the generated calls: ValueError")
    assert result.facts["not generated"] == (fault,)
    assert "generated calls unfinished" not in result.facts


def test_faults_among_the_notes_are_told_as_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = f"vtex: GetProfile not generated: {FAULT} in the generated calls"
    result, _ = run(monkeypatch, lambda: replace(MADE, notes=("a note", fault)))
    assert result.facts["faults"] == [fault]


def test_a_resumed_run_generates_what_was_not_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    done = ((FORM,), Coverage({("fashionai", "getProfileByPhone"): {200: 7}}), 7)
    for generated, expected, total in ((done, 7, 0), (None, 3, 1)):
        checkpoint = Checkpoint({}, generated=generated)
        result, listener = run(monkeypatch, lambda: MADE, checkpoint=checkpoint)
        assert (result.facts["generated calls"], listener.total) == (expected, total)
        assert result.generated == (FORM,)
        assert "generated calls unfinished" not in result.facts
        assert result.facts["not generated"] == (() if generated else ("a note",))


@pytest.mark.parametrize(
    ("stages", "reason"),
    [(("generated",), "scenarios were left out on request"), (("scenarios",), "no scenario")],
)
def test_a_rule_that_no_scenario_played_says_why(stages: Any, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [scenario("FAI-GET-1", keep_rule)] if stages == ("generated",) else []
    result, listener = run(monkeypatch, scenarios=others, stages=stages)
    assert (result.rules[0].verdict, result.rules[0].reasons) == ("not checked", (reason,))
    assert listener.total == (stages == ("generated",))


def test_a_run_takes_the_time_between_its_begin_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 107.5])
    monkeypatch.setattr(conducting, "time", SimpleNamespace(monotonic=lambda: next(times)))
    monkeypatch.setattr(conducting, "now", lambda: datetime(2026, 1, 31, tzinfo=UTC))
    result, _ = run(monkeypatch)
    assert (result.elapsed_seconds, result.started_at) == (7.5, datetime(2026, 1, 31, tzinfo=UTC))


def test_what_was_made_is_undone_after_the_last_stage_and_what_is_left_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        order.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
        return json(500 if "left" in request.url.path else 204)

    def generate() -> StubGeneratedCalls:
        order.append("generated")
        return MADE

    def before(run_context: RunContext) -> None:
        for name in ("abc12345-deleted", "abc12345-left", "another-run"):
            run_context.ledger.record_intent(sandbox=name)
        run_context.ledger.settle(run_context.ledger.record_intent(sandbox="abc12345-before"), "gone")

    result, _ = run(
        monkeypatch,
        generate,
        respond=respond,
        before=before,
        target=local_sandbox(BASE),
    )
    assert order[0] == "generated"
    assert {"DELETE abc12345-deleted", "DELETE abc12345-left"} == set(order[1:])
    assert result.facts["left behind"] == 1
    why = "the name of the sandbox does not begin with the id of the run"
    assert result.facts["left alone"] == [f"sandbox another-run (entry 3): {why}"]


def test_what_was_observed_is_told_and_what_was_not_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"sent again after", "lag in seconds", "drift", "logins"}
    silent, _ = run(monkeypatch)
    assert not names & set(silent.facts)

    def before(run_context: RunContext) -> None:
        observer = run_context.sender.observer
        observer.note_retry("vtex", "GetProfile", "network")
        observer.note_retry("vtex", "GetProfile", "throttled")
        observer.note_retry("vtex", "GetProfile", "throttled")
        observer.note_lag("vtex", "GetAddress", 1.5)
        observer.note_drift(Drift("oracle", "getProfile", "status 206"))
        observer.note_login("newstore")

    result, _ = run(monkeypatch, before=before)
    assert {name: result.facts[name] for name in names} == {
        "sent again after": {"vtex GetProfile": "network 1, throttled 2"},
        "lag in seconds": {"vtex GetAddress": 1.5},
        "drift": ["oracle getProfile: status 206"],
        "logins": {"newstore": 1},
    }
    assert result.observations.logins == {"newstore": 1}
