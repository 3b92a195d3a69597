"""The verdict of a rule and the exit code of a run: broken, unstable, drift, not checked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.confirmation import play_confirmed
from pii_sandbox.conformance.scenario_runner import ScenarioResult, verdict
from pii_sandbox.conformance.values.findings import RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs import catalogue
from tests.conformance.confirmed_plays import DOCUMENTED, play_outcomes, read_profile
from tests.conformance.report import samples
from tests.conformance.stub_transport import context, json, vendor


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
    run_context = context(vendor("write", "delete"), lambda _: json(200, []))
    with closing(run_context.sender):
        result = play_confirmed(Scenario(DOCUMENTED, "a_trial", play, frozenset(), assumed=True), "vtex", run_context)
    rule_verdict = verdict(rule, [result])
    assert (rule_verdict.verdict, [finding.standing for finding in rule_verdict.findings]) == ("drift", ["assumed"])
    documented = replace(result, scenario=replace(result.scenario, assumed=False))
    assert verdict(rule, [documented, result]).verdict == "breaks"
