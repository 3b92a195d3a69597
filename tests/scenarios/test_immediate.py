"""Which scenarios are about the first read after a write: those of rules that say what is so from then on."""

from __future__ import annotations

from pii_sandbox import scenarios  # noqa: F401 — registers them
from pii_sandbox.conformance.values.scenario import REGISTRY
from pii_sandbox.specs.catalogue import apis_with_rules, rules

SAYS_SO = ("from then on", "from that instant", "then no more")


def test_a_rule_that_says_so_has_a_scenario_whose_reads_are_not_repeated_and_no_other_rule_has() -> None:
    saying = {
        rule.id for api in apis_with_rules() for rule in rules(api) if any(text in rule.statement for text in SAYS_SO)
    }
    assert {scenario.rule for scenario in REGISTRY if scenario.immediate} == saying
    assert len(saying) >= 5
