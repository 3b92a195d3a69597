"""VTEX-SCHEMA-4: custom fields marked as personal are masked. The schema is written only in a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.schemas import OWN, SHOE, put_schema
from pii_sandbox.scenarios.vtex.shop import (
    Params,
    address,
    customer,
    holds_values,
    masked_document,
    single_envelope,
    unmasked_document,
)


@scenario("VTEX-SCHEMA-4", needs=OWN, immediate=True)
def marked_fields_are_masked_from_then_on_stored_ones_too(api: ApiClient) -> None:
    held: Params = {"nickname": "Johnny B", "school": "Escola 12", "shoeSize": "forty two"}
    held["pets"] = [{"name": "Rex", "age": 3}]
    profile = customer(api, **held)
    shown = masked_document(api, profile["id"])
    holds_values({name: shown.get(name) for name in held}, held, "custom data before it is marked")
    marks: Params = {"nickname": {"type": "string", "pii": True}, "school": {"type": "string", "sensitive": True}}
    put_schema(api, pets={"type": "array", "pii": True}, shoeSize=SHOE, **marks)
    hidden = {**held, "nickname": "J***** B", "school": "E***** 1*", "pets": [{"name": "R**", "age": "3"}]}
    version: Params = {"profileId": profile["id"], "profileVersionId": profile["meta"]["version"]}
    later = masked_document(api, customer(api, **held)["id"])
    at_version = single_envelope(api.call("GetProfileByVersion", expect=200, **version))["document"]
    for shown in (masked_document(api, profile["id"]), at_version, later):
        holds_values({name: shown.get(name) for name in held}, hidden, "custom data once it is marked")
    stored = unmasked_document(api, profile["id"])
    holds_values({name: stored.get(name) for name in held}, held, "custom data on an unmasked read")
    put_schema(api)
    shown = masked_document(api, profile["id"])
    holds_values({name: shown.get(name) for name in held}, held, "custom data whose marks were removed")


@scenario("VTEX-SCHEMA-4", needs=OWN)
def numbers_and_booleans_of_marked_fields_are_masked_too(api: ApiClient) -> None:
    held: Params = {"cpfNum": 31122233344, "isMinor": False, "card": {"number": 987654321012, "tags": [1234567]}}
    put_schema(api, cpfNum={"type": "number", "pii": True}, isMinor={"type": "boolean", "sensitive": True}, card=_CARD)
    shown = masked_document(api, customer(api, **held)["id"])
    hidden = {"cpfNum": "3**********", "isMinor": "f****", "card": {"number": "9***********", "tags": ["1******"]}}
    holds_values({name: shown.get(name) for name in held}, hidden, "custom data that is no text")


@scenario("VTEX-MASK-3", needs=OWN)
def a_mark_on_a_field_of_profiles_masks_nothing_in_an_address(api: ApiClient) -> None:
    put_schema(api, nickname={"type": "string", "pii": True})
    profile_id = customer(api, nickname="Johnny")["id"]
    home = address(api, profile_id, nickname="Johnny")
    shown = api.call("GetAddress", profileId=profile_id, addressId=home["id"], expect=200).json["document"]
    holds(shown.get("nickname") == "Johnny", "the nickname of the address as it was sent", "another one")


_CARD: Mapping[str, Any] = {"type": "object", "pii": True, "sensitive": False}
_INNER: Mapping[str, Mapping[str, Any]] = {
    "a property": {"properties": {"cpf": {"type": "string", "pii": True}}},
    "a property of an item": {"items": {"properties": {"cpf": {"type": "string", "sensitive": True}}}},
    "one of several items of an item": {"items": {"items": [{"type": "null"}, {"properties": {"cpf": {"pii": True}}}]}},
    "every other property": {"additionalProperties": {"pii": True}},
    "a property of every other property": {"additionalProperties": {"properties": {"any": {"pii": True}}}},
    "one of several forms of an item": {"additionalProperties": {"items": [{"type": "null"}, {"sensitive": True}]}},
}


@scenario("VTEX-SCHEMA-4", needs=OWN)
def a_mark_inside_a_custom_field_counts_wherever_it_stands(api: ApiClient) -> None:
    for what, inner in _INNER.items():
        put_schema(api, family={"type": ["object", "array"], "pii": False, "sensitive": False, **inner})
        for held, hidden in (({"cpf": "311.222"}, {"cpf": "3**.2**"}), ([{"cpf": 31122}], [{"cpf": "3****"}])):
            shown = masked_document(api, customer(api, family=held)["id"]).get("family")
            holds(shown == hidden, f"a masked value where {what} is marked", "another value")


# no marks of the value: a mark of another property, and one in data that only looks like a schema
_UNMARKED: Mapping[str, Mapping[str, Any]] = {
    "a property beside it": {"properties": {"pet": {"type": "string"}, "cpf": {"type": "string", "pii": True}}},
    "a property beside it in an item": {"items": {"properties": {"cpf": {"sensitive": True}}}},
    "its default": {"default": {"pii": True}, "example": {"sensitive": True}, "enum": [{"pii": True}]},
}


@scenario("VTEX-SCHEMA-4", needs=OWN)
def a_property_without_a_mark_is_shown_beside_a_marked_one(api: ApiClient) -> None:
    for what, inner in _UNMARKED.items():
        put_schema(api, family={"type": ["object", "array"], "pii": False, "sensitive": False, **inner})
        for held in ({"pet": "Rex II"}, [{"pet": "Rex II"}], "Rex II", 2):
            shown = masked_document(api, customer(api, family=held)["id"]).get("family")
            holds(shown == held, f"a whole value where only {what} is marked", "another value")
