"""VTEX-SCHEMA-1: the marks of each field in the full schema. Only in a sandbox.

An account may have removed marks, and VTEX's pages do not agree on every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import scenario
from pii_sandbox.scenarios.vtex.schemas import OWN, SHOE, custom, full
from pii_sandbox.scenarios.vtex.shop import holds_values

_TEXT = SHOE
_PERSONAL: Mapping[str, Any] = {"type": ["string", "null"], "sensitive": True, "pii": True}
_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "email": {"type": "string", "sensitive": True, "pii": True},
    **dict.fromkeys(("firstName", "lastName", "document", "gender", "birthdate", "homePhone", "cellPhone"), _PERSONAL),
    "customerCode": _PERSONAL,
    **dict.fromkeys(("documentType", "birthDate", "businessPhone", "corporateName", "fancyName"), _TEXT),
    **dict.fromkeys(("businessDocument", "priceTable"), _TEXT),
    "tags": {
        "type": ["array", "null"], "items": {"type": "string", "maxLength": 50}, "sensitive": False, "pii": False,
    },
}  # fmt: skip


@scenario("VTEX-SCHEMA-1", needs=OWN, dialect="guide")
def in_the_guide_a_default_field_is_marked_if_reads_mask_it(api: ApiClient) -> None:
    holds_values(full(api)["properties"], _FIELDS, "the default fields")


@scenario("VTEX-SCHEMA-1", needs=OWN, dialect="reference")
def in_the_reference_the_default_fields_are_those_of_its_example(api: ApiClient) -> None:
    expected = {name: facts for name, facts in _FIELDS.items() if name != "birthDate"}
    expected |= {"gender": {**_PERSONAL, "pii": False}, "priceTable": {**_TEXT, "type": "string"}}
    holds_values(full(api)["properties"], expected, "the default fields")


@scenario("VTEX-SCHEMA-1", needs=OWN, dialect="guide")
def in_the_guide_a_custom_field_without_marks_is_shown_as_neither_sensitive_nor_pii(api: ApiClient) -> None:
    api.call("CreateOrUpdateProfileSchema", body={"shoeSize": {"type": ["string", "null"]}}, expect=201)
    for shown in (full(api), custom(api)):
        holds_values(shown["properties"].get("shoeSize", {}), SHOE, "the field shoeSize")
