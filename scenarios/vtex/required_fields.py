"""VTEX-PROF, VTEX-ADDR-4, VTEX-SCHEMA-1: which fields a profile and an address require, in each dialect."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    REASON,
    Params,
    customer,
    holds_values,
    household,
    names_in_error,
    profile_of,
    unmasked_document,
)

FIVE = ("firstName", "lastName", "email", "document", "documentType")
SEVEN = (
    "postalCode",
    "countryName",
    "administrativeAreaLevel1",
    "locality",
    "localityAreaLevel1",
    "route",
    "streetNumber",
)


# Required fields of a profile and an address: in the guide all that the reference lists, in the reference fewer.


def _holds_required(
    api: ApiClient, operation_id: str, body: dict[str, Any], names: tuple[str, ...], **path: Any
) -> None:
    """Check that a create without any one of these fields is refused, and the error names it."""
    for name in names:
        sent = {other: value for other, value in body.items() if other != name}
        for sent_body in (sent, {**sent, name: None}):
            response = api.call(operation_id, body=sent_body, expect=400, **path)
            holds(names_in_error(response, [name]), f"an error that names {name}", "another one")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="guide")
def in_the_guide_a_profile_needs_five_fields(api: ApiClient) -> None:
    person = api.new_customer()
    _holds_required(api, "CreateClientProfile", profile_of(person), FIVE)
    api.call("GetProfile", profileId=person.document, alternativeKey="document", expect=404)
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
    customer(api, person)


@scenario("VTEX-PROF-1", needs={"write"}, dialect="reference")
def in_the_reference_a_profile_needs_an_email_alone(api: ApiClient) -> None:
    person = api.new_customer()
    _holds_required(api, "CreateClientProfile", profile_of(person), ("email",))
    created = api.call("CreateClientProfile", body={"email": person.email}, expect=201).json
    holds_values(unmasked_document(api, created["id"]), {"email": person.email}, "the unmasked profile")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="guide")
def in_the_guide_an_address_needs_seven_properties(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    _holds_required(api, "CreateClientAddress", dict(ADDRESS), SEVEN, profileId=profile_id)
    homes = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(homes == [], "no address", f"{len(homes)}")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="reference")
def in_the_reference_an_address_needs_no_name_of_its_country(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    six = tuple(name for name in SEVEN if name != "countryName")
    _holds_required(api, "CreateClientAddress", dict(ADDRESS), six, profileId=profile_id)
    body = {name: ADDRESS[name] for name in six}
    created = api.call("CreateClientAddress", profileId=profile_id, body=body, expect=201).json
    holds_values(created["document"], {**body, "profileId": profile_id}, "the address")


@scenario("VTEX-PROF-2", needs={"write"}, dialect="guide")
def in_the_guide_none_of_the_five_can_be_removed(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    for name in FIVE:
        api.call("UpdateClientProfile", profileId=profile_id, body={name: None, "gender": "male"}, expect=400)
    holds_values(unmasked_document(api, profile_id), profile_of(person), "the unmasked profile")


@scenario("VTEX-PROF-2", needs={"write"}, dialect="reference")
def in_the_reference_all_but_the_email_can_be_removed(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    body = {name: None for name in FIVE if name != "email"}
    api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=200)
    holds_values(unmasked_document(api, profile_id), {"email": person.email}, "the unmasked profile")


@scenario("VTEX-ADDR-4", needs={"write"}, dialect="guide")
def in_the_guide_the_name_of_the_country_cannot_be_removed(api: ApiClient) -> None:
    ids = household(api)
    home: Params = {"profileId": ids["profileId"], "addressId": ids["addressId"]}
    api.call("UpdateClientAddress", body={"countryName": None}, expect=400, **home)


@scenario("VTEX-ADDR-4", needs={"write"}, dialect="reference")
def in_the_reference_the_name_of_the_country_can_be_removed(api: ApiClient) -> None:
    ids = household(api)
    home: Params = {"profileId": ids["profileId"], "addressId": ids["addressId"], "expect": 200}
    api.call("UpdateClientAddress", body={"countryName": None}, **home)
    stored = api.call("GetUnmaskedAddress", reason=REASON, **home).json["document"]
    holds("countryName" not in stored, "an address without it", "one with it")


@scenario("VTEX-SCHEMA-1", dialect="guide")
def in_the_guide_the_schema_requires_five_fields(api: ApiClient) -> None:
    _requires(api, list(FIVE))


@scenario("VTEX-SCHEMA-1", dialect="reference")
def in_the_reference_the_schema_requires_the_email_alone(api: ApiClient) -> None:
    _requires(api, ["email"])


def _requires(api: ApiClient, fields: list[str]) -> None:
    for operation_id in ("GetProfileSchema", "GetCustomProfileSchema"):
        seen = api.call(operation_id, expect=200).json["required"]
        holds(sorted(seen) == sorted(fields), f"{', '.join(fields)} required in {operation_id}", f"{seen}")
