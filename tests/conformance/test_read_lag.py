"""Reads that lag behind a write are repeated for the target's time to settle (eventual consistency)."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import httpx

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.values.observations import Observations
from pii_sandbox.conformance.values.scenario import Scenario, holds
from tests.conformance.confirmed_plays import DOCUMENTED, play_trial
from tests.conformance.stub_transport import Play, context, json, vendor


def lagging_vendor(reads_behind: int) -> Play:
    """A vendor whose reads show a deletion only after so many reads."""
    behind = [0]

    def respond(request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            behind[0] = reads_behind
            return json(204)
        behind[0] -= 1
        return json(200, []) if behind[0] >= 0 else json(404, {})

    return respond


def delete_profile(api: ApiClient) -> None:
    api.call("DeleteClientProfile", profileId="x", documented=False)
    api.call("GetProfile", profileId="x", expect=404, documented=False)


def play_deletion(
    settle_seconds: float, respond: Play, *, immediate: bool = False
) -> tuple[ScenarioResult, Observations]:
    # a sandbox of its own, so that what is deleted need not be the run's
    sandbox_target = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    run_context = context(replace(sandbox_target, settle_seconds=settle_seconds), respond)
    with closing(run_context.sender):
        scenario = Scenario(DOCUMENTED, "a_trial", delete_profile, frozenset(), immediate=immediate)
        return play_confirmed(scenario, "vtex", run_context), run_context.sender.observer.observations()


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

    sandbox_target = replace(
        vendor("write", "delete", "control"), control="https://shop.example.com", settle_seconds=3.0
    )
    assert play_trial(play, lambda request: json(204 if request.method == "DELETE" else 200, []), sandbox_target).holds
