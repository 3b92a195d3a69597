"""A whole run: which scenarios it plays, in which order, and its verdicts and exit code."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Coverage, Finding
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.session_runs import (
    PERSON,
    RULES,
    RecordingListener,
    StubGeneratedCalls,
    break_rule,
    keep_rule,
    run,
    scenario,
    verdicts,
)
from tests.conformance.stub_transport import context, vendor


def raise_cannot_check(api: ApiClient) -> None:
    raise CannotCheck("nobody knows how")


def stop_run(api: ApiClient) -> None:
    api.sandbox._context.sender.stop.set()


def test_each_rule_gets_its_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(
        monkeypatch,
        [
            scenario("FAI-GET-1", keep_rule),
            scenario("FAI-GET-2", keep_rule),
            scenario("FAI-GET-2", break_rule),
            scenario("FAI-GET-3", raise_cannot_check),
            scenario("FAI-GET-4", keep_rule, "control"),
            scenario("FAI-GET-1", raise_cannot_check),
        ],
    )
    assert verdicts(result) == {
        "FAI-GET-1": "conforms",
        "FAI-GET-2": "breaks",
        "FAI-GET-3": "not checked",
        "FAI-GET-4": "not checked",
    }
    by_rule = {rule.rule: rule for rule in result.rules}
    assert by_rule["FAI-GET-1"].reasons == ("nobody knows how",)
    assert by_rule["FAI-GET-4"].reasons == ("the target does not grant the power control",)
    (finding,) = by_rule["FAI-GET-2"].findings
    assert (finding.operation_id, finding.expected) == ("getProfileByEmail", "another answer")
    assert len(finding.exchanges) == 1
    assert result.complete
    assert result.exit_code == 1
    assert result.powers == {"read"}


def test_what_was_covered_is_counted_by_operation_status_and_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    generated = StubGeneratedCalls(
        coverage={("fashionai", "getProfileByPhone"): {200: 3}}, calls=3, notes=("oracle: not generated",)
    )
    scenarios = [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", keep_rule), scenario("FAI-GET-2", break_rule)]
    result = run(monkeypatch, scenarios, generated=generated)
    assert result.coverage == Coverage(
        {
            ("fashionai", "getProfileByEmail"): {404: 2},  # what breaks is played twice
            ("fashionai", "getProfileByPhone"): {200: 3},
            ("fashionai", "getProfileByUserProfileId"): {404: 2},
        },
        {
            ("fashionai", "getProfileByEmail"): ("FAI-GET-2",),
            ("fashionai", "getProfileByUserProfileId"): ("FAI-GET-1", "FAI-GET-2"),
        },
    )
    assert result.facts["generated calls"] == 3
    assert result.facts["not generated"] == ("oracle: not generated",)
    assert result.facts["requests"] == 5  # one of them in the other dialect, which what breaks is asked for as well


@pytest.mark.parametrize(
    ("scenarios", "generated", "code"),
    [
        ([scenario("FAI-GET-1", keep_rule)], None, 0),
        ([scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", raise_cannot_check)], None, 0),
        ([scenario("FAI-GET-1", break_rule)], None, 1),
        ([scenario("FAI-GET-1", raise_cannot_check)], None, 2),
        ([scenario("FAI-GET-1", raise_cannot_check)], StubGeneratedCalls(calls=1), 2),
        ([scenario("FAI-GET-1", raise_cannot_check)], StubGeneratedCalls(), 2),
        (
            [scenario("FAI-GET-1", keep_rule)],
            StubGeneratedCalls((Finding("generated:form", "fashionai", None, "generated", "form", "a", "b"),), calls=1),
            1,
        ),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    scenarios: list[Scenario], generated: StubGeneratedCalls | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, scenarios, generated=generated).exit_code == code


def test_omitted_rules_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    selection = RuleSelection((RULES["FAI-GET-1"], RULES["FAI-GET-2"]), frozenset({"FAI-GET-2"}))
    result = run(
        monkeypatch, [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", break_rule)], selection=selection
    )
    assert verdicts(result) == {"FAI-GET-1": "conforms", "FAI-GET-2": "not checked"}
    assert result.rules[1].reasons == ("left out on request",)


def test_listeners_are_notified(monkeypatch: pytest.MonkeyPatch) -> None:
    listener = RecordingListener()
    run(
        monkeypatch,
        [
            scenario("FAI-GET-1", keep_rule),
            scenario("FAI-GET-2", break_rule),
            scenario("FAI-GET-3", raise_cannot_check),
        ],
        generated=StubGeneratedCalls(calls=1),
        listener=listener,
        workers=1,
    )
    assert listener.total == 4
    assert listener.begun == [
        "FAI-GET-1 keep rule",
        "FAI-GET-2 break rule",
        "FAI-GET-3 raise cannot check",
        "generated calls",
    ]
    assert dict(listener.ended) == {
        "FAI-GET-1 keep rule": "holds",
        "FAI-GET-2 break rule": f"breaks: expected another answer, saw this one of {PERSON}",
        "FAI-GET-3 raise cannot check": "not checked: nobody knows how",
        "generated calls": "holds",
    }


def test_what_writes_to_a_vendor_is_played_alone_and_last(monkeypatch: pytest.MonkeyPatch) -> None:
    playing, most, order = [0], [0, 0], []
    lock = threading.Lock()

    def slow(writes: bool) -> Callable[[ApiClient], None]:
        def play(api: ApiClient) -> None:
            with lock:
                playing[0] += 1
                most[writes] = max(most[writes], playing[0])
                order.append(writes)
            time.sleep(0.05)
            with lock:
                playing[0] -= 1

        return play

    scenarios = [
        scenario("FAI-GET-1", slow(bool(number % 2)), *(("write",) if number % 2 else ())) for number in range(8)
    ]
    run(monkeypatch, scenarios, target=vendor("write", "delete"), workers=4)
    assert most[True] == 1
    assert most[False] > 1
    assert order == [False] * 4 + [True] * 4


def test_ctrl_c_ends_a_run_with_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    undone = []

    def stop_midway(api: ApiClient) -> None:
        api.undo_with(lambda: undone.append(1))
        stop_run(api)
        keep_rule(api)

    result = run(
        monkeypatch,
        [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", stop_midway), scenario("FAI-GET-3", keep_rule)],
        generated=StubGeneratedCalls(calls=5),
        workers=1,
    )
    assert verdicts(result) == {"FAI-GET-1": "conforms", "FAI-GET-2": "not checked", "FAI-GET-3": "not checked"}
    assert result.rules[2].reasons == ("the run was stopped",)
    assert undone == [1]
    assert not result.complete
    assert result.exit_code == 2
    assert result.facts["generated calls"] == 0


def test_a_limit_holds_for_the_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", keep_rule), scenario("FAI-GET-3", keep_rule)]
    result = run(monkeypatch, scenarios, target=vendor(limits=Limits(requests=2)), workers=3)
    assert sorted(verdicts(result).values()) == ["conforms", "conforms", "not checked"]
    assert result.facts["requests"] == 2


def test_a_target_that_is_away_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_connection(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(conducting, "REGISTRY", [scenario("FAI-GET-1", keep_rule)])
    run_context = context(vendor(), refuse_connection)
    with closing(run_context.sender):
        plan = RunPlan(RuleSelection((RULES["FAI-GET-1"],)), frozenset({"scenarios"}), 1)
        result = run_session(run_context, plan, StubGeneratedCalls)
    assert result.exit_code == 2
    assert "cannot be reached" in result.rules[0].reasons[0]


def test_broken_says_both() -> None:
    assert str(RuleViolation("a", "b")) == "expected a; saw b"
