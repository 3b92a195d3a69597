"""A finding is told once it was seen twice; setting-up that fails is no finding; lag is waited for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.scenario_runner import ScenarioResult, verdict
from pii_sandbox.conformance.target.model import Limits, Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.conformance.values.scenario import Scenario, holds
from pii_sandbox.specs import catalogue
from tests.conformance.report import samples
from tests.conformance.stub_transport import Play, context, json, vendor

DOCUMENTED, ASSUMED = "VTEX-TTL-1", "FAI-GET-3"


def play_trial(
    play: Callable[[ApiClient], None], answers: Play = lambda _: json(200, []), target: Target | None = None
) -> ScenarioResult:
    there = context(target or vendor("write", "delete"), answers)
    with closing(there.sender):
        return play_confirmed(Scenario(DOCUMENTED, "a_trial", play, frozenset()), "vtex", there)


def play_outcomes(*broken: bool) -> tuple[Callable[[ApiClient], None], list[str]]:
    """A scenario whose plays break or hold in turn, and the emails that they invented."""
    left, emails = list(broken), []

    def play(api: ApiClient) -> None:
        emails.append(api.new_customer().email)
        holds(not left.pop(0), "it to hold", "it not to")

    return play, emails


@pytest.mark.parametrize(
    ("broken", "standing", "count"),
    [
        ((True, True), "breaks", (2, 2)),
        ((True, False, True), "breaks", (2, 3)),
        ((True, False, False), "unstable", (1, 3)),
    ],
)
def test_a_finding_is_played_again_with_new_people(
    broken: tuple[bool, ...], standing: str, count: tuple[int, int]
) -> None:
    play, emails = play_outcomes(*broken)
    finding = play_trial(play).finding
    assert finding is not None
    assert (finding.standing, (finding.broken, finding.played)) == (standing, count)
    assert len(set(emails)) == len(broken)


def test_a_scenario_that_holds_is_played_once() -> None:
    play, emails = play_outcomes(False, True)
    assert play_trial(play).holds
    assert len(emails) == 1


def test_a_finding_that_the_limits_do_not_let_be_played_again_is_told_as_seen_once() -> None:
    def play(api: ApiClient) -> None:
        api.call("GetProfile", profileId="x", documented=False)
        holds(False, "it to hold", "it not to")

    result = play_trial(play, target=vendor(limits=Limits(requests=1)))
    assert result.finding is not None
    assert (result.finding.standing, result.finding.broken, result.finding.played) == ("unstable", 1, 1)
    assert result.reason == "the target's limit of 1 requests is used up"


def test_a_finding_that_was_seen_once_before_the_run_was_stopped_is_to_be_played_again_by_resume() -> None:
    left = [True]

    def play(api: ApiClient) -> None:
        if not left:
            raise RunStopped
        left.pop()
        holds(False, "it to hold", "it not to")

    result = play_trial(play)
    assert result.finding is not None
    assert (result.finding.standing, result.finding.played, result.stopped) == ("unstable", 1, True)


@pytest.mark.parametrize("kind", ["network", "unavailable", "setup"])
def test_a_finding_that_could_never_be_played_again_is_not_checked(kind: Any) -> None:
    plays = []

    def play(api: ApiClient) -> None:
        plays.append(1)
        holds(len(plays) > 1, "it to hold", "it not to")
        raise CannotCheck("what stands in the way", kind)

    result = play_trial(play)
    assert (result.finding, result.cause) == (None, Cause(kind, "what stands in the way"))
    assert len(plays) > 2


def test_a_finding_that_was_seen_to_hold_before_the_limits_were_used_up_is_unstable() -> None:
    left = [True, False, False]

    def play(api: ApiClient) -> None:
        broken = left.pop(0)
        if not left:
            raise CannotCheck("the limit is used up", "limit")
        holds(not broken, "it to hold", "it not to")

    finding = play_trial(play).finding
    assert finding is not None
    assert (finding.standing, finding.broken, finding.played) == ("unstable", 1, 2)


@pytest.mark.parametrize("kind", ["intermediary", "credentials", "throttled", "oversize", "target"])
def test_a_finding_that_conditions_do_not_let_be_confirmed_is_not_checked(kind: Any) -> None:
    left = [True, False]

    def play(api: ApiClient) -> None:
        holds(not left.pop(0), "it to hold", "it not to")
        raise CannotCheck("what stands in the way", kind)

    result = play_trial(play)
    assert result.finding is None
    assert result.cause is not None
    assert (result.cause.kind, result.holds) == (kind, False)


def test_a_play_that_the_network_spoils_is_repeated() -> None:
    failures = [httpx.ReadError("reset")] * 4

    def answers(request: httpx.Request) -> httpx.Response:
        if failures:
            raise failures.pop()
        return json(200, [])

    assert play_trial(read_profile, answers).holds


def test_a_play_that_the_network_spoils_each_time_is_not_checked() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    result = play_trial(read_profile, answers)
    assert result.cause is not None
    assert (result.cause.kind, result.finding) == ("network", None)


def read_profile(api: ApiClient) -> None:
    api.call("GetProfile", profileId="x", expect=200, documented=False)


def test_a_change_that_may_have_been_made_twice_proves_nothing() -> None:
    lost = [httpx.Response(502)]

    def answers(request: httpx.Request) -> httpx.Response:
        return lost.pop() if lost and request.method == "DELETE" else json(204)

    plays = []

    def play(api: ApiClient) -> None:
        api.call("DeleteClientProfile", profileId="NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW", documented=False)
        plays.append(1)
        holds(len(plays) > 1, "one deletion", "two")

    own = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    assert play_trial(play, answers, own).holds
    assert len(plays) == 2


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


def play_creations(answers: Play, plays: int, *, target: Target | None = None) -> tuple[list[ScenarioResult], int]:
    """What several scenarios that need a customer come to, and how often one was asked for."""
    asked: list[httpx.Request] = []

    def counted(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answers(request)

    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            api.call("GetProfile", profileId="x", expect=200, documented=False)

    there = context(target or vendor("write", "delete"), counted)
    with closing(there.sender):
        scenarios = [Scenario(DOCUMENTED, f"trial_{number}", play, frozenset()) for number in range(plays)]
        return [play_confirmed(scenario, "vtex", there) for scenario in scenarios], len(asked)


def test_what_several_scenarios_share_is_tried_twice_and_its_failure_is_one_cause() -> None:
    statuses = iter([409, 422])
    results, asked = play_creations(lambda _: json(next(statuses), {}), 5)
    assert asked == 2
    assert {result.cause for result in results} == {
        Cause("setup", "a customer could not be set up (GetProfile: status 409)")
    }
    assert all(result.cause is not None and result.cause.failed == ("GetProfile", 409) for result in results)


def test_a_step_that_fails_once_is_tried_again() -> None:
    statuses = iter([409, 200, 200, 409, 200])
    results, asked = play_creations(lambda _: json(next(statuses), {}), 3)
    assert [result.holds for result in results] == [True] * 3
    assert asked == 5


def test_sandboxes_of_scenarios_share_no_step_that_failed() -> None:
    own = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    _, asked = play_creations(lambda request: json(204 if request.method == "DELETE" else 409, {}), 3, target=own)
    assert asked == 3 * 2 * 2  # the call and the deletion of the sandbox, in two plays each


def test_a_ledger_that_cannot_be_written_is_a_cause_and_no_fault(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    own = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    there = context(own, lambda _: json(200, {}))
    there = replace(there, ledger=Ledger(tmp_path / "full" / "ledger.jsonl", {"run": "abc12345"}))
    with closing(there.sender):
        result = play_confirmed(Scenario(DOCUMENTED, "a_trial", read_profile, frozenset()), "vtex", there)
    assert result.cause is not None
    assert result.cause.kind == "target"
    assert result.cause.text.startswith("nothing was created: the ledger")


def test_a_reason_of_another_kind_stays_what_it_is() -> None:
    def play(api: ApiClient) -> None:
        with api.setting_up("a customer"):
            raise CannotCheck("the target names no email", "datum")

    result = play_trial(play)
    assert result.cause is not None
    assert (result.cause.kind, result.reason) == ("datum", "the target names no email")


def lagging_vendor(reads_behind: int) -> Play:
    """A vendor whose reads show a deletion only after so many reads."""
    behind = [0]

    def answers(request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            behind[0] = reads_behind
            return json(204)
        behind[0] -= 1
        return json(200, []) if behind[0] >= 0 else json(404, {})

    return answers


def delete_profile(api: ApiClient) -> None:
    api.call("DeleteClientProfile", profileId="x", documented=False)
    api.call("GetProfile", profileId="x", expect=404, documented=False)


def play_deletion(
    settle_seconds: float, answers: Play, *, immediate: bool = False
) -> tuple[ScenarioResult, Observations]:
    # a sandbox of its own, so that what is deleted need not be the run's
    own = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    there = context(replace(own, settle_seconds=settle_seconds), answers)
    with closing(there.sender):
        scenario = Scenario(DOCUMENTED, "a_trial", delete_profile, frozenset(), immediate=immediate)
        return play_confirmed(scenario, "vtex", there), there.sender.observer.observations()


def test_a_read_that_lags_behind_a_write_is_repeated_and_the_lag_told() -> None:
    result, seen = play_deletion(3, lagging_vendor(3))
    assert result.holds
    assert 0.5 < seen.lag_seconds["vtex", "GetProfile"] < 3


def test_a_read_that_goes_on_contradicting_breaks_the_rule() -> None:
    result, seen = play_deletion(3, lagging_vendor(1000))
    assert result.finding is not None
    assert (result.finding.standing, seen.lag_seconds) == ("breaks", {})


def test_without_time_to_settle_the_first_read_counts() -> None:
    result, _ = play_deletion(0, lagging_vendor(1))
    assert result.finding is not None


def test_a_rule_about_the_first_read_is_not_waited_for() -> None:
    result, _ = play_deletion(3, lagging_vendor(1), immediate=True)
    assert result.finding is not None
    assert result.finding.broken == 2


def test_lag_that_shows_in_the_content_alone_is_no_finding() -> None:
    """The first and the third play read at once, the second waits."""
    written, clock = [0.0], [0.0]

    def play(api: ApiClient) -> None:
        sender = api.sandbox._context.sender
        api.call("DeleteClientProfile", profileId="x", documented=False)
        written[0] = sender.seconds()
        api.call("GetProfile", profileId="x", documented=False)
        clock[0] = sender.seconds()
        holds(clock[0] - written[0] > 2, "what was written", "what was there before")

    own = replace(vendor("write", "delete", "control"), control="https://shop.example.com", settle_seconds=3.0)
    assert play_trial(play, lambda request: json(204 if request.method == "DELETE" else 200, []), own).holds


def grade(rule_id: str, **more: Any) -> str:
    rule = catalogue.rule(rule_id)
    assert rule is not None
    finding = replace(samples.finding("VTEX-TTL-1"), rule=rule_id, **more)
    scenario = Scenario(rule_id, "a_trial", read_profile, frozenset())
    return verdict(rule, [ScenarioResult(scenario, finding=finding), ScenarioResult(scenario)]).verdict


def test_a_verdict_follows_from_the_gravest_finding() -> None:
    assumed = next(rule.id for rule in catalogue.rules("vtex") if rule.status == "assumed")
    assert grade("VTEX-TTL-1") == "breaks"
    assert grade("VTEX-TTL-1", standing="unstable") == "unstable"
    assert grade(assumed) == "drift"
    assert grade(assumed, standing="unstable") == "unstable"


@pytest.mark.parametrize("kind", ["unstable", "drift"])
def test_what_is_unstable_or_differs_from_an_assumption_fails_a_strict_run_alone(kind: Any) -> None:
    result = samples.run()
    first = replace(result.rules[0], verdict=kind)
    result = replace(result, rules=(first, *result.rules[1:]))
    assert (result.exit_code, replace(result, strict=True).exit_code) == (0, 1)


def test_drift_fails_a_strict_run_alone() -> None:
    result: RunResult = replace(samples.run(), observations=Observations(drift=(Drift("vtex", "a", "status 206"),)))
    assert (result.exit_code, replace(result, strict=True).exit_code) == (0, 1)


def test_rules_that_were_all_not_checked_are_no_success_whatever_was_generated() -> None:
    result = samples.run()
    unchecked = tuple(
        replace(rule, verdict="not checked", causes=(samples.CAUSE,), findings=()) for rule in result.rules
    )
    result = replace(result, rules=unchecked, facts={**result.facts, "generated calls": 50})
    assert result.exit_code == 2


def test_what_differs_from_an_assumed_part_of_a_documented_rule_is_drift() -> None:
    rule = catalogue.rule(DOCUMENTED)
    assert rule is not None
    play, _ = play_outcomes(True, True)
    there = context(vendor("write", "delete"), lambda _: json(200, []))
    with closing(there.sender):
        result = play_confirmed(Scenario(DOCUMENTED, "a_trial", play, frozenset(), assumed=True), "vtex", there)
    told = verdict(rule, [result])
    assert (told.verdict, [finding.standing for finding in told.findings]) == ("drift", ["assumed"])
    documented = replace(result, scenario=replace(result.scenario, assumed=False))
    assert verdict(rule, [documented, result]).verdict == "breaks"
