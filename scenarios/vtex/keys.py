"""VTEX-ALT-1 to VTEX-ALT-4: profiles are found by email or document if `alternativeKey` names the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.test_customers import TestCustomer
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    REASON,
    Params,
    customer,
    household,
    masked_document,
    names_in_error,
    readable_email,
    single_envelope,
)

# every operation below a profile except creates and deletes, with the other parameters of its path
READS: Mapping[str, tuple[str, ...]] = {
    "GetProfile": (),
    "GetUnmaskedProfile": (),
    "GetProfileByVersion": ("profileVersionId",),
    "GetUnmaskedProfileByVersion": ("profileVersionId",),
    "GetClientAddresses": (),
    "GetUnmaskedClientAddresses": (),
    "GetAddress": ("addressId",),
    "GetUnmaskedAddress": ("addressId",),
    "GetAddressByVersion": ("addressId", "addressVersionId"),
    "GetUnmaskedAddressByVersion": ("addressId", "addressVersionId"),
    "GetPurchaseInformation": (),
    "GetUnmaskedPurchaseInformation": (),
}
UPDATES: Mapping[str, tuple[str, ...]] = {
    "UpdateClientProfile": (),
    "UpdateClientAddress": ("addressId",),
    "UpdatePurchaseInformation": (),
}
DELETES: Mapping[str, tuple[str, ...]] = {
    "DeleteAddress": ("addressId",),
    "DeletePurchaseInformation": (),
    "DeleteClientProfile": (),
}
CREATES: Mapping[str, Mapping[str, Any]] = {"CreateClientAddress": ADDRESS, "CreatePurchaseInformation": {}}


def keys_of(person: TestCustomer) -> tuple[tuple[str, str], ...]:
    return (("email", person.email), ("document", person.document))


def _each_read(
    api: ApiClient, ids: Mapping[str, str], value: str, expect: int, **params: Any
) -> Iterator[tuple[str, ApiResponse]]:
    """Call every read with that value as the profile's id; yield operation id and response."""
    for operation_id, names in READS.items():
        path: Params = {**{name: ids[name] for name in names}, "profileId": value}
        yield operation_id, api.call(operation_id, reason=REASON, expect=expect, **path, **params)


def _holds_refused(api: ApiClient, ids: Mapping[str, str], value: str, expect: int, **params: Any) -> None:
    """Check that every read, create and update with that value returns that status."""
    for _ in _each_read(api, ids, value, expect, **params):
        continue
    for operation_id, body in CREATES.items():
        api.call(operation_id, profileId=value, body=dict(body), expect=expect, **params)
    for operation_id, names in UPDATES.items():
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, profileId=value, body={}, expect=expect, **path, **params)


def _refused_deletes(api: ApiClient, ids: Mapping[str, str], value: str, expect: int, **params: Any) -> None:
    for operation_id, names in DELETES.items():
        path: Params = {name: ids[name] for name in names}
        api.call(operation_id, profileId=value, expect=expect, **path, **params)


@scenario("VTEX-ALT-1")
def a_profile_that_may_be_read_is_found_by_its_email(api: ApiClient) -> None:
    profile_id, email = readable_email(api)
    found = single_envelope(api.call("GetProfile", profileId=email, alternativeKey="email", expect=200))
    holds(found["id"] == profile_id, "the profile with that email", "another one")


