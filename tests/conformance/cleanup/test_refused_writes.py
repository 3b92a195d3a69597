"""Writes that a run does not send: to objects of others, without a granted power, without an undo."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.cleanup.ledger import Ledger
from pii_sandbox.conformance.target.model import Target
from tests.conformance.cleanup.vendor_runs import RUN, WRITING, Play, all_documents, run
from tests.control_client import ControlClient
from tests.scenarios.scenario_cases import SerializedTransport, vendor


def test_an_object_that_existed_before_is_not_ours(
    shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    known = control.documents("newstore", "profiles")[0]

    def play(api: ApiClient) -> None:
        api.call("getOrCreateProfile", body={"email": known["document"]["email"]})

    result = run(play, shop, wire, Ledger(None, {"run": RUN}), "newstore")
    assert result.reason == "getOrCreateProfile was not sent: its body has an email without this run's marker"
    assert wire.requests == []


def test_an_existing_object_returned_by_get_or_create_is_left_alone(
    shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    email = f"pii-sandbox-check.{RUN}.earlier@example.com"
    control.put("newstore", "profiles", "NS-EU-01FXX4RSTKMVBFPBVZFPGM97ZW-01FXX4S1V1R8M4PF9H1S1D82CX", {"email": email})

    def play(api: ApiClient) -> None:
        api.call("getOrCreateProfile", body={"email": email}, expect=200)

    ledger = Ledger(None, {"run": RUN})
    run(play, shop, wire, ledger, "newstore")
    assert [entry.state for entry in ledger.entries] == ["refused"]
    assert len(wire.requests) == 1


def foreign_prospect(api: ApiClient) -> str:
    return str(api.call("GetProspects", expect=200).json[0]["id"])


@pytest.mark.parametrize(
    "play",
    [
        lambda api: api.call("DeleteProspect", prospectId=foreign_prospect(api)),
        lambda api: api.call("UpdateProspect", prospectId=foreign_prospect(api), body={"firstName": "X"}),
        lambda api: api.call("UpdateClientProfile", profileId="1", body={}),
        lambda api: api.call("DeleteClientProfile", profileId="someone@example.com", alternativeKey="email"),
        lambda api: api.call("CreateOrUpdateProfileSchema", body={}),
    ],
)
def test_objects_that_are_not_ours_are_not_touched(
    play: Play, shop: Target, wire: SerializedTransport, control: ControlClient
) -> None:
    control.put("vtex", "prospects", "77777777-2222-4333-8444-555555555555", {"email": "a@example.com"})
    before = all_documents(control)
    result = run(play, shop, wire, Ledger(None, {"run": RUN}))
    assert result.reason is not None
    assert wire.writes() == []
    assert all_documents(control) == before


@pytest.mark.parametrize(
    ("powers", "operation_id", "params", "missing"),
    [
        ((), "CreateProspect", {"body": {}}, "write"),
        (("write",), "DeleteProspect", {"prospectId": "x"}, "delete"),
        (WRITING, "createErasureJob", {"body": {}}, "erase"),
    ],
)
def test_a_power_that_is_not_granted_is_not_used(
    powers: tuple[str, ...], operation_id: str, params: dict[str, Any], missing: str, wire: SerializedTransport
) -> None:
    def play(api: ApiClient) -> None:
        api.call(operation_id, **params)

    result = run(play, vendor(powers, "none"), wire, Ledger(None, {"run": RUN}))
    assert result.reason == f"{operation_id} needs the power {missing}, which the target does not grant"
    assert wire.requests == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
def test_another_method_needs_what_it_does(method: str, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("GetProfile", profileId="00000000-0000-4000-8000-000000000000", method=method)

    assert "needs the power" in str(run(play, vendor((), "none"), wire, Ledger(None, {"run": RUN})).reason)
    assert wire.requests == []


def test_a_create_that_no_call_can_undo_is_not_sent(shop: Target, wire: SerializedTransport) -> None:
    def play(api: ApiClient) -> None:
        api.call("tokenize", body={"data": {"a": "b"}})

    result = run(play, shop, wire, Ledger(None, {"run": RUN}), "newstore")
    assert result.reason == "tokenize was not sent: no operation deletes what it creates"
    assert wire.requests == []
