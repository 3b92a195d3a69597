"""Plays one scenario with confirmation, as a run does, against a stub transport."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.scenario import Scenario, holds
from tests.conformance.stub_transport import Play, context, json, vendor

DOCUMENTED = "VTEX-TTL-1"


def play_trial(
    play: Callable[[ApiClient], None], respond: Play = lambda _: json(200, []), target: Target | None = None
) -> ScenarioResult:
    run_context = context(target or vendor("write", "delete"), respond)
    with closing(run_context.sender):
        return play_confirmed(Scenario(DOCUMENTED, "a_trial", play, frozenset()), "vtex", run_context)


def play_outcomes(*broken: bool) -> tuple[Callable[[ApiClient], None], list[str]]:
    """A scenario whose plays break or hold in turn, and the emails that they invented."""
    left, emails = list(broken), []

    def play(api: ApiClient) -> None:
        emails.append(api.new_customer().email)
        holds(not left.pop(0), "it to hold", "it not to")

    return play, emails


def read_profile(api: ApiClient) -> None:
    api.call("GetProfile", profileId="x", expect=200, documented=False)
