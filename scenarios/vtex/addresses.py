"""VTEX-ADDR: the addresses of a profile."""

from __future__ import annotations

from collections.abc import Mapping

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.vtex.shop import (
    ADDRESS,
    NOBODY,
    REASON,
    Params,
    address,
    among,
    customer,
    holds_values,
    household,
    readable_profile,
    single_envelope,
)

READS: Mapping[str, tuple[str, ...]] = {
    "GetAddress": ("addressId",),
    "GetUnmaskedAddress": ("addressId",),
    "GetAddressByVersion": ("addressId", "addressVersionId"),
    "GetUnmaskedAddressByVersion": ("addressId", "addressVersionId"),
}
LISTS = ("GetClientAddresses", "GetUnmaskedClientAddresses")


@scenario("VTEX-ADDR-1")
def a_profile_that_never_was_has_no_addresses(api: ApiClient) -> None:
    for operation_id in LISTS:
        api.call(operation_id, profileId=NOBODY, reason=REASON, expect=404)
    for operation_id, names in READS.items():
        path: Params = dict.fromkeys(("profileId", *names), NOBODY)
        api.call(operation_id, reason=REASON, expect=404, **path)


@scenario("VTEX-ADDR-1", needs={"write", "delete"})
def without_a_live_profile_every_action_on_addresses_is_404(api: ApiClient) -> None:
    ids = household(api)
    one: Params = {"profileId": ids["profileId"]}
    api.call("DeleteClientProfile", expect=204, **one)
    for operation_id in LISTS:
        api.call(operation_id, reason=REASON, expect=404, **one)
    for operation_id, names in READS.items():
        api.call(operation_id, reason=REASON, expect=404, **one, **{name: ids[name] for name in names})
    api.call("CreateClientAddress", body=dict(ADDRESS), expect=404, **one)
    api.call("UpdateClientAddress", addressId=ids["addressId"], body={"route": "52"}, expect=404, **one)
    api.call("DeleteAddress", addressId=ids["addressId"], expect=404, **one)


