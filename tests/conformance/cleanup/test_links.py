"""How what a call made is undone, by the documents' links."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup import links
from pii_sandbox.conformance.cleanup.links import PlannedCall, evaluate_link
from pii_sandbox.conformance.contract import operations

MADE = {"id": "ID", "document": {"profileId": "P"}, "meta": {"version": "V"}}


@pytest.mark.parametrize(
    ("api", "operation_id", "undo", "look"),
    [
        (
            "vtex",
            "CreateClientProfile",
            PlannedCall("DeleteClientProfile", {"profileId": "ID"}),
            PlannedCall("GetProfile", {"profileId": "ID"}),
        ),
        (
            "vtex",
            "CreateClientAddress",
            PlannedCall("DeleteAddress", {"profileId": "P", "addressId": "ID"}),
            PlannedCall("GetAddress", {"profileId": "P", "addressId": "ID"}),
        ),
        (
            "vtex",
            "CreateProspect",
            PlannedCall("DeleteProspect", {"prospectId": "ID"}),
            PlannedCall("GetProspect", {"prospectId": "ID"}),
        ),
        (
            "vtex",
            "CreatePurchaseInformation",
            PlannedCall("DeletePurchaseInformation", {"profileId": "ID"}),
            PlannedCall("GetPurchaseInformation", {"profileId": "ID"}),
        ),
        (
            "newstore",
            "getOrCreateProfile",
            PlannedCall("requestProfileDeletion", {"profile_id": "ID"}),
            PlannedCall("getProfile", {"profile_id": "ID"}),
        ),
        (
            "newstore",
            "getOrCreateAddress",
            PlannedCall("deleteAddress", {"profile_id": "Q", "address_id": "ID"}),
            PlannedCall("getAddress", {"profile_id": "Q", "address_id": "ID"}),
        ),
        (
            "newstore",
            "createData",
            PlannedCall("deleteData", {"data_id": "ID"}),
            PlannedCall("getData", {"data_id": "ID"}),
        ),
        ("newstore", "tokenize", None, None),
    ],
)
@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_every_create_has_an_undo_call_and_a_read(
    api: str, operation_id: str, undo: PlannedCall | None, look: PlannedCall | None, dialect: specs.Dialect
) -> None:
    facts = operations.operation(api, operation_id, dialect)
    assert links.undo_step(facts, dialect, {"profile_id": "Q"}, MADE) == undo
    assert links.look_up_step(facts, dialect, {"profile_id": "Q"}, MADE) == look


def test_every_creating_operation_is_undone_or_stores_nothing() -> None:
    lasting = [
        facts.operation_id
        for api in ("vtex", "newstore", "fashionai", "oracle")
        for name in specs.APIS[api]
        for facts in specs.operations(name).values()
        if facts.safety == "create"
        and links.delete_operation(facts, "guide") is None
        and not operations.returns_secret(facts, "guide")
    ]
    assert lasting == ["tokenize"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$response.body#/id", "ID"),
        ("$response.body#/document/profileId", "P"),
        ("$response.body#/list/1/id", "second"),
        ("$response.body#/a~1b", "slash"),
        ("$request.path.profile_id", "Q"),
        ("data-validation", "data-validation"),
        (True, True),
        ("$response.body#/none", None),
        ("$response.body#/list/7", None),
        ("$response.body#/id/deeper", None),
        ("$request.path.none", None),
        ("$response.header.Location", None),
    ],
)
def test_a_link_expression_is_evaluated(expression: Any, value: Any) -> None:
    body = {**MADE, "list": [{"id": "first"}, {"id": "second"}], "a/b": "slash"}
    assert evaluate_link(expression, {"profile_id": "Q"}, body) == value


def test_an_answer_that_lacks_what_a_link_needs_gives_no_step() -> None:
    facts = operations.operation("vtex", "CreateClientProfile", "guide")
    assert links.undo_step(facts, "guide", {}, {"ID": 1}) is None
    assert links.undo_step(facts, "guide", {}, None) is None
