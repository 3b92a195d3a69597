"""A scenario is `assumed` only where its rule says that a part of it is; then a vendor's difference is drift."""

from __future__ import annotations

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.specs import catalogue


def test_a_scenario_of_an_assumed_part_belongs_to_a_rule_that_names_the_part() -> None:
    rules = {rule.id: rule for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)}
    marked = {scenario.rule for scenario in REGISTRY if scenario.assumed}
    assert marked
    assert {rule for rule in marked if "assumed" not in rules[rule].statement} == set()


def test_a_rule_with_an_assumed_part_has_a_scenario_of_what_is_documented() -> None:
    marked = {scenario.rule for scenario in REGISTRY if scenario.assumed}
    assert marked <= {scenario.rule for scenario in REGISTRY if not scenario.assumed}
