"""The scenarios of Fashion.AI hold on the sandbox, and at an endpoint that grants less."""

from __future__ import annotations

import pytest

import pii_sandbox.scenarios.fashionai  # noqa: F401  (registers them)
from pii_sandbox import specs
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.scenarios.fashionai.customers import KEYS
from pii_sandbox.specs.catalogue import rules
from tests.scenarios.scenario_cases import SerializedTransport, case_name, play, result_text, scenarios_of, vendor

SCENARIOS = scenarios_of("fashionai")
READING = [scenario for scenario in SCENARIOS if not scenario.needs]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=case_name)
def test_it_holds_on_the_sandbox(scenario: Scenario, wire: SerializedTransport) -> None:
    assert result_text(play(scenario, "fashionai", wire)) == ""


@pytest.mark.parametrize("scenario", READING, ids=case_name)
def test_it_holds_where_reading_alone_is_granted(
    scenario: Scenario, wire: SerializedTransport, sandbox_name: str
) -> None:
    assert result_text(play(scenario, "fashionai", wire, vendor((), sandbox_name))) == ""
    assert wire.writes() == []


def test_every_rule_has_a_scenario() -> None:
    assert {rule.id for rule in rules("fashionai")} == {scenario.rule for scenario in SCENARIOS}


def test_every_operation_is_read_by() -> None:
    assert {key.operation_id for key in KEYS} == specs.operations("fashionai_profiling").keys()
