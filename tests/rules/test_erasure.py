from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.mockserver.rules import erasure
from pii_sandbox.mockserver.store import Record

ORDER = {
    "orderId": "1-01",
    "value": 12990,
    "clientProfileData": {"email": "ana@example.com", "age": 40, "corporate": {"name": "x"}, "phones": ["1"]},
    "items": [{"name": "Shirt", "giftFor": "Rui"}, {"name": "Belt"}],
}


def _order(id: str, status: str) -> Record:
    return Record(id, {"status": status})


@pytest.mark.parametrize(
    ("statuses", "erase", "blocked"),
    [
        ([], [], []),
        (["invoiced", "canceled"], ["0", "1"], []),
        (["handling"], [], ["0"]),
        (["handling", "invoiced", "payment-pending", "canceled"], ["1", "3"], ["0", "2"]),
    ],
)
def test_blocking_records_stay_and_the_others_are_erased(
    statuses: list[str], erase: list[str], blocked: list[str]
) -> None:
    orders = [_order(str(number), status) for number, status in enumerate(statuses)]
    plan = erasure.sort_out(orders, erasable=lambda order: order["status"] in {"invoiced", "canceled"})
    assert [record.id for record in plan.erase] == erase
    assert [record.id for record in plan.blocked] == blocked


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (("clientProfileData",), {"clientProfileData": {}}),
        (
            ("clientProfileData", "email"),
            {"clientProfileData": {"email": "", "age": 40, "corporate": {"name": "x"}, "phones": ["1"]}},
        ),
        (
            ("clientProfileData", "phones"),
            {"clientProfileData": {"email": "ana@example.com", "age": 40, "corporate": {"name": "x"}, "phones": []}},
        ),
        (("items", "*", "giftFor"), {"items": [{"name": "Shirt", "giftFor": ""}, {"name": "Belt"}]}),
        (("value",), {"value": None}),
        (("unknown", "deeper"), {}),
    ],
)
def test_the_identity_is_emptied_and_all_else_kept(path: tuple[str, ...], changed: dict[str, Any]) -> None:
    assert erasure.anonymize(ORDER, [path]) == {**ORDER, **changed}


def test_anonymising_twice_is_anonymising_once() -> None:
    identity = [("clientProfileData", "email"), ("items", "*", "giftFor"), ("value",)]
    once = erasure.anonymize(ORDER, identity)
    assert erasure.anonymize(once, identity) == once


def test_anonymising_leaves_the_document_itself_alone() -> None:
    erasure.anonymize(ORDER, [("clientProfileData", "email")])
    assert ORDER["clientProfileData"]["email"] == "ana@example.com"  # type: ignore[index]  # a literal's values are object
