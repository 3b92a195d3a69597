"""The scenarios of NewStore hold on the sandbox, and at an endpoint that grants less."""

from __future__ import annotations

import pytest

import pii_sandbox.scenarios.newstore  # noqa: F401  (registers them)
from pii_sandbox import specs
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.scenarios.newstore.authentication import READS, TOKENIZE, WRITES
from pii_sandbox.specs.catalogue import rules
from tests.control_client import ControlClient
from tests.scenarios.scenario_cases import SerializedTransport, case_name, play, result_text, scenarios_of, vendor
from tests.server_process import running_server

SCENARIOS = scenarios_of("newstore")
READING = [scenario for scenario in SCENARIOS if not scenario.needs]
WRITING = [scenario for scenario in SCENARIOS if scenario.needs and scenario.needs <= {"write", "delete"}]
# what no call can undo is asked of no endpoint that others use
UNDONE_BY_NOBODY = ("tokenize", "tokens_and_ids", "that_nothing_failed")


@pytest.fixture
def data(control: ControlClient) -> dict[str, dict[str, str]]:
    """A profile of the test's sandbox that may be read, as a target names it."""
    profile_id = control.documents("newstore", "profiles")[0]["id"]
    return {"newstore": {"profile_id": profile_id, "username": "sandbox", "password": "sandbox"}}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=case_name)
def test_it_holds_on_the_sandbox(scenario: Scenario, wire: SerializedTransport) -> None:
    assert result_text(play(scenario, "newstore", wire)) == ""


def test_of_updates_that_really_come_at_the_same_time_one_wins() -> None:
    with (
        running_server("--shoppers", "1") as server,
        standalone_context(local_sandbox(server.url), "parallel", 1) as context,
    ):
        for scenario in SCENARIOS:
            if scenario.rule == "NS-LOCK-2":
                assert result_text(play_scenario(scenario, "newstore", context)) == ""


@pytest.mark.parametrize("scenario", READING, ids=case_name)
def test_it_holds_where_reading_alone_is_granted(
    scenario: Scenario, wire: SerializedTransport, sandbox_name: str, data: dict[str, dict[str, str]]
) -> None:
    assert result_text(play(scenario, "newstore", wire, vendor((), sandbox_name, data))) == ""
    assert wire.writes() == []


@pytest.mark.parametrize("scenario", WRITING, ids=case_name)
def test_it_holds_where_writing_and_deleting_are_granted(
    scenario: Scenario, wire: SerializedTransport, sandbox_name: str, data: dict[str, dict[str, str]]
) -> None:
    outcome = result_text(play(scenario, "newstore", wire, vendor({"write", "delete"}, sandbox_name, data)))
    undone_by_nobody = scenario.name.startswith(UNDONE_BY_NOBODY)
    assert outcome == ("tokenize was not sent: no operation deletes what it creates" if undone_by_nobody else "")


def test_every_rule_has_a_scenario() -> None:
    assert {rule.id for rule in rules("newstore")} == {scenario.rule for scenario in SCENARIOS}


def test_every_operation_is_called_without_valid_credentials() -> None:
    known = specs.operations("newstore_customer_profile")
    assert {call.operation_id for call in (*READS, *WRITES, TOKENIZE)} == known.keys() - {
        "createToken",
        "createRealmToken",
    }
    assert {known[call.operation_id].safety for call in READS} == {"read"}
