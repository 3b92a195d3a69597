"""Steps that only set a scenario up: their failure is a cause of "not checked", never a finding."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.confirmed_plays import DOCUMENTED, play_trial, read_profile
from tests.conformance.stub_transport import Play, context, json, vendor


def test_setting_up_that_fails_is_no_finding() -> None:
    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            api.call("GetProfile", profileId="x", expect=200, documented=False)
        raise AssertionError("it is not played on")

    result = play_trial(play, lambda _: json(409, {}))
    assert result.cause is not None
    assert (result.finding, result.cause.kind) == (None, "setup")
    assert result.cause.text == "a customer could not be set up (GetProfile: status 409)"


def test_setting_up_that_meets_something_unlike_the_vendors_is_no_finding() -> None:
    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            response = api.call("GetProfile", profileId="x", documented=False)
            response.json["id"]

    result = play_trial(play, lambda _: json(200, {}))
    assert result.cause is not None
    assert result.cause.text == "a customer could not be set up (GetProfile gave an unexpected response)"


def play_creations(respond: Play, plays: int, *, target: Target | None = None) -> tuple[list[ScenarioResult], int]:
    """What several scenarios that need a customer come to, and how often one was asked for."""
    requests: list[httpx.Request] = []

    def count_call(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return respond(request)

    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            api.call("GetProfile", profileId="x", expect=200, documented=False)

    run_context = context(target or vendor("write", "delete"), count_call)
    with closing(run_context.sender):
        scenarios = [Scenario(DOCUMENTED, f"trial_{number}", play, frozenset()) for number in range(plays)]
        return [play_confirmed(scenario, "vtex", run_context) for scenario in scenarios], len(requests)


def test_what_several_scenarios_share_is_tried_twice_and_its_failure_is_one_cause() -> None:
    statuses = iter([409, 422])
    results, request_count = play_creations(lambda _: json(next(statuses), {}), 5)
    assert request_count == 2
    assert {result.cause for result in results} == {
        Cause("setup", "a customer could not be set up (GetProfile: status 409)")
    }
    assert all(result.cause is not None and result.cause.failed == ("GetProfile", 409) for result in results)


def test_a_step_that_fails_once_is_tried_again() -> None:
    statuses = iter([409, 200, 200, 409, 200])
    results, request_count = play_creations(lambda _: json(next(statuses), {}), 3)
    assert [result.holds for result in results] == [True] * 3
    assert request_count == 5


def test_sandboxes_of_scenarios_share_no_step_that_failed() -> None:
    sandbox_target = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    _, request_count = play_creations(
        lambda request: json(204 if request.method == "DELETE" else 409, {}), 3, target=sandbox_target
    )
    assert request_count == 3 * 2 * 2  # the call and the deletion of the sandbox, in two plays each


def test_a_ledger_that_cannot_be_written_is_a_cause_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    sandbox_target = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    run_context = context(sandbox_target, lambda _: json(200, {}))
    run_context = replace(run_context, ledger=Ledger(tmp_path / "full" / "ledger.jsonl", {"run": "abc12345"}))
    with closing(run_context.sender):
        result = play_confirmed(Scenario(DOCUMENTED, "a_trial", read_profile, frozenset()), "vtex", run_context)
    assert result.cause is not None
    assert result.cause.kind == "target"
    assert result.cause.text.startswith("nothing was created: the ledger")


def test_a_ledger_that_another_run_writes_is_a_cause_and_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    sandbox_target = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    run_context = context(sandbox_target, lambda _: json(200, {}))
    run_context = replace(run_context, ledger=Ledger(file, {"run": "abc12345"}))
    with closing(run_context.sender), closing(Ledger(file, {"run": "another1"})) as other:
        other.prepare()
        result = play_confirmed(Scenario(DOCUMENTED, "a_trial", read_profile, frozenset()), "vtex", run_context)
    assert result.cause == Cause(
        "target",
        f"no sandbox could be created: {file} is in use by a run that has not ended; wait for it, or stop it",
    )


def test_a_reason_of_another_kind_stays_what_it_is() -> None:
    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            raise CannotCheck("the target names no email", "datum")

    result = play_trial(play)
    assert result.cause is not None
    assert (result.cause.kind, result.reason) == ("datum", "the target names no email")
