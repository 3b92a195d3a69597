"""A finding is played again before it is reported: confirmed, unstable, or not checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.scenario import holds
from tests.conformance.confirmed_plays import play_outcomes, play_trial, read_profile
from tests.conformance.stub_transport import json, vendor


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

    def respond(request: httpx.Request) -> httpx.Response:
        if failures:
            raise failures.pop()
        return json(200, [])

    assert play_trial(read_profile, respond).holds


def test_a_play_that_the_network_spoils_each_time_is_not_checked() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset")

    result = play_trial(read_profile, respond)
    assert result.cause is not None
    assert (result.cause.kind, result.finding) == ("network", None)


def test_a_change_that_may_have_been_made_twice_proves_nothing() -> None:
    lost = [httpx.Response(502)]

    def respond(request: httpx.Request) -> httpx.Response:
        return lost.pop() if lost and request.method == "DELETE" else json(204)

    plays = []

    def play(api: ApiClient) -> None:
        api.call("DeleteClientProfile", profileId="NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW", documented=False)
        plays.append(1)
        holds(len(plays) > 1, "one deletion", "two")

    sandbox_target = replace(vendor("write", "delete", "control"), control="https://shop.example.com")
    assert play_trial(play, respond, sandbox_target).holds
    assert len(plays) == 2
