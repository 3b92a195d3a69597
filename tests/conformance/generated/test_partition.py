"""Which operations a target's powers allow, and how they are split into groups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations as contract_operations
from pii_sandbox.conformance.generated.partition import (
    DEPTHS,
    Depth,
    OperationGroup,
    allowed_operations,
    exclusion_reason,
    partition,
    weight,
)
from pii_sandbox.conformance.target.model import Target
from tests.conformance.generated.stub_groups import group, ours, vendors

DEPTH = Depth(1, 2, 3)


def planned(target: Target, api: str) -> list[OperationGroup]:
    return partition(target, {api: allowed_operations(target, api)[0]}, DEPTH, 7, "Run1")


@pytest.mark.parametrize(
    ("operation_id", "powers", "at_sandbox", "at_vendor"),
    [
        ("GetProfile", (), None, None),
        ("CreateClientProfile", (), "does not grant the power write", "does not grant the power write"),
        ("CreateClientProfile", ("write",), None, "only in a sandbox"),
        ("DeleteClientProfile", ("delete",), None, "only in a sandbox"),
        ("GetUnmaskedProfile", (), None, "unmasked"),
    ],
)
def test_what_a_target_gets_depends_on_its_powers_and_on_whether_it_is_a_sandbox(
    operation_id: str, powers: tuple[str, ...], at_sandbox: str | None, at_vendor: str | None
) -> None:
    facts = specs.operations("vtex_profile_system")[operation_id]
    for target, expected in (
        (replace(ours(), powers=frozenset({*powers, "control"})), at_sandbox),
        (replace(vendors(), powers=frozenset(powers)), at_vendor),
    ):
        reason = exclusion_reason(target, facts)
        assert (reason is None) == (expected is None)
        assert (expected or "") in (reason or "")


def test_operations_that_are_left_out_for_one_reason_are_told_together() -> None:
    chosen, notes = allowed_operations(vendors(), "newstore")
    assert len(notes) == len({note.rpartition(": ")[0] for note in notes})
    told = [name for note in notes for name in note.rpartition(": ")[2].split(", ")]
    allowed = [facts.operation_id for operations in chosen.values() for facts in operations]
    assert sorted([*told, *allowed]) == sorted(specs.operations("newstore_customer_profile"))
    assert {"getProfile", "listProfiles"} <= set(allowed)
    assert {"deleteAddress", "getOrCreateProfile"} <= set(told)


def test_a_group_is_numbered_and_has_a_sandbox_of_its_own_where_there_are_any() -> None:
    groups = planned(ours(), "vtex")
    assert len(groups) > 3
    assert [one.number for one in groups] == list(range(len(groups)))
    assert [one.sandbox for one in groups] == [f"run1-generated-{number}" for number in range(len(groups))]
    assert {(one.api, one.depth, one.seed) for one in groups} == {("vtex", DEPTH, 7)}
    assert {one.document for one in groups} == set(specs.APIS["vtex"])
    assert [one.sandbox for one in planned(vendors(), "newstore") if one.sandbox is not None] == []


def test_operations_of_one_tag_are_generated_together() -> None:
    document = specs.load("vtex_profile_system", "guide")
    tags = {
        operation["operationId"]: operation["tags"][0]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    }
    groups = [one for one in planned(ours(), "vtex") if one.document == "vtex_profile_system"]
    assert [len({tags[name] for name in one.operations}) for one in groups] == [1] * len(groups)
    assert len(groups) == len(set(tags.values()))


def test_the_first_tag_of_several_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = {"getProfileByUserProfileId": ["A", "B"], "getProfileByPhone": ["B", "A"], "getProfileByEmail": ["A", "C"]}
    monkeypatch.setattr(
        contract_operations, "definition", lambda facts, dialect: {"tags": tags[facts.operation_id], "responses": {}}
    )
    facts = [specs.operations("fashionai_profiling")[name] for name in tags]
    groups = partition(ours(), {"fashionai": {"fashionai_profiling": facts}}, DEPTH, 7, "run")
    assert [one.operations for one in groups] == [
        ("getProfileByUserProfileId", "getProfileByEmail"),
        ("getProfileByPhone",),
    ]


def test_a_group_is_given_what_creates_objects_for_it_and_nothing_else() -> None:
    groups = planned(ours(), "vtex")
    (addresses,) = [one for one in groups if "GetAddress" in one.operations]
    assert addresses.providers == ("CreateClientProfile",)
    assert addresses.linked
    (profiles,) = [one for one in groups if "CreateClientProfile" in one.operations]
    assert "CreateClientProfile" not in profiles.providers
    safety = {
        facts.operation_id: facts.safety for name in specs.APIS["vtex"] for facts in specs.operations(name).values()
    }
    assert {safety[name] for one in groups for name in one.providers} == {"create"}


def test_a_group_is_linked_where_the_documents_links_stay_within_it() -> None:
    by_operation = {name: one for one in planned(ours(), "vtex") for name in one.operations}
    without = group("CreateOrUpdateProfileSchema")
    assert by_operation["GetProfile"].linked
    facts = specs.operations(without.document)["CreateOrUpdateProfileSchema"]
    (alone,) = partition(ours(), {"vtex": {without.document: [facts]}}, DEPTH, 7, "run")
    assert (alone.operations, alone.providers, alone.linked) == (("CreateOrUpdateProfileSchema",), (), False)


def test_an_operation_with_a_body_weighs_as_much_as_five_without() -> None:
    weights = [
        weight(group(*names), "guide")
        for names in (["GetProfile"], ["CreateClientProfile"], ["GetProfile", "CreateClientProfile", "GetAddress"])
    ]
    assert weights == [1, 5, 7]


def test_a_thorough_run_generates_ten_times_as_many_examples_as_a_standard_one() -> None:
    facts = [specs.operations("vtex_profile_system")["GetProfile"]]
    planned = []
    for name in ("standard", "thorough"):
        depth = DEPTHS[name]
        assert depth is not None
        planned += partition(ours(), {"vtex": {"vtex_profile_system": facts}}, depth, 7, "run")
    standard, thorough = (one.depth for one in planned)
    assert (standard.examples, thorough.examples) == (10, 100)
    assert (thorough.sequences > standard.sequences, thorough.steps > standard.steps) == (True, True)
    assert DEPTHS["quick"] is None
