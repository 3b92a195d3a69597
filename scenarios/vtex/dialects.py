"""Where VTEX's documents disagree: what holds in the dialect of the guide, and what in that of the API reference."""

from __future__ import annotations

from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    REASON,
    Params,
    customer,
    household,
    names_in_error,
    only,
    profile_of,
    prospect,
    readable_profile,
    same,
    unmasked,
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
_NEEDING_A_REASON = (
    ("GetUnmaskedProfile", ("profileId",)),
    ("GetUnmaskedProfileByVersion", ("profileId", "profileVersionId")),
    ("GetUnmaskedAddress", ("profileId", "addressId")),
    ("GetUnmaskedAddressByVersion", ("profileId", "addressId", "addressVersionId")),
    ("GetUnmaskedProspect", ("prospectId",)),
    ("GetUnmaskedPurchaseInformation", ("profileId",)),
)


def _form(body: Any) -> str:
    if isinstance(body, list):
        return f"an array of {len(body)}"
    return "one object" if isinstance(body, dict) else "neither"


def _has_form(api: ApiClient, operation_id: str, form: str, **path: Any) -> None:
    seen = _form(api.call(operation_id, reason=REASON, expect=200, **path).json)
    holds(seen == form, f"{form} from {operation_id}", seen)


# One profile read: an object in the guide, an array of one in the reference.


@scenario("VTEX-MASK-1", dialect="guide")
def in_the_guide_a_masked_profile_is_an_object(api: ApiClient) -> None:
    _has_form(api, "GetProfile", "one object", profileId=readable_profile(api))


@scenario("VTEX-MASK-1", dialect="reference")
def in_the_reference_a_masked_profile_is_an_array_of_one(api: ApiClient) -> None:
    _has_form(api, "GetProfile", "an array of 1", profileId=readable_profile(api))


@scenario("VTEX-UNMASK-1", needs={"write"}, dialect="guide")
def in_the_guide_an_unmasked_profile_is_an_object(api: ApiClient) -> None:
    _has_form(api, "GetUnmaskedProfile", "one object", profileId=customer(api)["id"])


@scenario("VTEX-UNMASK-1", needs={"write"}, dialect="reference")
def in_the_reference_an_unmasked_profile_is_an_array_of_one(api: ApiClient) -> None:
    _has_form(api, "GetUnmaskedProfile", "an array of 1", profileId=customer(api)["id"])


# of a version, VTEX prints both forms in one dialect: a vendor may have either


@scenario("VTEX-VER-2", needs={"write", "control"}, dialect="guide")
def in_the_guide_a_version_of_a_profile_is_an_object(api: ApiClient) -> None:
    _versions_have_form(api, "one object")


@scenario("VTEX-VER-2", needs={"write", "control"}, dialect="reference")
def in_the_reference_a_version_of_a_profile_is_an_array_of_one(api: ApiClient) -> None:
    _versions_have_form(api, "an array of 1")


def _versions_have_form(api: ApiClient, form: str) -> None:
    ids = household(api)
    version: Params = {"profileId": ids["profileId"], "profileVersionId": ids["profileVersionId"]}
    _has_form(api, "GetProfileByVersion", form, **version)
    _has_form(api, "GetUnmaskedProfileByVersion", form, **version)
    address: Params = {"profileId": ids["profileId"], "addressId": ids["addressId"]}
    _has_form(api, "GetAddress", "one object", **address)
    _has_form(api, "GetAddressByVersion", "one object", addressVersionId=ids["addressVersionId"], **address)


# The reason: on every unmasked read in the guide, where it is listed in the reference.


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide")
def in_the_guide_the_unmasked_list_of_addresses_needs_a_reason(api: ApiClient) -> None:
    response = api.call("GetUnmaskedClientAddresses", profileId=household(api)["profileId"], expect=400)
    holds(ADDRESS["postalCode"] not in response.exchange.response_body.decode(), "no address", "one")


@scenario("VTEX-UNMASK-2", needs={"write", "control"}, dialect="guide")
def in_the_guide_the_unmasked_list_of_prospects_needs_a_reason(api: ApiClient) -> None:
    person = api.new_customer()
    prospect(api, person)
    response = api.call("GetUnmaskedProspects", expect=400)
    holds(person.email not in response.exchange.response_body.decode(), "no prospect", "one")


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide")
def in_the_guide_a_use_case_is_no_reason(api: ApiClient) -> None:
    ids = household(api)
    for operation_id, names in _NEEDING_A_REASON:
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, useCase="checkout", expect=400, **path)
        api.call(operation_id, useCase="checkout", reason=" ", expect=400, **path)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide")
