"""OCC-FIELDS and OCC-EXCL: parts of a profile."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.oracle.shoppers import (
    PRINTED,
    STANDING,
    detail,
    is_exactly,
    profile,
    readable,
    stored_profile,
)

CARDS: list[dict[str, Any]] = [dict(card) for card in PRINTED["creditCards"]]
EMAIL = PRINTED["email"]


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: inner for name, inner in value.items() if name not in names}


def in_dialect(api: ApiClient, own: dict[str, Any]) -> dict[str, Any]:
    """Return the response body with exactly these properties of the profile, in the target's dialect."""
    return {"profileDetail": own} if api.target.dialect == "reference" and own else own


@scenario("OCC-FIELDS-1")
def one_field_is_answered_and_nothing_else(api: ApiClient) -> None:
    profile_id = readable(api)
    body = profile(api, profile_id, fields="id")
    is_exactly(body, in_dialect(api, {"id": profile_id}), "the id alone, without links")


@scenario("OCC-FIELDS-1", needs={"control"}, dialect="guide")
def fields_of_the_top_level_are_answered_and_nothing_else(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    organization = PRINTED["parentOrganization"]
    expected = {
        "id,email": {"id": profile_id, "email": EMAIL},
        "email,dateOfBirth,taxExempt": {"email": EMAIL, "dateOfBirth": None, "taxExempt": False},
        "parentOrganization": {"parentOrganization": organization},
        "profileDetail.email": {"email": EMAIL},
    }
    for fields, response in expected.items():
        is_exactly(profile(api, profile_id, fields=fields), response, f"{fields} alone")


@scenario("OCC-FIELDS-1", needs={"control"}, dialect="reference")
def fields_are_looked_up_in_profile_detail_first_then_at_the_root(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    expected: dict[str, dict[str, Any]] = {
        "id,email": {"profileDetail": {"id": profile_id, "email": EMAIL}},
        "isAnonymous": {"isAnonymous": False},
        "hasIncompleteOrder,email": {"hasIncompleteOrder": True, "profileDetail": {"email": EMAIL}},
        "profileComments": {"profileComments": STANDING["profileComments"]},
    }
    for fields, response in expected.items():
        is_exactly(profile(api, profile_id, fields=fields), response, f"{fields} alone")


@scenario("OCC-FIELDS-2", needs={"control"})
def dotted_fields_select_within_objects_and_arrays(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    expected: dict[str, dict[str, Any]] = {
        "creditCards.cardProps,creditCards.id": {
            "creditCards": [{"cardProps": card["cardProps"], "id": card["id"]} for card in CARDS]
        },
        "parentOrganization.name": {"parentOrganization": {"name": "Oracle"}},
        "creditCards.id,creditCards": {"creditCards": CARDS},
        "id,parentOrganization.secondaryAddresses.city": {
            "id": profile_id,
            "parentOrganization": {"secondaryAddresses": [{"city": "Arcadia"}]},
        },
    }
    for fields, own in expected.items():
        body = profile(api, profile_id, fields=fields)
        is_exactly(body, in_dialect(api, own), f"{fields} alone")


@scenario("OCC-FIELDS-2", needs={"control"})
def a_dotted_field_that_some_items_of_an_array_lack_is_answered_of_the_others(api: ApiClient) -> None:
    profile_id = stored_profile(api, creditCards=[{"id": "1"}, {"nickname": "blue", "id": "2"}])
    own = detail(api, profile(api, profile_id, fields="creditCards.nickname"))
    shown = [card for card in own.get("creditCards", []) if card]
    holds(shown == [{"nickname": "blue"}], "the nickname of the card that has one, and nothing else", "another answer")


@scenario("OCC-FIELDS-3")
def fields_that_a_profile_does_not_have_are_ignored(api: ApiClient) -> None:
    profile_id = readable(api)
    for fields in ("id,shoeSize", "shoeSize,id", "id,shoeSize.left", "id,ID", "id,email.left", "id,creditCards.left"):
        body = profile(api, profile_id, fields=fields)
        is_exactly(body, in_dialect(api, {"id": profile_id}), "the id alone")
    is_exactly(profile(api, profile_id, fields="shoeSize"), {}, "nothing")


@scenario("OCC-EXCL-1")
def all_but_what_is_excluded_is_answered(api: ApiClient) -> None:
    profile_id = readable(api)
    whole = profile(api, profile_id)
    names = dict.fromkeys(detail(api, whole), True)
    shown = detail(api, profile(api, profile_id, exclude="id,email,shoeSize,firstName.left"))
    is_exactly(dict.fromkeys(shown, True), without(names, "id", "email"), "all properties but id and email")


@scenario("OCC-EXCL-1", needs={"control"})
def dotted_exclusions_lead_into_objects_and_arrays(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    whole = detail(api, profile(api, profile_id))
    excluded = "gender,creditCards.creditCardNumber,parentOrganization.secondaryAddresses.city"
    shown = detail(api, profile(api, profile_id, exclude=excluded))
    organization = dict(PRINTED["parentOrganization"])
    organization["secondaryAddresses"] = [without(dict(place), "city") for place in organization["secondaryAddresses"]]
    expected = {
        **without(whole, "gender"),
        "creditCards": [without(card, "creditCardNumber") for card in CARDS],
        "parentOrganization": organization,
    }
    is_exactly(shown, expected, f"all but {excluded}")


@scenario("OCC-EXCL-2")
def what_is_excluded_is_taken_from_the_fields(api: ApiClient) -> None:
    profile_id = readable(api)
    body = profile(api, profile_id, fields="id,email", exclude="email")
    is_exactly(body, in_dialect(api, {"id": profile_id}), "the id alone")
    body = profile(api, profile_id, fields="id", exclude="email")
    is_exactly(body, in_dialect(api, {"id": profile_id}), "the id alone")


@scenario("OCC-EXCL-2", needs={"control"})
def dotted_exclusions_are_taken_from_the_fields(api: ApiClient) -> None:
    profile_id = stored_profile(api)
    body = profile(api, profile_id, fields="email,creditCards", exclude="creditCards.creditCardNumber")
    expected = {"email": EMAIL, "creditCards": [without(card, "creditCardNumber") for card in CARDS]}
    is_exactly(body, in_dialect(api, expected), "email and creditCards, without creditCards.creditCardNumber")
