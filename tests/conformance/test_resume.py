"""A resumed run repeats nothing that its checkpoint holds; a seed repeats a run exactly."""

from __future__ import annotations

from contextlib import closing
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
from pii_sandbox.conformance.session import RunPlan, run_session
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.session_runs import (
    RULES,
    RecordingListener,
    StubGeneratedCalls,
    break_rule,
    keep_rule,
    run,
    scenario,
    verdicts,
)
from tests.conformance.stub_transport import context, json, vendor


def test_a_run_that_is_gone_on_with_repeats_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[str] = []

    def count_call(api: ApiClient) -> None:
        calls.append(api.new_customer().email)

    first, second = scenario("FAI-GET-2", break_rule), Scenario("FAI-GET-3", "counted", count_call, frozenset())
    notes = CheckpointWriter(tmp_path, {"run": "abc12345"}, Redactor())
    first_result = run(
        monkeypatch, [scenario("FAI-GET-1", keep_rule), first], generated=StubGeneratedCalls(calls=4), progress=notes
    )
    checkpoint = progressing.read_checkpoint(tmp_path, [scenario("FAI-GET-1", keep_rule), first, second])
    assert checkpoint.about == {"run": "abc12345"}
    assert checkpoint.usage.requests == 4  # what breaks is played twice, and once in the other dialect
    listener = RecordingListener()
    selection = RuleSelection(tuple(RULES[rule] for rule in ("FAI-GET-1", "FAI-GET-2", "FAI-GET-3")))
    result = run(
        monkeypatch,
        [scenario("FAI-GET-1", keep_rule), first, second],
        generated=StubGeneratedCalls(calls=99),
        checkpoint=checkpoint,
        selection=selection,
        listener=listener,
        progress=CheckpointWriter(tmp_path, {}, Redactor()),
    )
    assert listener.begun == ["FAI-GET-3 counted"]
    assert verdicts(result) == {"FAI-GET-1": "conforms", "FAI-GET-2": "breaks", "FAI-GET-3": "conforms"}
    assert result.coverage == first_result.coverage
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
    def invent_customers(api: ApiClient) -> None:
        for _ in range(3):
            person = api.new_customer()
            api.call("getProfileByEmail", email=person.email, documented=False)
            api.call("getProfileByDocument", document=person.document, documented=False)

    def sent(seed: int) -> list[str]:
        urls: list[str] = []

        def record_call(request: httpx.Request) -> httpx.Response:
            urls.append(str(request.url))
            return json(404, {})

        monkeypatch.setattr(
            conducting, "REGISTRY", [scenario("FAI-GET-1", invent_customers), scenario("FAI-GET-2", invent_customers)]
        )
        selection = RuleSelection((RULES["FAI-GET-1"], RULES["FAI-GET-2"]))
        name = run_ids.run_id(seed)
        run_context = context(vendor(), record_call, name, seed)
        with closing(run_context.sender):
            run_session(run_context, RunPlan(selection, frozenset({"scenarios"}), 1), StubGeneratedCalls)
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

    def invent_customers(api: ApiClient) -> None:
        seen.append(api.new_customer().email)

    each = scenario("FAI-GET-1", invent_customers)
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
