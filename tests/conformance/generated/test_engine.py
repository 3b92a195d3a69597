"""What a group's events come to: findings that are played again, notes, and how its sandbox begins."""

from __future__ import annotations

import json as json_format
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from hypothesis import configuration
from schemathesis.core.failures import ServerError
from schemathesis.engine import Status, events
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName, PhaseSkipReason
from schemathesis.generation.feedback import FeedbackSources

from pii_sandbox.conformance.generated.engine import EngineWithoutProbes, TransportedSchema, play
from pii_sandbox.conformance.generated.partition import GroupResult, OperationGroup
from pii_sandbox.conformance.generated.transport import StopEngine
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.generated.stub_groups import Answers, answers, case, group, ours, transported, vendors
from tests.conformance.stub_transport import json, stub_sender

READ = "getProfileByUserProfileId"
RESET = ["POST /_sandbox/v1/seed", "PUT /_sandbox/v1/dialect", "PUT /_sandbox/v1/clock"]
GET = "GET /api/v1/crm/protected/profile/user-profile-id/x"
Script = Callable[[TransportedSchema], Iterator[Any]]


def play_script(
    monkeypatch: pytest.MonkeyPatch, script: Script, one: OperationGroup, target: Target, respond: Any
) -> tuple[GroupResult, bool]:
    """What comes of a group whose engine yields these events, and whether the run was stopped."""
    monkeypatch.setattr(EngineWithoutProbes, "execute", lambda self: script(self.schema))
    with closing(stub_sender(target, respond)) as sender:
        return play(one, sender, None), sender.stop.is_set()


def call(schema: TransportedSchema, *failures: str, operation_id: str = READ, **parts: Any) -> ScenarioRecorder:
    """Sends a case as the engine does, and records what failed of it."""
    recorder = ScenarioRecorder(label="a scenario")
    sent = case(schema, operation_id, **(parts or {"path_parameters": {"userProfileId": "x"}}))
    recorder.record_case(case=sent)
    schema.route.send(sent)
    for name in failures:
        failure = ServerError(operation="GET", status_code=500)
        recorder.record_check_failure(name=name, case_id=sent.id, code_sample="", failure=failure)
    return recorder


