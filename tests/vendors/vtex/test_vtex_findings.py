"""Findings about clients of VTEX alone: reads for nobody in particular, and schemas that put personal data at risk."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.mockserver.vendors.vtex.lints import is_personal_name
from tests.control_client import ControlClient
from tests.credentials import VTEX, VTEX_USER
from tests.vendors.vtex.conftest import Shop

CUSTOM = "/schemas/profileSystem/custom"
TEXT = {"type": "string", "sensitive": False, "pii": False}


def findings(control: ControlClient, kind: str) -> list[dict[str, Any]]:
    return [finding for finding in control.call("GET", "/findings")["findings"] if finding["kind"] == kind]


@pytest.mark.rule("VTEX-UNMASK-3")
@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        (VTEX_USER, {}, True),
        (VTEX_USER, {"onBehalfOf": " "}, True),
        (VTEX_USER, {"onBehalfOf": "shopper-7"}, False),
        (VTEX, {}, False),
        ({**VTEX, **VTEX_USER}, {}, False),
    ],
)
def test_vtex_unmask_3_an_unmasked_read_by_a_user_says_for_whom(
    shop: Shop, control: ControlClient, headers: dict[str, str], query: dict[str, Any], expected: bool
) -> None:
    path = f"/profiles/{shop.customer()['id']}"
    shop.get(path, headers=headers)
    shop.get(f"{path}/unmask", headers=headers, reason="support call", **query)
    reported = [finding["calls"] for finding in findings(control, "unmasked-without-on-behalf-of")]
    assert reported == ([[3]] if expected else [])


@pytest.mark.rule("VTEX-SCHEMA-5")
@pytest.mark.parametrize(
    ("ttl", "days", "expected"), [(None, 30, True), (31, 30, True), (30, 30, False), (7, 30, False)]
)
def test_vtex_schema_5_a_document_ttl_that_shortens_lives_is_found(
    shop: Shop, control: ControlClient, ttl: int | None, days: int, expected: bool
) -> None:
    for profile in control.documents("vtex", "profiles"):
        shop.delete(f"/profiles/{profile['id']}")
    control.clock(frozen=True)
    lifetime: dict[str, Any] = {} if ttl is None else {"ttl": ttl}
    shop.customer(**lifetime)
    control.advance(seconds=1)
    shop.put(CUSTOM, {"documentTTL": days})
    control.advance(seconds=1)
    shop.customer({"email": "later@example.com", "document": "99988877766"})
    reported = findings(control, "document-ttl-shortens-lives")
    assert [finding["rule"] for finding in reported] == (["VTEX-SCHEMA-5"] if expected else [])
    assert all("30 days, with 1 stored profile of" in finding["message"] for finding in reported)


@pytest.mark.rule("VTEX-SCHEMA-4")
@pytest.mark.parametrize(
    ("field", "facts", "expected"),
    [
        ("cpfNum", TEXT, True),
        ("cpfNum", {**TEXT, "pii": True}, False),
        ("cpfNum", {**TEXT, "sensitive": True}, False),
        ("shoeSize", TEXT, False),
        ("household", {**TEXT, "type": "object", "properties": {"motherName": {"type": "string"}}}, True),
        ("household", {**TEXT, "type": "object", "pii": True, "properties": {"motherName": {"type": "string"}}}, False),
        ("household", {**TEXT, "type": "object", "properties": {"motherName": {"type": "string", "pii": True}}}, False),
        ("phones", {**TEXT, "type": "array", "items": {"type": "object", "properties": {"phone": {}}}}, True),
    ],
)
def test_vtex_schema_4_a_personal_field_without_a_mark_is_found(
    shop: Shop, control: ControlClient, field: str, facts: dict[str, Any], expected: bool
) -> None:
    shop.put(CUSTOM, {field: facts})
    reported = findings(control, "unmarked-personal-field")
    assert [(finding["rule"], finding["message"].split()[0]) for finding in reported] == (
        [("VTEX-SCHEMA-4", field)] if expected else []
    )


PERSONAL = ["name", "contactName", "contact_name", "homePhone", "CPF", "userEmail", "dateOfBirth", "zip_code"]
PERSONAL += ["phones", "userEmails", "mothersName", "nomeCompleto", "nomeDaMae", "telefones", "endereço", "taxId"]
OTHERS = ["productName", "storeName", "size", "points", "nameOfPlan", "cellar", "loyaltyTier", ""]
OTHERS += ["nomeDaLoja", "taxExempt", "namesOfPlans", "status", "pointsLess"]


@pytest.mark.parametrize(
    ("name", "personal"), [*((name, True) for name in PERSONAL), *((name, False) for name in OTHERS)]
)
def test_names_that_say_personal(name: str, personal: bool) -> None:
    assert is_personal_name(name) is personal


@pytest.mark.rule("VTEX-SCHEMA-3")
def test_vtex_schema_3_a_field_without_type_sensitive_or_pii_is_found_in_the_guide(
    shop: Shop, control: ControlClient
) -> None:
    shop.put(CUSTOM, {"shoeSize": TEXT, "loyaltyTier": {"type": "string"}, "João da Silva": {"type": "string"}})
    (finding,) = findings(control, "incomplete-custom-field")
    assert (finding["calls"], finding["rule"]) == ([1], "VTEX-SCHEMA-3")
    assert finding["message"].startswith("loyaltyTier was defined")
    assert "Jo" not in str(finding)
