"""The scenarios of VTEX hold on the sandbox, in either dialect, and at an endpoint that grants less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import pii_sandbox.scenarios.vtex  # noqa: F401  (registers them)
from pii_sandbox import specs
from pii_sandbox.conformance.run_context import standalone_context
from pii_sandbox.conformance.scenario_runner import play_scenario
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.values.scenario import Scenario
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.gateway import Options
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults
from pii_sandbox.scenarios.vtex import access
from pii_sandbox.specs.catalogue import rules
from tests.control_client import ControlClient
from tests.in_process import InProcess
from tests.scenarios.scenario_cases import URL, SerializedTransport, case_name, play, result_text, scenarios_of, vendor
from tests.server_process import ServerProcess, running_server

SCENARIOS = scenarios_of("vtex")
IN_BOTH = [scenario for scenario in SCENARIOS if scenario.dialect is None]
PARALLEL = [scenario for scenario in SCENARIOS if "call_concurrently" in scenario.play.__code__.co_names]
IN_THE_GUIDE = [scenario for scenario in SCENARIOS if scenario.dialect in (None, "guide")]
READING = [scenario for scenario in IN_THE_GUIDE if not scenario.needs]
CHANGING = [scenario for scenario in IN_THE_GUIDE if scenario.needs and scenario.needs <= {"write", "delete", "erase"}]
COLLECTIONS = ("profiles", "addresses", "prospects", "purchase-info", "orders", "carts", "users")


@pytest.fixture(scope="module")
def reference() -> Iterator[SerializedTransport]:
    """The way to an application whose sandboxes are in dialect `reference`."""
    defaults = SandboxDefaults(seeded=SeedSpec(seed=1, shoppers=5), dialect="reference")
    transport = InProcess(App(defaults, Options(validate_responses=True, surface_errors=True)))
    yield SerializedTransport(transport)
    transport.close()


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "5") as running:
        yield running


@pytest.fixture
def data(control: ControlClient) -> dict[str, dict[str, str]]:
    """A profile with one of everything that may be read, as a target names it."""
    profile_id = control.documents("vtex", "purchase-info")[0]["id"]
    profile = control.call("GET", f"/documents/vtex/profiles/{profile_id}")["document"]
    return {"vtex": {"profile_id": profile_id, "email": profile["email"]}}


def _stored(control: ControlClient) -> dict[str, Any]:
    return {name: control.documents("vtex", name) for name in COLLECTIONS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=case_name)
def test_it_holds_on_the_sandbox(scenario: Scenario, wire: SerializedTransport) -> None:
    assert result_text(play(scenario, "vtex", wire)) == ""


@pytest.mark.parametrize("scenario", IN_BOTH, ids=case_name)
def test_it_holds_in_the_dialect_of_the_reference_too(scenario: Scenario, reference: SerializedTransport) -> None:
    target = replace(local_sandbox(URL), dialect="reference")
    assert result_text(play(scenario, "vtex", reference, target)) == ""


@pytest.mark.parametrize("scenario", PARALLEL, ids=case_name)
def test_it_holds_where_requests_really_are_parallel(scenario: Scenario, server: ServerProcess) -> None:
    with standalone_context(local_sandbox(server.url), "parallel", 1) as context:
        assert result_text(play_scenario(scenario, "vtex", context)) == ""


@pytest.mark.parametrize("scenario", READING, ids=case_name)
def test_it_holds_where_reading_alone_is_granted(
    scenario: Scenario, wire: SerializedTransport, sandbox_name: str, data: dict[str, dict[str, str]]
) -> None:
    assert result_text(play(scenario, "vtex", wire, vendor((), sandbox_name, data))) == ""
    assert wire.writes() == []


@pytest.mark.parametrize("scenario", CHANGING, ids=case_name)
def test_it_holds_and_leaves_nothing_where_changes_are_granted(
    scenario: Scenario, wire: SerializedTransport, sandbox_name: str, control: ControlClient
) -> None:
    before = _stored(control)
    assert result_text(play(scenario, "vtex", wire, vendor({"write", "delete", "erase"}, sandbox_name))) == ""
    assert _stored(control) == before


def test_there_are_scenarios_with_parallel_requests() -> None:
    assert {scenario.rule for scenario in PARALLEL} == {"VTEX-UNIQ-1", "VTEX-PROF-2", "VTEX-ADDR-2", "VTEX-PURCH-1"}


def test_every_operation_is_called_without_valid_credentials() -> None:
    found = (access.reads, access.writes, access.deletes, access.erasures, access.schema_writes)
    called = [operation.operation_id for operations in found for operation in operations("guide")]
    known = [name for document in specs.APIS["vtex"] for name in specs.operations(document)]
    assert sorted(called) == sorted(known)
    assert {operation.safety for operation in access.reads("guide")} == {"read"}


def test_every_rule_has_a_scenario() -> None:
    assert {rule.id for rule in rules("vtex")} == {scenario.rule for scenario in SCENARIOS}


def test_a_name_is_given_once_for_a_rule() -> None:
    names = [case_name(scenario) for scenario in SCENARIOS]
    assert len(names) == len(set(names))


def test_the_sandbox_of_a_scenario_is_given_the_settings_of_the_target(wire: SerializedTransport) -> None:
    """A server whose defaults select another reading is checked under the rules' reading, by this."""
    scenario = next(each for each in SCENARIOS if each.name == "a_profile_is_not_disclosed_without_a_reason")
    target = replace(local_sandbox(URL), settings={"vtex.reason_optional": True})
    assert result_text(play(scenario, "vtex", wire, target)) == "expected status 400; saw status 200"
    assert result_text(play(scenario, "vtex", wire)) == ""
