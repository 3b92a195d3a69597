"""Which rules a run is about."""

from __future__ import annotations

import pytest

from pii_sandbox.conformance.rule_selection import NoSuchRule, select_rules
from pii_sandbox.conformance.values.scenario import REGISTRY, Scenario
from pii_sandbox.specs.catalogue import rules


def ids(*arguments: object) -> list[str]:
    return [rule.id for rule in select_rules(*arguments).rules]  # type: ignore[arg-type]


def test_without_patterns_all_rules_are_chosen() -> None:
    assert ids(["oracle", "fashionai"]) == [rule.id for api in ("oracle", "fashionai") for rule in rules(api)]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("NS-LOCK-1", ["NS-LOCK-1"]),
        ("ns-lock-1", ["NS-LOCK-1"]),
        ("NS-LOCK", ["NS-LOCK-1", "NS-LOCK-2", "NS-LOCK-3", "NS-LOCK-4"]),
        ("NS-*-4", ["NS-AUTH-4", "NS-LIST-4", "NS-LOCK-4", "NS-ADDR-4", "NS-TOK-4"]),
    ],
)
def test_a_pattern_is_an_id_a_group_or_has_a_star(pattern: str, fits: list[str]) -> None:
    assert ids(["newstore"], [pattern]) == fits


def test_what_is_skipped_is_named_and_not_played() -> None:
    selection = select_rules(["newstore"], ["NS-LOCK"], ["NS-LOCK-2"])
    assert [rule.id for rule in selection.rules] == ["NS-LOCK-1", "NS-LOCK-2", "NS-LOCK-3", "NS-LOCK-4"]
    assert [rule.id for rule in selection.rules_to_play] == ["NS-LOCK-1", "NS-LOCK-3", "NS-LOCK-4"]
    assert {scenario.rule for scenario in selection.scenarios(REGISTRY)} <= {"NS-LOCK-1", "NS-LOCK-3", "NS-LOCK-4"}


@pytest.mark.parametrize("pattern", ["NS-LOCK-9", "NS-LOC", "VTEX-TTL-1", ""])
def test_a_pattern_that_fits_nothing_is_told(pattern: str) -> None:
    with pytest.raises(NoSuchRule, match=r"unknown rule .*of newstore"):
        select_rules(["newstore"], [pattern])
    with pytest.raises(NoSuchRule):
        select_rules(["newstore"], [], [pattern])


@pytest.mark.parametrize(("pattern", "nearest"), [("NS-LOCK-9", "NS-LOCK-"), ("ns-lokc-2", "NS-LOCK-2")])
def test_the_nearest_rule_is_told(pattern: str, nearest: str) -> None:
    with pytest.raises(NoSuchRule, match=rf"did you mean {nearest}"):
        select_rules(["newstore"], [pattern])


def test_a_pattern_that_is_like_no_rule_gets_no_proposal() -> None:
    with pytest.raises(NoSuchRule) as caught:
        select_rules(["newstore"], ["QQQQQQQQ"])
    assert str(caught.value) == ("unknown rule QQQQQQQQ of newstore; 'pii-sandbox rules' lists all rules")


def test_scenarios_are_in_the_catalogues_order_whatever_theirs_is() -> None:
    def scenario(rule: str, name: str) -> Scenario:
        return Scenario(rule, name, lambda api: None, frozenset())

    registry = [scenario("NS-LOCK-3", "a"), scenario("NS-LOCK-1", "b"), scenario("NS-LOCK-3", "c"),
                scenario("NS-LOCK-2", "d"), scenario("VTEX-TTL-1", "e")]  # fmt: skip
    selection = select_rules(["newstore"], ["NS-LOCK"], ["NS-LOCK-2"])
    assert [each.name for each in selection.scenarios(registry)] == ["b", "a", "c"]


def test_of_several_patterns_each_chooses_its_rules() -> None:
    assert ids(["newstore"], ["NS-LOCK-2", "NS-LIST-1"]) == ["NS-LIST-1", "NS-LOCK-2"]
    assert select_rules(["newstore"], ["NS-LOCK"], ["NS-LIST-1"]).left_out == frozenset()