def finished(recorder: ScenarioRecorder, phase: PhaseName = PhaseName.FUZZING) -> events.ScenarioFinished:
    return events.ScenarioFinished(
        id=uuid.uuid4(), phase=phase, suite_id=uuid.uuid4(), label=None, status=Status.FAILURE, recorder=recorder,
        elapsed_time=0, skip_reason=None, is_final=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("statuses", "standing", "plays"),
    [((500, 500), "breaks", (2, 2)), ((500, 404, 500), "breaks", (2, 3)), ((500, 404, 404), "unstable", (1, 3))],
)
def test_a_finding_is_played_again_at_once_and_then_in_a_fresh_sandbox(
    statuses: Sequence[int], standing: str, plays: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(statuses)
    respond = Answers([])
    error = {"statusCode": 404, "message": "none", "error": "Not Found"}

    def answer(request: httpx.Request) -> httpx.Response:
        respond.arrived.append(request)
        return json(204) if "/_sandbox/" in request.url.path else json(left.pop(0), error)

    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield finished(call(schema, "not_a_server_error"))

    result, _ = play_script(monkeypatch, script, group(READ, sandbox="run-1"), ours(), answer)
    (finding,) = result.findings
    assert (finding.standing, (finding.broken, finding.played)) == (standing, plays)
    assert respond.paths == [*RESET, GET, GET, *([*RESET, GET] if len(statuses) == 3 else [])]
    assert (result.calls, result.statuses, result.notes, result.is_resumable) == (1, {(READ, 500): 1}, (), False)


def test_a_finding_that_cannot_be_seen_again_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield finished(call(schema, "unsupported_method"))

    respond = answers(404, 401)
    full = {"X-FashionAI-APP-Token": "fai_test_sandbox"}
    respond.left[-1] = json(302, {}, Location="https://elsewhere.example.com")
    result, _ = play_script(
        monkeypatch, script, group(READ), vendors(credentials={"fashionai": {"full": full}}), respond
    )
    assert result.findings == ()
    (note,) = [note for note in result.notes if "unsupported" in note]
    assert note.startswith(
        f"fashionai: unsupported method at {READ} was seen once and could not be checked again: the host"
    )


@pytest.mark.parametrize(("phase", "calls"), [(PhaseName.FUZZING, 2), (PhaseName.STATEFUL_TESTING, 1)])
def test_a_sequence_takes_nothing_from_calls_before_it_and_other_calls_may(
    phase: PhaseName, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = "70caf394-8534-447e-a0ca-1803c669c771"

    def script(schema: TransportedSchema) -> Iterator[Any]:
        created = call(schema, operation_id="CreateClientProfile", body={}, media_type="application/json")
        yield finished(created)
        read = call(schema, "not_a_server_error", operation_id="GetProfile", path_parameters={"profileId": made})
        yield finished(read, phase)

    def answer(request: httpx.Request) -> httpx.Response:
        return json(201, {"id": made}) if request.method == "POST" else json(500, {})

    one = group("CreateClientProfile", "GetProfile")
    result, _ = play_script(monkeypatch, script, one, ours(), answer)
    lengths = {finding.name: len(finding.exchanges) for finding in result.findings}
    assert lengths["not_a_server_error"] == calls


def test_an_operation_that_could_not_be_generated_is_noted_and_lost_connections_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def not_generated(error: Exception, label: str) -> events.NonFatalError:
        return events.NonFatalError(error=error, phase=PhaseName.FUZZING, label=label, related_to_operation=True)

    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield not_generated(ValueError("jane.doe@example.org"), "GET /a")
        yield not_generated(requests.ConnectionError("no answer of the vendor"), "GET /b")
        try:
            schema.route.control("GET", "/none")
        except CannotCheck as error:
            yield not_generated(error, "GET /d")
        with pytest.raises(requests.ConnectionError):
            call(schema)

    result, _ = play_script(monkeypatch, script, group(READ), vendors(), answers(503))
    title = events.NonFatalError(error=ValueError(), phase=None, label="", related_to_operation=True).info.title
    assert [note for note in result.notes if " /a " in note] == [f"fashionai: GET /a was not generated: {title}"]
    assert not [note for note in result.notes if " /b " in note or "jane.doe" in note]
    (ours_failed,) = [note for note in result.notes if " /d " in note]
    assert "an internal error of pii-sandbox in the generated calls: CannotCheck" in ours_failed
    lost = "1 generated calls got no response that can be checked: shop.example.com was unavailable (status 503)"
    assert f"fashionai: {lost}" in result.notes


def test_ctrl_c_within_the_engine_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield events.Interrupted(phase=None)

    result, stopped = play_script(monkeypatch, script, group(READ), vendors(), answers(404))
    assert (stopped, result.notes) == (True, ())


@pytest.mark.parametrize("within", [True, False], ids=["as an event", "as the engine ends"])
def test_a_limit_ends_a_group_and_not_the_run(within: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield finished(call(schema))
        try:
            call(schema)
        except StopEngine:
            if not within:
                raise
            yield events.Interrupted(phase=None)

    result, stopped = play_script(monkeypatch, script, group(READ), vendors(limits=Limits(requests=1)), answers(404))
    assert not stopped
    assert (result.calls, result.is_resumable) == (1, False)
    assert result.notes == ("fashionai: the generated calls ended early: the target's limit of 1 requests is used up",)


def test_other_events_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield events.EngineStarted()

    result, stopped = play_script(monkeypatch, script, group(READ), vendors(), answers(404))
    assert (result, stopped) == (GroupResult((), {}, 0, (), False), False)


def test_a_sandbox_that_is_refused_ends_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    def script(schema: TransportedSchema) -> Iterator[Any]:
        yield finished(call(schema))

    respond = answers(503)
    result, _ = play_script(monkeypatch, script, group(READ, sandbox="run-1"), ours(), respond)
    assert (result.calls, len(respond.arrived), len(result.notes)) == (0, 1, 1)
    assert result.notes[0].startswith("fashionai: the generated calls ended early: ")


@pytest.mark.parametrize(("seed", "sent"), [(5, 5), (2**31 + 5, 2**31 + 5), (2**32 + 5, 5)])
def test_a_sandbox_begins_with_the_same_people_and_a_standing_clock(seed: int, sent: int) -> None:
    respond = answers(204)
    with transported(group(READ, sandbox="run-1", seed=seed), ours(), respond) as (_, schema):
        schema.reset_sandbox()
    assert respond.paths == RESET
    assert [json_format.loads(request.content) for request in respond.arrived] == [
        {"shoppers": 10, "seed": sent},
        {"dialect": "guide"},
        {"frozen": True},
    ]


def test_each_sequence_begins_in_a_fresh_sandbox() -> None:
    respond = answers(204)
    one = group("getProfileByEmail", READ, sandbox="run-1")
    with transported(one, ours(), respond) as (_, schema):
        machine = schema.build_state_machine(feedback=FeedbackSources(), link_calibration=None)
        assert respond.arrived == []
        begun = machine()
    assert (begun.schema, begun.bundles) == (schema, {})  # Hypothesis's own part of it has begun, too
    assert respond.paths == RESET


def test_a_group_without_a_sandbox_resets_nothing() -> None:
    respond = answers(204)
    with transported(group(READ), vendors(), respond) as (_, schema):
        schema.begin()
    assert respond.arrived == []


def test_the_engine_sends_nothing_but_the_calls_of_its_phases() -> None:
    with transported(group("getProfileByEmail", READ), vendors(), answers(404)) as (_, schema):
        without = EngineWithoutProbes(schema)
        phases = {
            name: without.get_phase_config(name, is_supported=True, requires_transitions=False) for name in PhaseName
        }
    assert {name.value for name, phase in phases.items() if phase.is_enabled} == {
        "examples", "coverage", "fuzzing", "stateful"
    }  # fmt: skip
    assert phases[PhaseName.PROBING].skip_reason is PhaseSkipReason.DISABLED


def test_hypothesis_keeps_no_file_where_the_check_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places = []

    def script(schema: TransportedSchema) -> Iterator[Any]:
        places.append(configuration.storage_directory().path)
        yield events.EngineStarted()

    configuration.set_hypothesis_home_dir(tmp_path)
    play_script(monkeypatch, script, group(READ), vendors(), answers(404))
    after = configuration.storage_directory().path
    assert Path.cwd() not in places[0].parents
    assert after not in (places[0], tmp_path)
    assert not places[0].exists()
