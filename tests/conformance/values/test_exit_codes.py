"""The exit code of a run: what breaks, what was checked, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.report import content
from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Finding, RuleResult, RunResult
from pii_sandbox.conformance.values.observations import Drift, Observations
from pii_sandbox.conformance.verdicts import verdicts
from pii_sandbox.specs.catalogue import rules
from tests.conformance.report.samples import BEGIN


def rule(verdict: Any, *kinds: Any, waived: str | None = None) -> RuleResult:
    causes = tuple(Cause(kind, f"a cause of the kind {kind}") for kind in kinds)
    return RuleResult("VTEX-TTL-1", "vtex", verdict, causes=causes, waived=waived)


def run(*rules: RuleResult, **more: Any) -> RunResult:
    return RunResult("run", "staging", BEGIN, 1.0, 7, frozenset({"read"}), rules, **more)


def found(standing: Any) -> Finding:
    return Finding("generated:form", "vtex", None, "generated", "form", "a", "b", standing=standing)


HELD, BROKEN, UNCHECKED = rule("conforms"), rule("breaks"), rule("not checked", "power")
LEFT_OUT = rule("not checked", "left out")
DRIFT = Observations(drift=(Drift("vtex", "GetProfile", "status 206"),))


@pytest.mark.parametrize(
    ("result", "code", "strict_code"),
    [
        (run(HELD), 0, 0),
        (run(HELD, UNCHECKED), 0, 0),
        (run(HELD, BROKEN), 1, 1),
        (run(HELD, rule("breaks", waived="known")), 0, 0),
        (run(HELD, rule("conforms", waived="known")), 0, 0),
        (run(BROKEN, rule("breaks", waived="known")), 1, 1),
        (run(HELD, rule("unstable")), 0, 1),
        (run(HELD, rule("drift")), 0, 1),
        (run(HELD, observations=DRIFT), 0, 1),
        (run(HELD, generated=(found("unstable"),)), 0, 1),
        (run(HELD, generated=(found("assumed"),)), 0, 1),
        (run(HELD, generated=(found("breaks"),)), 1, 1),
        (run(HELD, generated=(found("assumed"), found("breaks"))), 1, 1),
        (run(UNCHECKED), 2, 2),
        (run(), 2, 2),
        (run(HELD, complete=False), 2, 2),
        (run(BROKEN, complete=False), 1, 1),
        (run(UNCHECKED, complete=False), 2, 2),
        (run(HELD, facts={"faults": ["a fault"]}), 2, 2),
        (run(HELD, rule("not checked", "fault")), 2, 2),
        (run(HELD, rule("conforms", "fault", "power")), 2, 2),
        (run(BROKEN, facts={"faults": ["a fault"]}), 1, 1),
        (run(rule("unstable"), facts={"faults": ["a fault"]}), 2, 1),
        (run(LEFT_OUT, LEFT_OUT, facts={"generated calls": 1}), 0, 0),
        (run(LEFT_OUT, facts={"generated calls": 0}), 2, 2),
        (run(LEFT_OUT), 2, 2),
        (run(LEFT_OUT, UNCHECKED, facts={"generated calls": 50}), 2, 2),
        (run(LEFT_OUT, complete=False, facts={"generated calls": 50}), 2, 2),
        (run(HELD, UNCHECKED, min_checked=50), 0, 0),
        (run(HELD, UNCHECKED, min_checked=51), 2, 2),
        (run(UNCHECKED, min_checked=0), 2, 2),
        (run(HELD, HELD, UNCHECKED, min_checked=66), 0, 0),
        (run(HELD, HELD, UNCHECKED, min_checked=67), 2, 2),
        (run(HELD, min_checked=100), 0, 0),
        (run(BROKEN, UNCHECKED, min_checked=100), 1, 1),
    ],
)
def test_the_exit_code_is_1_for_what_breaks_and_2_for_what_was_not_checked_enough(
    result: RunResult, code: int, strict_code: int
) -> None:
    assert (result.exit_code, replace(result, strict=True).exit_code) == (code, strict_code)


def test_the_share_of_checked_rules_counts_all_but_those_not_checked() -> None:
    unsteady = run(HELD, BROKEN, rule("unstable"), rule("drift"), UNCHECKED)
    assert replace(unsteady, min_checked=80).reaches_minimum
    assert not replace(unsteady, min_checked=81).reaches_minimum
    many = run(*[HELD] * 199, UNCHECKED)
    assert replace(many, min_checked=99).reaches_minimum
    assert not replace(many, min_checked=100).reaches_minimum


def test_the_share_that_must_be_checked_is_told_where_one_is_asked_for() -> None:
    asked, plain = run(HELD, min_checked=50), run(HELD)
    assert asked.reaches_minimum
    assert plain.reaches_minimum
    assert content.report(asked).run_facts["at least checked"] == "50 %"
    assert "at least checked" not in content.report(plain).run_facts


def test_a_rule_tells_its_causes_in_words() -> None:
    assert rule("not checked", "power", "datum").reasons == ("a cause of the kind power", "a cause of the kind datum")


def test_a_finding_that_was_not_played_again_was_seen_in_its_one_play() -> None:
    finding = found("unstable")
    assert (finding.broken, finding.played) == (1, 1)
    assert run(HELD, generated=(finding,)).exit_code == 0


def test_a_rule_that_was_not_played_took_no_time_and_says_why() -> None:
    omitted = next(rule for rule in rules("vtex"))
    (result,) = verdicts(RuleSelection((omitted,), frozenset({omitted.id})), [], Cause("no scenario", "no scenario"))
    assert (result.verdict, result.elapsed_seconds, result.reasons) == ("not checked", 0, ("left out on request",))