@scenario("VTEX-ADDR-2")
def each_address_of_a_profile_that_may_be_read_is_found_by_its_id(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    listed = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    if not listed:
        raise CannotCheck("the profile that may be read has no address")
    for home in listed:
        holds(home["document"]["profileId"] == profile_id, "addresses of that profile", "another's")
        read = api.call("GetAddress", profileId=profile_id, addressId=home["id"], expect=200).json
        holds(read == home, "the address as the list has it", "another one")


@scenario("VTEX-ADDR-2", needs={"write"})
def a_profile_has_any_number_of_addresses_equal_ones_too(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    none = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(none == [], "no address of a new profile", f"{len(none)}")
    made = [address(api, profile_id) for _ in range(3)] + [address(api, profile_id, route="Rua Nova")]
    holds(len({home["id"] for home in made}) == 4, "an id for each address", "the same id twice")
    listed = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(sorted(home["id"] for home in listed) == sorted(home["id"] for home in made), "the four", f"{len(listed)}")
    response = api.call("GetUnmaskedClientAddresses", profileId=profile_id, reason=REASON, expect=200)
    holds(len(response.json) == 4, "four addresses", f"{len(response.json)}")
    for home in made:
        holds(among(response, home["id"]) == home, "each as it was created", "another one")


@scenario("VTEX-ADDR-2", needs={"write"})
def addresses_that_are_created_at_the_same_time_are_all_there(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    create: Params = {"profileId": profile_id, "body": dict(ADDRESS), "expect": 201}
    api.call_concurrently([lambda: api.call("CreateClientAddress", **create)] * 8)
    listed = api.call("GetClientAddresses", profileId=profile_id, expect=200).json
    holds(len(listed) == 8, "eight addresses", f"{len(listed)}")


@scenario("VTEX-ADDR-2", needs={"write", "delete"})
def one_address_goes_without_the_others(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    first, second = (address(api, profile_id)["id"] for _ in range(2))
    api.call("DeleteAddress", profileId=profile_id, addressId=first, expect=204)
    api.call("GetAddress", profileId=profile_id, addressId=first, expect=404)
    api.call("DeleteAddress", profileId=profile_id, addressId=first, expect=404)
    left = single_envelope(api.call("GetClientAddresses", profileId=profile_id, expect=200))
    holds(left["id"] == second, "the other address", "another one")


@scenario("VTEX-ADDR-3")
def an_address_that_nobody_has_is_404(api: ApiClient) -> None:
    for operation_id, names in READS.items():
        path: Params = dict.fromkeys(("profileId", *names), NOBODY)
        api.call(operation_id, reason=REASON, expect=404, **path)


@scenario("VTEX-ADDR-3", needs={"write"})
def an_address_of_another_profile_is_404(api: ApiClient) -> None:
    mine, other = household(api), customer(api)["id"]
    for operation_id, names in READS.items():
        path: Params = {name: mine[name] for name in names}
        api.call(operation_id, profileId=other, reason=REASON, expect=404, **path)
        api.call(operation_id, profileId=mine["profileId"], reason=REASON, expect=200, **path)
    body = {"route": "Rua Nova"}
    api.call("UpdateClientAddress", profileId=other, addressId=mine["addressId"], body=body, expect=404)
    one: Params = {"profileId": mine["profileId"], "addressId": mine["addressId"]}
    document = api.call("GetAddress", expect=200, **one).json["document"]
    holds(document["route"] == ADDRESS["route"], "an unchanged address", "a changed one")
    homes = api.call("GetClientAddresses", profileId=other, expect=200).json
    holds(homes == [], "no address with the other profile", f"{len(homes)}")


@scenario("VTEX-ADDR-3", needs={"write", "delete"})
def an_address_cannot_be_deleted_through_another_profile(api: ApiClient) -> None:
    mine, other = household(api), customer(api)["id"]
    api.call("DeleteAddress", profileId=other, addressId=mine["addressId"], expect=404)
    api.call("GetAddress", profileId=mine["profileId"], addressId=mine["addressId"], expect=200)


@scenario("VTEX-ADDR-4", needs={"write"})
def an_update_merges_what_is_sent(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    home = address(api, profile_id, complement="apt 3", geoCoordinates=[-43.2, -22.9], conformanceNote={"a": 1})
    one: Params = {"profileId": profile_id, "addressId": home["id"], "expect": 200}
    body = {"locality": "Niterói", "complement": None, "conformanceNote": {"b": 2}, "receiverName": "Jane Doe"}
    updated = api.call("UpdateClientAddress", body=body, **one).json
    expected = {**home["document"], **body}
    del expected["complement"]
    holds_values(updated["document"], expected, "the answer to the update")
    stored = api.call("GetUnmaskedAddress", reason=REASON, **one).json
    holds(stored == updated, "the address as the update answered", "another one")


@scenario("VTEX-ADDR-4", needs={"write"})
def null_for_what_an_address_needs_is_refused_and_changes_nothing(api: ApiClient) -> None:
    profile_id = customer(api)["id"]
    home = address(api, profile_id)
    one: Params = {"profileId": profile_id, "addressId": home["id"]}
    for name in ("postalCode", "administrativeAreaLevel1", "locality", "localityAreaLevel1", "route", "streetNumber"):
        api.call("UpdateClientAddress", body={"complement": "apt 3", name: None}, expect=400, **one)
    stored = api.call("GetUnmaskedAddress", reason=REASON, expect=200, **one).json
    holds(stored == home, "the address as it was created", "a changed one")


@scenario("VTEX-ADDR-4", needs={"write"})
def an_address_stays_its_profiles_whatever_is_sent(api: ApiClient) -> None:
    profile_id, other = customer(api)["id"], customer(api)["id"]
    home = address(api, profile_id, profileId=other)
    holds(home["document"]["profileId"] == profile_id, "the profile of the path", "another one")
    one: Params = {"profileId": profile_id, "addressId": home["id"], "expect": 200}
    updated = api.call("UpdateClientAddress", body={"profileId": other}, **one).json
    holds(updated["document"]["profileId"] == profile_id, "the profile of the path", "another one")
    api.call("GetAddress", **one)
