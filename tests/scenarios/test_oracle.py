"""The scenarios of Oracle Commerce hold on the sandbox in both dialects, and at an endpoint that grants less."""

from __future__ import annotations

from dataclasses import replace

import pytest

import pii_sandbox.scenarios.oracle  # noqa: F401  (registers them)
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.specs.catalogue import rules
from tests.control_client import ControlClient
from tests.scenarios.scenario_cases import SerializedTransport, case_name, play, result_text, scenarios_of, vendor

SCENARIOS = scenarios_of("oracle")
IN_EITHER_DIALECT = [scenario for scenario in SCENARIOS if scenario.dialect is None]
READING = [scenario for scenario in SCENARIOS if not scenario.needs]
WRITING = [scenario for scenario in SCENARIOS if scenario.needs == {"write"}]


@pytest.fixture
def data(control: ControlClient) -> dict[str, dict[str, str]]:
    """A profile of the test's sandbox that may be read, as a target names it."""
    return {"oracle": {"profile_id": control.documents("oracle", "profiles")[0]["id"]}}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=case_name)
def test_it_holds_on_the_sandbox(scenario: Scenario, wire: SerializedTransport) -> None:
    assert result_text(play(scenario, "oracle", wire)) == ""


@pytest.mark.parametrize("scenario", IN_EITHER_DIALECT, ids=case_name)
def test_it_holds_in_dialect_reference(scenario: Scenario, wire: SerializedTransport) -> None:
    assert result_text(play(replace(scenario, dialect="reference"), "oracle", wire)) == ""


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("scenario", READING, ids=case_name)
def test_it_holds_where_reading_alone_is_granted(
    scenario: Scenario,
    dialect: str,
    wire: SerializedTransport,
    sandbox_name: str,
    data: dict[str, dict[str, str]],
    control: ControlClient,
) -> None:
    control.dialect(dialect)
    target = vendor((), sandbox_name, data)
    target = replace(target, dialect="reference" if dialect == "reference" else "guide")
    assert result_text(play(scenario, "oracle", wire, target)) == ""
    assert wire.writes() == []


@pytest.mark.parametrize("scenario", WRITING, ids=case_name)
def test_it_holds_where_writing_is_granted(scenario: Scenario, wire: SerializedTransport, sandbox_name: str) -> None:
    assert result_text(play(scenario, "oracle", wire, vendor({"write"}, sandbox_name))) == ""


def test_every_rule_has_a_scenario() -> None:
    assert {rule.id for rule in rules("oracle")} == {scenario.rule for scenario in SCENARIOS}
