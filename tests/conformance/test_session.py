"""A whole run: what is played, in which order, and what it comes to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from pii_sandbox.conformance import run_ids
from pii_sandbox.conformance import session as conducting
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.history import checkpoint as progressing
from pii_sandbox.conformance.history.checkpoint import BadCheckpoint, Checkpoint, CheckpointWriter
from pii_sandbox.conformance.redaction import Redactor
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.scenario_runner import relevant_calls
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.errors import CannotCheck, RuleViolation
from pii_sandbox.conformance.values.findings import Coverage, Exchange, Finding, RunResult
from pii_sandbox.conformance.values.scenario import Scenario, holds
from pii_sandbox.specs.catalogue import rules
from tests.conformance.stub_transport import context, json, vendor

RULES = {rule.id: rule for rule in rules("fashionai")}
PERSON = "jane.doe@example.org"


def keep_rule(api: ApiClient) -> None:
    api.call("getProfileByUserProfileId", userProfileId="x", documented=False)


def break_rule(api: ApiClient) -> None:
    api.call("getProfileByEmail", email=PERSON, documented=False)
    holds(False, "another answer", f"this one of {PERSON}")


def raise_cannot_check(api: ApiClient) -> None:
    raise CannotCheck("nobody knows how")


def stop_run(api: ApiClient) -> None:
    api.sandbox._context.sender.stop.set()


def scenario(rule: str, play: Callable[[ApiClient], None], *needs: str) -> Scenario:
    return Scenario(rule, getattr(play, "__name__", "a_trial"), play, frozenset(needs))


@dataclass
class RecordingListener:
    """A watcher."""

    total: int = 0
    begun: list[str] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    def on_start(self, total: int) -> None:
        self.total = total

    def on_scenario_start(self, name: str) -> None:
        self.begun.append(name)

    def on_scenario_end(self, name: str, verdict_text: str) -> None:
        self.ended.append((name, verdict_text))


@dataclass
class StubGeneratedCalls:
    """What generated calls came to."""

    findings: tuple[Finding, ...] = ()
    coverage: Mapping[tuple[str, str], Mapping[int, int]] = field(default_factory=dict)
    calls: int = 0
    notes: tuple[str, ...] = ()
    is_resumable: bool = False


def run(
    monkeypatch: pytest.MonkeyPatch,
    scenarios: list[Scenario],
    *,
    target: Target | None = None,
    made: StubGeneratedCalls | None = None,
    listener: RecordingListener | None = None,
    checkpoint: Checkpoint | None = None,
    progress: CheckpointWriter | None = None,
    workers: int = 2,
    selection: RuleSelection | None = None,
) -> RunResult:
    monkeypatch.setattr(conducting, "REGISTRY", scenarios)
    named = tuple(RULES[rule] for rule in dict.fromkeys(each.rule for each in scenarios))
    parts = frozenset({"scenarios", "generated"} if made else {"scenarios"})
    plan = RunPlan(selection or RuleSelection(named), parts, workers)  # type: ignore[arg-type]
    attempt = 0 if checkpoint is None else checkpoint.attempts
    there = context(
        target or vendor(), lambda request: json(404, {}), listener=listener or RecordingListener(), attempt=attempt
    )
    with closing(there.sender):
        return run_session(there, plan, lambda: made or StubGeneratedCalls(), checkpoint=checkpoint, progress=progress)


def verdicts(result: RunResult) -> dict[str, str]:
    return {rule.rule: rule.verdict for rule in result.rules}


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
    made = StubGeneratedCalls(
        coverage={("fashionai", "getProfileByPhone"): {200: 3}}, calls=3, notes=("oracle: not generated",)
    )
    scenarios = [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", keep_rule), scenario("FAI-GET-2", break_rule)]
    result = run(monkeypatch, scenarios, made=made)
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
    ("scenarios", "made", "code"),
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
    scenarios: list[Scenario], made: StubGeneratedCalls | None, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, scenarios, made=made).exit_code == code


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
        made=StubGeneratedCalls(calls=1),
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

    def long(api: ApiClient) -> None:
        api.undo_with(lambda: undone.append(1))
        stop_run(api)
        keep_rule(api)

    result = run(
        monkeypatch,
        [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", long), scenario("FAI-GET-3", keep_rule)],
        made=StubGeneratedCalls(calls=5),
        workers=1,
    )
    assert verdicts(result) == {"FAI-GET-1": "conforms", "FAI-GET-2": "not checked", "FAI-GET-3": "not checked"}
    assert result.rules[2].reasons == ("the run was stopped",)
    assert undone == [1]
    assert not result.complete
    assert result.exit_code == 2
    assert result.facts["generated calls"] == 0


def test_a_run_that_is_gone_on_with_repeats_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[str] = []

    def counted(api: ApiClient) -> None:
        calls.append(api.new_customer().email)

    first, second = scenario("FAI-GET-2", break_rule), Scenario("FAI-GET-3", "counted", counted, frozenset())
    notes = CheckpointWriter(tmp_path, {"run": "abc12345"}, Redactor())
    whole = run(
        monkeypatch, [scenario("FAI-GET-1", keep_rule), first], made=StubGeneratedCalls(calls=4), progress=notes
    )
    checkpoint = progressing.read_checkpoint(tmp_path, [scenario("FAI-GET-1", keep_rule), first, second])
    assert checkpoint.about == {"run": "abc12345"}
    assert checkpoint.usage.requests == 4  # what breaks is played twice, and once in the other dialect
    listener = RecordingListener()
    selection = RuleSelection(tuple(RULES[rule] for rule in ("FAI-GET-1", "FAI-GET-2", "FAI-GET-3")))
    result = run(
        monkeypatch,
        [scenario("FAI-GET-1", keep_rule), first, second],
        made=StubGeneratedCalls(calls=99),
        checkpoint=checkpoint,
        selection=selection,
        listener=listener,
        progress=CheckpointWriter(tmp_path, {}, Redactor()),
    )
    assert listener.begun == ["FAI-GET-3 counted"]
    assert verdicts(result) == {"FAI-GET-1": "conforms", "FAI-GET-2": "breaks", "FAI-GET-3": "conforms"}
    assert result.coverage == whole.coverage
    assert result.facts["generated calls"] == 4
    again = progressing.read_checkpoint(tmp_path, [scenario("FAI-GET-1", keep_rule), first, second])
    assert (len(again.plays), again.attempts) == (3, 2)


def test_what_is_kept_of_a_run_holds_no_personal_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    run(
        monkeypatch,
        [scenario("FAI-GET-2", break_rule)],
        progress=CheckpointWriter(tmp_path, {"run": "abc12345"}, Redactor()),
    )
    kept = (tmp_path / progressing.FILE).read_text("utf-8")
    assert "jane" not in kept
    assert "fai_test_sandbox" not in kept
    (play,) = progressing.read_checkpoint(tmp_path, [scenario("FAI-GET-2", break_rule)]).plays
    assert play.finding is not None
    assert play.finding.exchanges[0].status == 404


def test_a_seed_repeats_a_run_to_the_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    def invents(api: ApiClient) -> None:
        for _ in range(3):
            person = api.new_customer()
            api.call("getProfileByEmail", email=person.email, documented=False)
            api.call("getProfileByDocument", document=person.document, documented=False)

    def sent(seed: int) -> list[str]:
        urls: list[str] = []

        def noted(request: httpx.Request) -> httpx.Response:
            urls.append(str(request.url))
            return json(404, {})

        monkeypatch.setattr(conducting, "REGISTRY", [scenario("FAI-GET-1", invents), scenario("FAI-GET-2", invents)])
        selection = RuleSelection((RULES["FAI-GET-1"], RULES["FAI-GET-2"]))
        name = run_ids.run_id(seed)
        there = context(vendor(), noted, name, seed)
        with closing(there.sender):
            run_session(there, RunPlan(selection, frozenset({"scenarios"}), 1), StubGeneratedCalls)
        return urls

    first = sent(5)
    assert len(set(first)) == 12
    assert sent(5) == first
    assert not set(sent(6)) & set(first)


def test_a_run_at_a_vendor_has_an_id_of_its_own() -> None:
    assert len({run_ids.fresh_run_id() for _ in range(100)}) == 100
    assert all(run_ids.run_id(seed)[0].isalpha() and len(run_ids.run_id(seed)) == 8 for seed in range(50))


def test_someone_who_was_invented_before_a_crash_is_not_invented_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def invents(api: ApiClient) -> None:
        seen.append(api.new_customer().email)

    each = scenario("FAI-GET-1", invents)
    run(monkeypatch, [each])
    run(monkeypatch, [each])
    run(monkeypatch, [each], checkpoint=Checkpoint({}))
    assert seen[0] == seen[1]
    assert seen[2] != seen[0]


@pytest.mark.parametrize("text", ["", "no\n", "{}\n", '{"progress": 99}\n', '{"progress": 1}\n{"rule": "A"}\n[]\n'])
def test_a_folder_that_holds_no_run_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / progressing.FILE).write_text(text, "utf-8")
    with pytest.raises(BadCheckpoint):
        progressing.read_checkpoint(tmp_path, [])
    with pytest.raises(BadCheckpoint, match="no run to resume"):
        progressing.read_checkpoint(tmp_path / "none", [])


def test_a_limit_holds_for_the_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = [scenario("FAI-GET-1", keep_rule), scenario("FAI-GET-2", keep_rule), scenario("FAI-GET-3", keep_rule)]
    result = run(monkeypatch, scenarios, target=vendor(limits=Limits(requests=2)), workers=3)
    assert sorted(verdicts(result).values()) == ["conforms", "conforms", "not checked"]
    assert result.facts["requests"] == 2


def test_a_target_that_is_away_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(conducting, "REGISTRY", [scenario("FAI-GET-1", keep_rule)])
    there = context(vendor(), away)
    with closing(there.sender):
        plan = RunPlan(RuleSelection((RULES["FAI-GET-1"],)), frozenset({"scenarios"}), 1)
        result = run_session(there, plan, StubGeneratedCalls)
    assert result.exit_code == 2
    assert "cannot be reached" in result.rules[0].reasons[0]


def test_refused_credentials_are_no_part_of_the_smallest_sequence() -> None:
    def call(status: int, operation_id: str | None = "a") -> Exchange:
        return Exchange("vtex", operation_id, "GET", "u", {}, b"", status)

    assert [each.status for each in relevant_calls([call(201), call(401), call(403), call(404), call(200)])] == [
        201,
        404,
        200,
    ]
    assert len(relevant_calls([call(401), call(429)])) == 2
    assert len(relevant_calls([call(401), call(200, None)])) == 2
    assert [each.status for each in relevant_calls([call(401), call(401)])] == [401]
    assert relevant_calls([]) == ()


def test_broken_says_both() -> None:
    assert str(RuleViolation("a", "b")) == "expected a; saw b"
