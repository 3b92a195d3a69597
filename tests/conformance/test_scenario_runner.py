"""One scenario: whether it can be played, in which sandbox, and what it comes to."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance import scenario_runner
from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.scenario_runner import ScenarioResult, play_scenario, skip_cause
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.scenario import Scenario, holds
from tests.conformance.stub_transport import BASE, Time, context, json, stub_sender, vendor

RULE = "VTEX-TTL-1"
OURS = local_sandbox(BASE)
Play = Callable[[ApiClient], None]


def scenario(play: Play, *needs: str, **more: Any) -> Scenario:
    return Scenario(RULE, "a_trial", play, frozenset(needs), **more)


def keep(api: ApiClient) -> None:
    api.call("GetProfile", profileId="x", documented=False)


def played(
    play: Play | Scenario, target: Target | None = None, respond: Any = lambda _: json(200, []), **more: Any
) -> tuple[ScenarioResult, list[httpx.Request], RunContext]:
    """What comes of a scenario, what arrived, and the run."""
    arrived: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        arrived.append(request)
        made = respond(request)
        assert isinstance(made, httpx.Response)
        return made

    run_context = context(target or vendor(), note)
    each = play if isinstance(play, Scenario) else scenario(play)
    with closing(run_context.sender):
        return play_scenario(each, "vtex", run_context, **more), arrived, run_context


@pytest.mark.parametrize(
    ("target", "needs", "dialect", "cause"),
    [
        (vendor(), (), None, None),
        (vendor(), (), "guide", None),
        (vendor("write"), ("write",), None, None),
        (OURS, ("write", "clock"), "reference", None),
        (replace(vendor(), urls={}), (), None, Cause("url", "the target has no URL for vtex; set vtex.url")),
        (replace(vendor(), obstacles={"vtex": Cause("credentials", "refused")}), ("write",), None,
         Cause("credentials", "refused")),
        (replace(vendor(), obstacles={"oracle": Cause("credentials", "refused")}), (), None, None),
        (vendor("delete"), ("delete", "write"), None, Cause("power", "the target does not grant the power write")),
        (vendor(), ("write", "delete"), None, Cause("power", "the target does not grant the powers delete and write")),
        (vendor(), ("write", "delete", "clock"), None,
         Cause("power", "the target does not grant the powers clock, delete and write")),
        (vendor(), (), "reference",
         Cause("dialect", "the rule applies to the dialect reference alone, and the target has guide")),
    ],
)  # fmt: skip
def test_a_scenario_that_the_target_does_not_allow_is_not_played(
    target: Target, needs: tuple[str, ...], dialect: Any, cause: Cause | None
) -> None:
    def play(api: ApiClient) -> None:
        raise CannotCheck("it is played")

    each = scenario(play, *needs, dialect=dialect)
    assert skip_cause(each, "vtex", target) == cause
    result, arrived, _ = played(each, target, lambda _: json(204))
    assert (result.reason, result.finding, result.holds) == (cause.text if cause else "it is played", None, False)
    assert arrived == [] or target.isolates


def test_a_result_holds_without_finding_and_cause_and_says_why_it_is_none() -> None:
    result, _, _ = played(keep)
    assert (result.holds, result.reason, result.stopped) == (True, None, False)
    assert replace(result, cause=Cause("limit", "used up")).reason == "used up"
    assert [replace(result, cause=cause).stopped for cause in (Cause("limit", "a"), RunStopped().cause)] == [
        False,
        True,
    ]
    broken, _, _ = played(lambda api: holds(False, "a", "b"))
    assert (broken.holds, broken.cause) == (False, None)


def test_what_was_not_played_took_no_time() -> None:
    result, _, _ = played(keep, replace(vendor(), urls={}))
    assert (result.elapsed_seconds, result.statuses, result.exchanges) == (0, {}, ())


def test_the_time_of_a_play_is_that_between_its_begin_and_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 107.5])
    monkeypatch.setattr(scenario_runner, "time", SimpleNamespace(monotonic=lambda: next(times)))
    result, _, _ = played(keep)
    assert result.elapsed_seconds == 7.5


def test_answers_are_counted_by_operation_and_status_and_other_calls_are_not() -> None:
    def play(api: ApiClient) -> None:
        keep(api)
        keep(api)
        api.call("GetAddress", profileId="x", addressId="y", documented=False)
        api.sandbox.control("PUT", "/clock", {"frozen": True})
        api.call("GetProspects", documented=False)

    def respond(request: httpx.Request) -> httpx.Response:
        if "prospects" in request.url.path:
            raise httpx.ConnectError("refused")
        return json(404 if "addresses" in request.url.path else 200, [])

    result, _, _ = played(play, replace(OURS, retry=Retry(attempts=0)), respond)
    assert result.statuses == {("GetProfile", 200): 2, ("GetAddress", 404): 1}
    assert [call.operation_id for call in result.exchanges] == [
        "GetProfile", "GetProfile", "GetAddress", None, "GetProspects"
    ]  # fmt: skip


def test_each_play_of_a_scenario_has_a_sandbox_that_is_deleted() -> None:
    for more, suffix in (({}, ""), ({"number": 0}, ""), ({"number": 2}, "-2")):
        result, arrived, run_context = played(keep, OURS, lambda _: json(204), **more)
        name = f"abc12345-vtex-ttl-1-fff58b2f{suffix}"
        assert result.cause is None or result.cause.kind != "target"
        assert [(request.method, request.url.path.rpartition("/")[2]) for request in arrived] == [
            ("GET", "x"), ("DELETE", name)
        ]  # fmt: skip
        assert arrived[0].headers["x-sandbox"] == name
        (entry,) = run_context.ledger.entries
        assert (entry.sandbox, entry.is_open, entry.state) == (name, False, "gone")


def test_the_call_that_deletes_a_sandbox_is_kept_back_and_given_back() -> None:
    target = replace(OURS, limits=Limits(requests=100))
    result, _, run_context = played(keep, target, lambda _: json(204))
    assert result.cause is None
    run_context.sender.budget.spend(writes=False)
    free = 0
    with suppress(CannotCheck):
        while True:
            run_context.sender.budget.spend(writes=False)
            free += 1
    assert free + 1 + 2 == 100  # the call, the deletion, and all others are free again


def test_a_limit_without_room_for_the_deletion_makes_no_sandbox() -> None:
    result, arrived, run_context = played(keep, replace(OURS, limits=Limits(requests=1)))
    assert result.cause is not None
    assert (result.cause.kind, arrived, run_context.ledger.entries) == ("limit", [], [])


def test_a_vendor_gets_no_sandbox() -> None:
    result, arrived, run_context = played(keep)
    assert result.holds
    assert [request.method for request in arrived] == ["GET"]
    assert "x-sandbox" not in arrived[0].headers
    assert run_context.ledger.entries == []


@pytest.mark.parametrize(
    ("dialect", "settings", "prepared"),
    [
        (None, {}, []),
        ("guide", {}, []),
        ("reference", {}, [("PUT", "/_sandbox/v1/dialect", {"dialect": "reference"})]),
        (None, {"strict": True}, [("PATCH", "/_sandbox/v1/settings", {"strict": True})]),
        ("reference", {"strict": True}, [("PATCH", "/_sandbox/v1/settings", {"strict": True}),
                                         ("PUT", "/_sandbox/v1/dialect", {"dialect": "reference"})]),
    ],
)  # fmt: skip
def test_a_sandbox_is_set_up_as_the_scenario_and_the_target_ask_for(
    dialect: Any, settings: dict[str, Any], prepared: list[Any]
) -> None:
    dialects: list[str] = []

    def play(api: ApiClient) -> None:
        dialects.append(api.target.dialect)

    _, arrived, _ = played(scenario(play, dialect=dialect), replace(OURS, settings=settings), lambda _: json(204))
    calls = [(call.method, call.url.path, json_format.loads(call.content)) for call in arrived if call.content]
    assert calls == prepared
    assert dialects == [dialect or "guide"]


def test_a_scenario_reads_at_once_unless_it_is_to_be_patient() -> None:
    def write_and_read(api: ApiClient) -> None:
        api.call("DeleteClientProfile", profileId="x", documented=False)
        keep(api)

    target = replace(OURS, settle_seconds=5.0)
    for more, waited in (({}, False), ({"patient": False}, False), ({"patient": True}, True)):
        clock = Time()
        run_context = context(target, lambda _: json(204))
        run_context.sender.close()
        run_context = replace(run_context, sender=stub_sender(target, lambda _: json(204), clock))
        with closing(run_context.sender):
            play_scenario(scenario(write_and_read), "vtex", run_context, **more)
        assert (sum(clock.slept) >= 5) is waited


def test_what_a_scenario_made_is_undone_whatever_comes_of_it() -> None:
    undone: list[int] = []

    def play(api: ApiClient) -> None:
        api.undo_with(lambda: undone.append(1))
        holds(False, "a", "b")

    result, _, _ = played(play)
    assert (undone, result.finding is None) == ([1], False)


def test_a_finding_names_the_last_call_and_has_those_that_matter() -> None:
    def play(api: ApiClient) -> None:
        api.call("GetProspects", documented=False)
        api.call("GetAddress", profileId="x", addressId="y", expect=403, documented=False)
        keep(api)
        holds(False, "a", "b")

    result, _, _ = played(play, respond=lambda request: json(403 if "addresses" in request.url.path else 200, []))
    finding = result.finding
    assert finding is not None
    assert (finding.rule, finding.api, finding.operation_id, finding.name) == (RULE, "vtex", "GetProfile", "a_trial")
    assert (finding.source, finding.expected, finding.seen) == ("scenario", "a", "b")
    assert [call.operation_id for call in finding.exchanges] == ["GetProspects", "GetProfile"]
    without, _, _ = played(lambda api: holds(False, "a", "b"))
    assert without.finding is not None
    assert (without.finding.operation_id, without.finding.exchanges) == (None, ())


def test_a_change_that_may_have_been_made_twice_is_no_finding() -> None:
    unsound = Cause("network", "it may have been made twice")

    def play(api: ApiClient) -> None:
        api.unsound = unsound
        holds(False, "a", "b")

    result, _, _ = played(play)
    assert (result.finding, result.cause) == (None, unsound)


STEPS = """
def read(response):
    return response["id"]
