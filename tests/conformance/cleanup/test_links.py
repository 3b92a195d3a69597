"""How what a call made is undone, by the documents' links."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.cleanup import links
from pii_sandbox.conformance.cleanup.links import PlannedCall, evaluate_link
from pii_sandbox.conformance.contract import operations

MADE = {"id": "ID", "document": {"profileId": "P"}, "meta": {"version": "V"}}


MASKED = {"reason": "data-validation"}


@pytest.mark.parametrize(
    ("api", "operation_id", "undo", "proof", "params"),
    [
        ("vtex", "CreateClientProfile", "DeleteClientProfile", "GetUnmaskedProfile", {"profileId": "ID"}),
        ("vtex", "CreateClientAddress", "DeleteAddress", "GetUnmaskedAddress", {"profileId": "P", "addressId": "ID"}),
        ("vtex", "CreateProspect", "DeleteProspect", "GetUnmaskedProspect", {"prospectId": "ID"}),
        ("vtex", "CreatePurchaseInformation", "DeletePurchaseInformation", "GetUnmaskedPurchaseInformation",
         {"profileId": "ID"}),
        ("newstore", "getOrCreateProfile", "requestProfileDeletion", "getProfile", {"profile_id": "ID"}),
        ("newstore", "getOrCreateAddress", "deleteAddress", "getAddress", {"profile_id": "Q", "address_id": "ID"}),
        ("newstore", "createData", "deleteData", "getData", {"data_id": "ID"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_every_create_has_an_undo_call_and_a_read_that_proves_whose_the_object_is(
    api: str, operation_id: str, undo: str, proof: str, params: dict[str, str], dialect: specs.Dialect
) -> None:
    facts = operations.operation(api, operation_id, dialect)
    gone = links.delete_operation(facts, dialect)
    assert gone is not None
    assert gone.operation_id == undo
    assert links.undo_step(facts, dialect, {"profile_id": "Q"}, MADE) == PlannedCall(undo, params)
    said = MASKED if api == "vtex" else {}
    assert links.proof_step(facts, dialect, {**params, "other": "id"}) == PlannedCall(proof, {**params, **said})
    unmasked = PlannedCall(proof, {**params, **said}) if api == "vtex" else None
    assert links.unmask_step(facts, dialect, {"profile_id": "Q"}, MADE) == unmasked


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_what_no_operation_deletes_has_neither(dialect: specs.Dialect) -> None:
    for api, operation_id in (("newstore", "tokenize"), ("vtex", "GetProfileSchema")):
        facts = operations.operation(api, operation_id, dialect)
        assert links.delete_operation(facts, dialect) is None
        assert links.undo_step(facts, dialect, {}, MADE) is None
        assert links.proof_step(facts, dialect, {"profileId": "ID"}) is None
        assert links.unmask_step(facts, dialect, {}, MADE) is None


@pytest.mark.parametrize("dialect", specs.DIALECTS)
def test_what_no_operation_reads_cannot_be_proven(dialect: specs.Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = operations.operation("newstore", "createData", dialect)
    known = {name: each for name, each in specs.operations(facts.document, dialect).items() if name != "getData"}
    monkeypatch.setattr(specs, "operations", lambda document, dialect: known)
    assert links.proof_step(facts, dialect, {"data_id": "ID"}) is None
    assert links.undo_step(facts, dialect, {}, MADE) == PlannedCall("deleteData", {"data_id": "ID"})


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
        ("$response.body#/list/2", None),
        ("$response.body#/list/7", None),
        ("$response.body#/list/first", None),
        ("$response.body#/1", "one"),
        ("$response.body#/~01", "tilde"),
        ("$response.body#/id/deeper", None),
        ("$request.path.none", None),
        ("$response.header.Location", None),
    ],
)
def test_a_link_expression_is_evaluated(expression: Any, value: Any) -> None:
    body = {**MADE, "list": [{"id": "first"}, {"id": "second"}], "a/b": "slash", "1": "one", "~1": "tilde"}
    assert evaluate_link(expression, {"profile_id": "Q"}, body) == value


def test_an_answer_that_lacks_what_a_link_needs_gives_no_step() -> None:
    facts = operations.operation("vtex", "CreateClientProfile", "guide")
    assert links.undo_step(facts, "guide", {}, {"ID": 1}) is None
    assert links.undo_step(facts, "guide", {}, None) is None
    assert links.unmask_step(facts, "guide", {}, {"ID": 1}) is None