def in_the_guide_the_masked_version_of_an_address_needs_no_reason(api: ApiClient) -> None:
    ids = household(api)
    version: Params = {name: ids[name] for name in ("profileId", "addressId", "addressVersionId")}
    api.call("GetAddressByVersion", expect=200, **version)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference")
def in_the_reference_a_use_case_stands_in_for_the_reason(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for operation_id, names in _NEEDING_A_REASON:
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, expect=400, **path)
        api.call(operation_id, useCase=" ", expect=400, **path)
        api.call(operation_id, useCase="checkout", expect=200, **path)
    same(unmasked(api, ids["profileId"], useCase="checkout"), profile_of(person), "the unmasked profile")


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference")
def in_the_reference_the_unmasked_list_of_addresses_needs_no_reason(api: ApiClient) -> None:
    listed = only(api.call("GetUnmaskedClientAddresses", profileId=household(api)["profileId"], expect=200))
    holds(listed["document"]["postalCode"] == ADDRESS["postalCode"], "the address, whole", "a masked one")


@scenario("VTEX-UNMASK-2", needs={"write", "control"}, dialect="reference")
def in_the_reference_the_unmasked_list_of_prospects_needs_no_reason(api: ApiClient) -> None:
    prospect(api)
    api.call("GetUnmaskedProspects", expect=200)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference")
def in_the_reference_the_masked_version_of_an_address_needs_a_reason(api: ApiClient) -> None:
    ids = household(api)
    version: Params = {name: ids[name] for name in ("profileId", "addressId", "addressVersionId")}
    api.call("GetAddressByVersion", expect=400, **version)
    api.call("GetAddressByVersion", reason=" ", expect=400, **version)
    for name, why in (("reason", REASON), ("useCase", "checkout")):
        text: Params = {name: why}
        shown = api.call("GetAddressByVersion", expect=200, **text, **version).json["document"]
        holds(shown["postalCode"] == "2****-0**", "a masked postal code", "another one")


# What a profile and an address need: all that the reference lists in the guide, less in the reference, as clients do.


def _needed(api: ApiClient, operation_id: str, body: dict[str, Any], names: tuple[str, ...], **path: Any) -> None:
    """Holds that a create without any one of these is refused, by its name."""
    for name in names:
        sent = {other: value for other, value in body.items() if other != name}
        for sent_body in (sent, {**sent, name: None}):
            response = api.call(operation_id, body=sent_body, expect=400, **path)
            holds(names_in_error(response, [name]), f"an error that names {name}", "another one")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="guide")
def in_the_guide_a_profile_needs_five_fields(api: ApiClient) -> None:
    person = api.new_customer()
    _needed(api, "CreateClientProfile", profile_of(person), FIVE)
    api.call("GetProfile", profileId=person.document, alternativeKey="document", expect=404)
    api.call("GetProfile", profileId=person.email, alternativeKey="email", expect=404)
    customer(api, person)


@scenario("VTEX-PROF-1", needs={"write"}, dialect="reference")
def in_the_reference_a_profile_needs_an_email_alone(api: ApiClient) -> None:
    person = api.new_customer()
    _needed(api, "CreateClientProfile", profile_of(person), ("email",))
    created = api.call("CreateClientProfile", body={"email": person.email}, expect=201).json
    same(unmasked(api, created["id"]), {"email": person.email}, "the unmasked profile")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="guide")
def in_the_guide_an_address_needs_seven_properties(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    _needed(api, "CreateClientAddress", dict(ADDRESS), SEVEN, profileId=profile_id)
    homes = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(homes == [], "no address", f"{len(homes)}")


@scenario("VTEX-PROF-1", needs={"write"}, dialect="reference")
def in_the_reference_an_address_needs_no_name_of_its_country(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    six = tuple(name for name in SEVEN if name != "countryName")
    _needed(api, "CreateClientAddress", dict(ADDRESS), six, profileId=profile_id)
    body = {name: ADDRESS[name] for name in six}
    created = api.call("CreateClientAddress", profileId=profile_id, body=body, expect=201).json
    same(created["document"], {**body, "profileId": profile_id}, "the address")


@scenario("VTEX-PROF-2", needs={"write"}, dialect="guide")
def in_the_guide_none_of_the_five_can_be_removed(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    for name in FIVE:
        api.call("UpdateClientProfile", profileId=profile_id, body={name: None, "gender": "male"}, expect=400)
    same(unmasked(api, profile_id), profile_of(person), "the unmasked profile")


@scenario("VTEX-PROF-2", needs={"write"}, dialect="reference")
def in_the_reference_all_but_the_email_can_be_removed(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    body = {name: None for name in FIVE if name != "email"}
    api.call("UpdateClientProfile", profileId=profile_id, body=body, expect=200)
    same(unmasked(api, profile_id), {"email": person.email}, "the unmasked profile")


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
