"""Differences between VTEX's guide and API reference: expectations by dialect."""

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
    profile_of,
    prospect,
    readable_profile,
    single_envelope,
    unmasked_document,
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


# for versions, VTEX prints both forms in one dialect: a vendor may use either


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


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide", assumed=True)
def in_the_guide_the_unmasked_list_of_addresses_needs_a_reason(api: ApiClient) -> None:
    response = api.call("GetUnmaskedClientAddresses", profileId=household(api)["profileId"], expect=400)
    holds(ADDRESS["postalCode"] not in response.exchange.response_body.decode(), "no address", "one")


@scenario("VTEX-UNMASK-2", needs={"write", "control"}, dialect="guide")
def in_the_guide_the_unmasked_list_of_prospects_needs_a_reason(api: ApiClient) -> None:
    person = api.new_customer()
    prospect(api, person)
    response = api.call("GetUnmaskedProspects", expect=400)
    holds(person.email not in response.exchange.response_body.decode(), "no prospect", "one")


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide", assumed=True)
def in_the_guide_a_use_case_is_no_reason(api: ApiClient) -> None:
    ids = household(api)
    for operation_id, names in _NEEDING_A_REASON:
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, useCase="checkout", expect=400, **path)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="guide")
def in_the_guide_a_use_case_is_none_beside_a_blank_reason(api: ApiClient) -> None:
    ids = household(api)
    for operation_id, names in _NEEDING_A_REASON:
        path: Params = {name: ids[name] for name in names}
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
        api.call(operation_id, useCase=" ", expect=400, **path)
        api.call(operation_id, useCase="checkout", expect=200, **path)
    holds_values(
        unmasked_document(api, ids["profileId"], useCase="checkout"), profile_of(person), "the unmasked profile"
    )


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference")
def in_the_reference_the_unmasked_list_of_addresses_needs_no_reason(api: ApiClient) -> None:
    listed = single_envelope(api.call("GetUnmaskedClientAddresses", profileId=household(api)["profileId"], expect=200))
    holds(listed["document"]["postalCode"] == ADDRESS["postalCode"], "the address, whole", "a masked one")


@scenario("VTEX-UNMASK-2", needs={"write", "control"}, dialect="reference")
def in_the_reference_the_unmasked_list_of_prospects_needs_no_reason(api: ApiClient) -> None:
    prospect(api)
    api.call("GetUnmaskedProspects", expect=200)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference", assumed=True)
def in_the_reference_the_masked_version_of_an_address_is_refused_without_a_reason(api: ApiClient) -> None:
    ids = household(api)
    version: Params = {name: ids[name] for name in ("profileId", "addressId", "addressVersionId")}
    api.call("GetAddressByVersion", expect=400, **version)


@scenario("VTEX-UNMASK-2", needs={"write"}, dialect="reference")
def in_the_reference_the_masked_version_of_an_address_is_shown_for_a_reason(api: ApiClient) -> None:
    ids = household(api)
    version: Params = {name: ids[name] for name in ("profileId", "addressId", "addressVersionId")}
    api.call("GetAddressByVersion", reason=" ", expect=400, **version)
    for name, why in (("reason", REASON), ("useCase", "checkout")):
        text: Params = {name: why}
        shown = api.call("GetAddressByVersion", expect=200, **text, **version).json["document"]
        holds(shown["postalCode"] == "2****-0**", "a masked postal code", "another one")