@scenario("VTEX-ALT-1", needs={"write"})
def a_key_stands_for_the_id_on_every_read(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for key, value in keys_of(person):
        for operation_id, response in _each_read(api, ids, value, 200, alternativeKey=key):
            found = single_envelope(response)
            expected = ids["addressId"] if "Address" in operation_id else ids["profileId"]
            holds(found["id"] == expected, f"what the id finds with {operation_id}", "another document")


@scenario("VTEX-ALT-1", needs={"write"})
def a_key_stands_for_the_id_on_creates_and_updates(api: ApiClient) -> None:
    for key in ("email", "document"):
        person = api.new_customer()
        profile_id = customer(api, person)["id"]
        by_key: Params = {"profileId": dict(keys_of(person))[key], "alternativeKey": key}
        home = api.call("CreateClientAddress", body=dict(ADDRESS), expect=201, **by_key).json
        info = api.call("CreatePurchaseInformation", body={"isToSavePersonalData": True}, expect=200, **by_key).json
        owners = (home["document"]["profileId"], info["id"])
        holds(owners == (profile_id, profile_id), "documents of that profile", "another profile's")
        moved = api.call("UpdateClientAddress", addressId=home["id"], body={"route": "52"}, expect=200, **by_key).json
        holds(moved["id"] == home["id"], "the updated address", "another one")
        api.call("UpdatePurchaseInformation", body={"isToSavePersonalData": False}, expect=200, **by_key)
        api.call("UpdateClientProfile", body={"priceTable": "gold"}, expect=200, **by_key)
        holds(masked_document(api, profile_id).get("priceTable") == "gold", "the updated profile", "an unchanged one")


@scenario("VTEX-ALT-1", needs={"write", "delete"})
def a_key_stands_for_the_id_on_deletes(api: ApiClient) -> None:
    for key in ("email", "document"):
        person = api.new_customer()
        ids = household(api, person)
        _refused_deletes(api, ids, dict(keys_of(person))[key], 204, alternativeKey=key)
        api.call("GetProfile", profileId=ids["profileId"], expect=404)


@scenario("VTEX-ALT-2")
def another_key_reads_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    for key in ("phone", "Email", "id", "firstName", "userId"):
        response = api.call("GetProfile", profileId=person.email, alternativeKey=key, expect=400)
        holds(names_in_error(response, ["alternativeKey"]), "an error that names alternativeKey", "another one")


@scenario("VTEX-ALT-2", needs={"write"})
def another_key_is_refused_on_every_operation(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for value in (person.email, ids["profileId"]):
        _holds_refused(api, ids, value, 400, alternativeKey="phone")


@scenario("VTEX-ALT-2", needs={"write", "delete"})
def another_key_deletes_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for value in (person.email, ids["profileId"]):
        _refused_deletes(api, ids, value, 400, alternativeKey="phone")
    api.call("GetAddress", profileId=ids["profileId"], addressId=ids["addressId"], expect=200)
    api.call("GetPurchaseInformation", profileId=ids["profileId"], expect=200)


@scenario("VTEX-ALT-3")
def a_value_that_nobody_has_finds_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    for key, value in keys_of(person):
        api.call("GetProfile", profileId=value, alternativeKey=key, expect=404)
        api.call("GetClientAddresses", profileId=value, alternativeKey=key, expect=404)
        api.call("GetPurchaseInformation", profileId=value, alternativeKey=key, expect=404)


@scenario("VTEX-ALT-3", needs={"write"})
def a_value_finds_under_its_own_key_alone(api: ApiClient) -> None:
    person = api.new_customer()
    profile_id = customer(api, person)["id"]
    api.call("GetProfile", profileId=person.document, alternativeKey="email", expect=404)
    api.call("GetProfile", profileId=person.email, alternativeKey="document", expect=404)
    api.call("GetProfile", profileId=profile_id, alternativeKey="email", expect=404)


@scenario("VTEX-ALT-3", needs={"write", "delete"})
def a_value_that_nobody_has_any_more_is_404_on_every_operation(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    api.call("DeleteClientProfile", profileId=ids["profileId"], expect=204)
    for key, value in keys_of(person):
        _holds_refused(api, ids, value, 404, alternativeKey=key)
        _refused_deletes(api, ids, value, 404, alternativeKey=key)


@scenario("VTEX-ALT-4")
def an_email_that_may_be_read_is_no_id(api: ApiClient) -> None:
    _, email = readable_email(api)
    api.call("GetProfile", profileId=email, expect=404)
    api.call("GetClientAddresses", profileId=email, expect=404)


@scenario("VTEX-ALT-4", needs={"write"})
def an_email_or_document_without_its_key_is_404_on_every_operation(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for _, value in keys_of(person):
        _holds_refused(api, ids, value, 404)


@scenario("VTEX-ALT-4", needs={"write", "delete"})
def an_email_or_document_without_its_key_deletes_nothing(api: ApiClient) -> None:
    person = api.new_customer()
    ids = household(api, person)
    for _, value in keys_of(person):
        _refused_deletes(api, ids, value, 404)
    api.call("GetAddress", profileId=ids["profileId"], addressId=ids["addressId"], expect=200)
    api.call("GetPurchaseInformation", profileId=ids["profileId"], expect=200)
