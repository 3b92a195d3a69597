"""How often a scenario is played, and what its plays come to: which finding, how sure, or for what not checked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pii_sandbox.conformance import confirmation
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.scenario_runner import ScenarioResult
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.findings import Finding
from pii_sandbox.conformance.values.scenario import Scenario
from tests.conformance.stub_transport import BASE, context, json, vendor

# what comes of one play: broken, or held, or a cause of this kind
KINDS = {"N": "network", "U": "unavailable", "S": "setup", "L": "limit", "X": "intermediary"}
SANDBOX = replace(vendor("control"), control=f"{BASE}/_sandbox/v1")


def no_play(api: Any) -> None: ...


def scenario(name: str = "a_trial", rule: str = "VTEX-TTL-1", dialect: Any = None) -> Scenario:
    return Scenario(rule, name, no_play, frozenset(), dialect)


@dataclass
class Plays:
    """Plays that come out one after the other as the letters say, and how each was asked for."""

    outcomes: str
    patient: list[bool] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    scenarios: list[tuple[str, str]] = field(default_factory=list)
    after: Callable[[RunContext], None] = lambda _: None

    def play(
        self, played: Scenario, api: str, run_context: RunContext, *, number: int = 0, patient: bool = False
    ) -> ScenarioResult:
        count = len(self.patient)
        outcome = self.outcomes[count]
        self.patient.append(patient)
        self.numbers.append(number)
        self.scenarios.append((played.name, run_context.target.dialect))
        self.after(run_context)
        finding = Finding(played.rule, api, None, "scenario", played.name, "a", f"play {count}")
        cause = Cause(KINDS[outcome], f"play {count}") if outcome in KINDS else None  # type: ignore[arg-type]
        return ScenarioResult(
            played,
            finding if outcome == "B" else None,
            cause,
            1.5,
            {("GetProfile", 200): 2, ("GetProfile", 404 + count): 1},
        )


def confirmed(
    monkeypatch: pytest.MonkeyPatch, plays: Plays, target: Target | None = None, played: Scenario | None = None
) -> ScenarioResult:
    monkeypatch.setattr(confirmation, "play_scenario", plays.play)
    run_context = context(target or SANDBOX, lambda _: json(200, []))
    with closing(run_context.sender):
        return confirmation.play_confirmed(played or scenario(), "vtex", run_context)


def summary(result: ScenarioResult) -> tuple[Any, ...]:
    """How sure the finding is, in how many plays it was seen, and in which last; the kind of the cause and its play."""
    found = result.finding
    cause = (result.cause.kind, result.cause.text[-1]) if result.cause is not None else ()
    if found is None:
        return cause or ("holds",)
    return (found.standing, found.broken, found.played, found.seen[-1], *cause)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("H", ("holds",)),
        ("BB", ("breaks", 2, 2, "1")),
        ("BHB", ("breaks", 2, 3, "2")),
        ("BHH", ("unstable", 1, 3, "0")),
        ("NH", ("holds",)),
        ("UUH", ("holds",)),
        ("NBB", ("breaks", 2, 2, "2")),
        ("BNB", ("breaks", 2, 2, "2")),
        ("BNHNB", ("breaks", 2, 3, "4")),
        ("BUHH", ("unstable", 1, 3, "0")),
        ("NNNNNN", ("network", "5")),
        ("NNNUUN", ("network", "5")),
        ("NNNNNB", ("unstable", 1, 1, "5")),
        ("NNNNBB", ("breaks", 2, 2, "5")),
        ("BNNNNN", ("network", "5")),
        ("BHNNNN", ("unstable", 1, 2, "0")),
        ("L", ("limit", "0")),
        ("X", ("intermediary", "0")),
        ("NL", ("limit", "1")),
        ("BL", ("unstable", 1, 1, "0", "limit", "1")),
        ("BHL", ("unstable", 1, 2, "0")),
        ("BX", ("intermediary", "1")),
        ("BHX", ("intermediary", "2")),
        ("SH", ("holds",)),
        ("SS", ("setup", "1")),
        ("NSH", ("holds",)),
        ("SNS", ("setup", "2")),
        ("SBB", ("breaks", 2, 2, "2")),
        ("SBHH", ("unstable", 1, 3, "1")),
        ("BSS", ("setup", "2")),
        ("BHSS", ("unstable", 1, 2, "0")),
    ],
)
def test_a_scenario_is_played_until_it_is_sure_what_it_shows(
    outcomes: str, expected: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = Plays(outcomes)
    assert summary(confirmed(monkeypatch, plays)) == expected
    assert plays.numbers == list(range(len(outcomes)))
    assert not any(plays.patient)


def test_a_set_up_step_that_failed_for_good_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_for_good(run_context: RunContext) -> None:
        for _ in range(2):
            run_context.setups.note_failure("vtex", "a customer", Cause("setup", "play 0"))

    plays = Plays("S", after=fail_for_good)
    assert summary(confirmed(monkeypatch, plays)) == ("setup", "0")


def test_nothing_is_played_again_once_the_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    for outcome, expected in (("B", ("unstable", 1, 1, "0")), ("N", ("network", "0"))):
        plays = Plays(outcome, after=lambda run_context: run_context.sender.stop.set())
        assert summary(confirmed(monkeypatch, plays)) == expected


@pytest.mark.parametrize("settle_seconds", [0.0, 0.5, 3.0])
def test_the_second_play_waits_for_writes_where_the_target_may_lag(
    settle_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = replace(SANDBOX, settle_seconds=settle_seconds)
    plays = Plays("BHH")
    assert summary(confirmed(monkeypatch, plays, target)) == ("unstable", 1, 3, "0")
    assert plays.patient == [False, settle_seconds > 0, False]


@pytest.mark.parametrize(
    ("outcomes", "settle_seconds", "expected"),
    [
        ("BHB", 0.5, ("holds",)),
        ("BHB", 0.0, ("breaks", 2, 3, "2")),
        ("BHH", 0.5, ("unstable", 1, 3, "0")),
        ("BB", 0.5, ("breaks", 2, 2, "1")),
        ("BNHB", 0.5, ("breaks", 2, 3, "3")),
        ("NBHB", 0.5, ("breaks", 2, 3, "3")),
    ],
)
def test_what_holds_only_where_reads_wait_for_writes_is_lag(
    outcomes: str, settle_seconds: float, expected: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = replace(SANDBOX, settle_seconds=settle_seconds)
    assert summary(confirmed(monkeypatch, Plays(outcomes), target)) == expected


def test_what_all_plays_took_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    result = confirmed(monkeypatch, Plays("BHB"))
    assert result.elapsed_seconds == 4.5
    assert result.statuses == {
        ("GetProfile", 200): 6,
        ("GetProfile", 404): 1,
        ("GetProfile", 405): 1,
        ("GetProfile", 406): 1,
    }


TOLD = 'the API follows the dialect {}, but the target has {}; set dialect = "{}" in the target file'


@pytest.mark.parametrize(("here", "other"), [("guide", "reference"), ("reference", "guide")])
@pytest.mark.parametrize(
    ("outcomes", "is_wrong"),
    [("BBHH", True), ("BBHB", False), ("BBB", False), ("BBHX", True), ("BBXH", True), ("BBXX", False)],
)
def test_a_scenario_of_both_dialects_that_holds_in_the_other_one_convicts_nobody(
    here: Any, other: str, outcomes: str, is_wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plays = Plays(outcomes)
    result = confirmed(monkeypatch, plays, vendor(dialect=here))
    assert plays.scenarios == [("a_trial", here)] * 2 + [("a_trial", other)] * (len(outcomes) - 2)
    if is_wrong:
        assert (result.finding, result.cause) == (None, Cause("wrong dialect", TOLD.format(other, here, other)))
    else:
        assert summary(result)[:3] == ("breaks", 2, 2)


@pytest.mark.parametrize(("outcomes", "is_wrong"), [("BBHH", True), ("BBHB", False), ("BBXX", False), ("BBXH", True)])
def test_the_counterparts_of_a_scenario_of_one_dialect_are_those_of_its_rule_in_the_other(
    outcomes: str, is_wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = scenario(dialect="guide")
    known = [
        played,
        scenario("first", dialect="reference"),
        scenario("of both"),
        scenario("of another rule", "VTEX-TTL-2", "reference"),
        scenario("second", dialect="reference"),
    ]
    monkeypatch.setattr(confirmation, "REGISTRY", known)
    plays = Plays(outcomes)
    result = confirmed(monkeypatch, plays, vendor(), played)
    assert plays.scenarios[2:] == [("first", "reference"), ("second", "reference")]
    assert (result.finding is None) is is_wrong


@pytest.mark.parametrize(
    ("outcomes", "target", "dialect"),
    [
        ("BB", SANDBOX, None),
        ("BHH", vendor(), None),
        ("H", vendor(), None),
        ("X", vendor(), None),
        ("BB", vendor(), "guide"),
    ],
)
def test_the_other_dialect_is_tried_only_for_what_breaks_at_a_vendor_and_has_a_counterpart(
    outcomes: str, target: Target, dialect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "REGISTRY", [])
    plays = Plays(outcomes)
    result = confirmed(monkeypatch, plays, target, scenario(dialect=dialect))
    assert {name for _, name in plays.scenarios} == {"guide"}
    assert (result.finding is not None) is ("B" in outcomes)
