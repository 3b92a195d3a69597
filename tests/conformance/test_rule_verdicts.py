"""What the plays of a rule's scenarios come to, and which calls of a finding matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pii_sandbox.conformance.rule_selection import RuleSelection
from pii_sandbox.conformance.scenario_runner import NO_SCENARIO, ScenarioResult, relevant_calls, verdict
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Coverage, Exchange, Finding
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.conformance.verdicts import LEFT_OUT, SCENARIOS_LEFT_OUT, coverage_of, verdicts
from pii_sandbox.specs import catalogue
from tests.conformance.confirmed_plays import DOCUMENTED, read_profile

ASSUMED = next(rule.id for rule in catalogue.rules("vtex") if rule.status == "assumed")
FINDING = Finding(DOCUMENTED, "vtex", None, "scenario", "a_trial", "a", "b")
LIMIT, AWAY, DIALECT = Cause("limit", "used up"), Cause("network", "away"), Cause("wrong dialect", "the other one")
HOLDS = ScenarioResult(Scenario(DOCUMENTED, "a_trial", read_profile, frozenset()), elapsed_seconds=1.5)


def caused(*causes: Cause) -> list[ScenarioResult]:
    return [replace(HOLDS, cause=cause) for cause in causes]


def broken(standing: Any = "breaks", *, assumed: bool = False) -> ScenarioResult:
    return replace(
        HOLDS, finding=replace(FINDING, standing=standing), scenario=replace(HOLDS.scenario, assumed=assumed)
    )


@pytest.mark.parametrize(
    ("rule_id", "plays", "expected", "standings"),
    [
        (DOCUMENTED, [], "not checked", []),
        (DOCUMENTED, [HOLDS], "conforms", []),
        (DOCUMENTED, [*caused(LIMIT), HOLDS], "conforms", []),
        (DOCUMENTED, caused(LIMIT), "not checked", []),
        (DOCUMENTED, [HOLDS, *caused(DIALECT)], "not checked", []),
        (DOCUMENTED, [HOLDS, broken()], "breaks", ["breaks"]),
        (DOCUMENTED, [broken("unstable"), HOLDS], "unstable", ["unstable"]),
        (DOCUMENTED, [broken("unstable"), *caused(DIALECT)], "unstable", ["unstable"]),
        (DOCUMENTED, [broken(assumed=True), HOLDS], "drift", ["assumed"]),
        (DOCUMENTED, [broken("unstable", assumed=True)], "unstable", ["unstable"]),
        (DOCUMENTED, [broken("unstable"), broken(assumed=True)], "drift", ["unstable", "assumed"]),
        (DOCUMENTED, [broken(assumed=True), broken()], "breaks", ["assumed", "breaks"]),
        (ASSUMED, [broken()], "drift", ["assumed"]),
        (ASSUMED, [broken("unstable")], "unstable", ["unstable"]),
        (ASSUMED, [HOLDS], "conforms", []),
    ],
)
def test_the_gravest_play_decides(
    rule_id: str, plays: list[ScenarioResult], expected: str, standings: list[str]
) -> None:
    rule = catalogue.rule(rule_id)
    assert rule is not None
    result = verdict(rule, plays)
    assert (result.verdict, [finding.standing for finding in result.findings]) == (expected, standings)
    assert (result.rule, result.api, result.scenarios) == (rule.id, "vtex", ("a_trial",) * len(plays))
    assert result.elapsed_seconds == 1.5 * len(plays)


@pytest.mark.parametrize(
    ("plays", "causes"),
    [
        ([], (NO_SCENARIO,)),
        ([HOLDS], ()),
        ([broken()], ()),
        (caused(LIMIT, AWAY, LIMIT), (LIMIT, AWAY)),
        ([HOLDS, *caused(AWAY, DIALECT)], (DIALECT, AWAY)),
    ],
)
def test_each_cause_is_told_once_and_a_wrong_dialect_first(
    plays: list[ScenarioResult], causes: tuple[Cause, ...]
) -> None:
    rule = catalogue.rule(DOCUMENTED)
    assert rule is not None
    assert verdict(rule, plays).causes == causes


def test_every_rule_of_the_choice_gets_a_verdict_in_its_order() -> None:
    one, other, third = catalogue.rules("vtex")[:3]

    def play(rule_id: str) -> ScenarioResult:
        return replace(HOLDS, scenario=replace(HOLDS.scenario, rule=rule_id))

    selection = RuleSelection((one, other, third), frozenset({one.id}))
    results = verdicts(selection, [play(third.id), play(one.id), play(third.id)])
    assert [(result.rule, result.verdict, result.causes) for result in results] == [
        (one.id, "not checked", (LEFT_OUT,)),
        (other.id, "not checked", (NO_SCENARIO,)),
        (third.id, "conforms", ()),
    ]
    assert [result.scenarios for result in results] == [(), (), ("a_trial", "a_trial")]
    assert verdicts(selection, [], SCENARIOS_LEFT_OUT)[1].causes == (SCENARIOS_LEFT_OUT,)
    assert verdicts(selection, [], SCENARIOS_LEFT_OUT)[0].causes == (LEFT_OUT,)


def test_what_was_covered_is_summed_up_and_sorted() -> None:
    plays = [
        replace(HOLDS, statuses={("GetProfile", 404): 1, ("GetProfile", 200): 2, ("GetAddress", 200): 1}),
        replace(HOLDS, statuses={("GetProfile", 200): 3}, scenario=replace(HOLDS.scenario, rule="VTEX-MASK-1")),
    ]
    earlier = Coverage({("vtex", "GetProfile"): {200: 4, 500: 1}}, {("vtex", "GetProfile"): ("VTEX-AAA-1",)})
    later = Coverage({("oracle", "getProfile"): {200: 1}}, {("oracle", "getProfile"): ("OCC-GET-1",)})
    apis = {DOCUMENTED: "vtex", "VTEX-MASK-1": "vtex"}
    covered = coverage_of(apis, plays, earlier, later)
    assert covered == Coverage(
        {
            ("oracle", "getProfile"): {200: 1},
            ("vtex", "GetAddress"): {200: 1},
            ("vtex", "GetProfile"): {200: 9, 404: 1, 500: 1},
        },
        {
            ("oracle", "getProfile"): ("OCC-GET-1",),
            ("vtex", "GetAddress"): (DOCUMENTED,),
            ("vtex", "GetProfile"): ("VTEX-AAA-1", "VTEX-MASK-1", DOCUMENTED),
        },
    )
    assert list(covered.statuses) == sorted(covered.statuses)
    assert list(covered.statuses["vtex", "GetProfile"]) == [200, 404, 500]


def call(status: int, operation_id: str | None = "a") -> Exchange:
    return Exchange("vtex", operation_id, "GET", "u", {}, b"", status)


@pytest.mark.parametrize(
    ("exchanges", "statuses"),
    [
        ([], []),
        ([call(201), call(401), call(200)], [201, 200]),
        ([call(401), call(200), call(403), call(400), call(402), call(404), call(500)], [200, 400, 402, 404, 500]),
        ([call(401), call(402), call(429)], [401, 402, 429]),  # a rate limit shows after all that was sent
        ([call(401), call(429), call(200)], [429, 200]),
        ([call(429), call(401), call(200)], [429, 200]),
        ([call(401), call(200), call(428)], [200, 428]),
        ([call(401), call(200), call(430)], [200, 430]),
        ([call(401), call(402), call(200, None)], [401, 402, 200]),
        ([call(401), call(201, None), call(200)], [201, 200]),
        ([call(401, None), call(201), call(200)], [201, 200]),
        ([call(401)], [401]),
    ],
)
def test_calls_that_were_refused_matter_only_where_all_calls_do(
    exchanges: Sequence[Exchange], statuses: list[int]
) -> None:
    assert [each.status for each in relevant_calls(exchanges)] == statuses