"""
SOURCE = """
import json
def play(api):
    {body}
"""


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("read({})", "KeyError at steps.py:3"),
        ("[][0]", "IndexError at trial.py:4"),
        ("json.loads('no')", "JSONDecodeError at trial.py:4"),
        ("read(None)", "TypeError at steps.py:3"),
    ],
)
def test_a_response_on_which_a_scenario_fails_is_a_finding_with_the_place_and_without_data(
    body: str, seen: str
) -> None:
    names: dict[str, Any] = {"__name__": "pii_sandbox.scenarios.vtex.trial"}
    exec(compile(STEPS, "/of/scenarios/vtex/steps.py", "exec"), names)
    exec(compile(SOURCE.format(body=body), "/of/scenarios/vtex/trial.py", "exec"), names)
    result, _, _ = played(names["play"])
    assert result.finding is not None
    assert result.finding.expected == "a response that the scenario can continue with"
    assert result.finding.seen == f"a response on which it fails with {seen}"


def test_a_scenario_from_elsewhere_that_fails_is_a_finding_without_a_place() -> None:
    result, _, _ = played(lambda api: next(iter(())))
    assert result.finding is not None
    assert result.finding.seen == "a response on which it fails with StopIteration"


def test_an_error_of_the_harness_is_no_finding() -> None:
    def play(api: ApiClient) -> None:
        api.call("noSuchOperation")

    result, _, _ = played(play)
    assert result.cause is not None
    assert (result.finding, result.cause.kind) == (None, "fault")
    assert "scenario a_trial: " in result.cause.text
