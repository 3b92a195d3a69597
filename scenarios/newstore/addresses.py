"""NS-ADDR: the addresses of a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.shop import (
    ADDRESS,
    CHANGING,
    LONG_AGO,
    UNKNOWN,
    Params,
    added_address,
    address_place,
    are_same,
    new_profile,
    readable_profile,
    standing_still,
)

OPTIONAL = ("company_name", "state", "contact_phone")


@scenario("NS-ADDR-1", needs=CHANGING)
def an_address_that_is_equal_in_every_field_is_got(api: ApiClient) -> None:
    made = new_profile(api)
    stored = added_address(api, made, company_name="Check & Sons")
    same = {**ADDRESS, "company_name": "Check & Sons"}
    got = api.call("getOrCreateAddress", profile_id=made["id"], body=same, expect=200).json
    are_same(stored, got, "the stored address")
    seen = address_ids(api, made)
    holds(len(seen) == 1, "one address", f"{len(seen)}")


@scenario("NS-ADDR-1", needs=CHANGING, assumed=True)
def of_an_address_absent_and_null_are_equal(api: ApiClient) -> None:
    made = new_profile(api)
    stored = added_address(api, made)
    body = {**ADDRESS, "state": None, "contact_phone": None}
    got = api.call("getOrCreateAddress", profile_id=made["id"], body=body, expect=(200, 201))
    holds(got.status == 200, "the stored address, with 200", "another one, with 201")
    are_same(stored, got.json, "the stored address")


@scenario("NS-ADDR-1", needs=CHANGING)
def an_address_that_differs_in_one_field_is_added(api: ApiClient) -> None:
    made = new_profile(api)
    seen = {added_address(api, made)["id"]}
    for name in (*ADDRESS, *OPTIONAL, "address_line_2"):
        seen.add(added_address(api, made, **{name: "FR" if name == "country_code" else "Other"})["id"])
    holds(len(seen) == 10, "10 different ids", f"{len(seen)}")


def address_ids(api: ApiClient, profile: Mapping[str, Any], **params: Any) -> list[str]:
    """Return the ids on a page of the profile's addresses."""
    body = api.call("listAddresses", profile_id=profile["id"], expect=200, **params).json
    return [address["id"] for address in body["addresses"]]


@scenario("NS-ADDR-2", needs=CHANGING)
def a_list_has_10_addresses_from_the_first_unless_asked_otherwise(api: ApiClient) -> None:
    made = new_profile(api)
    for number in range(11):
        added_address(api, made, address_line_2=f"Door {number}")
    whole = address_ids(api, made, count=1000)
    holds(len(whole) == 11, "all 11 addresses on a page of 1000", f"{len(whole)}")
    pages: list[tuple[Params, list[str]]] = [
        ({}, whole[:10]),
        ({"count": 1}, whole[:1]),
        ({"offset": 10}, whole[10:]),
        ({"offset": 2, "count": 3}, whole[2:5]),
    ]
    for params, expected in pages:
        seen = address_ids(api, made, **params)
        holds(len(seen) == len(expected), f"{len(expected)} of 11 addresses", f"{len(seen)}")
        holds(seen == expected, "the addresses that stand there in the whole list", "others, or in another order")


@scenario("NS-ADDR-2")
def offset_and_count_of_a_list_outside_their_bounds_are_refused(api: ApiClient) -> None:
    profile_id = readable_profile(api)
    wrong: tuple[Params, ...] = ({"count": 0}, {"count": -1}, {"count": 1001}, {"offset": -1}, {"count": "all"})
    for params in wrong:
        api.call("listAddresses", profile_id=profile_id, **params, expect=400)
    fine: tuple[Params, ...] = ({"count": 1, "offset": 0}, {"count": 1000, "offset": 100_000})
    for params in fine:
        api.call("listAddresses", profile_id=profile_id, **params, expect=200)


@scenario("NS-ADDR-3")
def addresses_of_an_unknown_profile_are_not_found(api: ApiClient) -> None:
    api.call("listAddresses", profile_id=UNKNOWN, expect=404)
    api.call("getAddress", profile_id=UNKNOWN, address_id=UNKNOWN, expect=404)


@scenario("NS-ADDR-3", needs=CHANGING)
def no_write_reaches_an_address_without_its_profile(api: ApiClient) -> None:
    address = added_address(api, new_profile(api))
    place: Params = {"profile_id": UNKNOWN, "address_id": address["id"]}
    api.call("getOrCreateAddress", profile_id=UNKNOWN, body=dict(ADDRESS), expect=404)
    api.call("updateAddress", **place, body={"last_updated_at": address["updated_at"]}, expect=404)
    api.call("updateAddress", profile_id=UNKNOWN, address_id=UNKNOWN, body={"last_updated_at": LONG_AGO}, expect=404)
    api.call("deleteAddress", **place, expect=404)
    api.call("getAddress", **place, expect=404)


@scenario("NS-ADDR-5", needs=CHANGING | {"control"})
def null_empties_what_may_be_empty_and_leaves_the_rest(api: ApiClient) -> None:
    """In a sandbox alone: no page tells what null does."""
    made = new_profile(api)
    address = added_address(api, made, state="BB", company_name="Check & Sons")
    body = {"last_updated_at": address["updated_at"], "state": None, "city": None, "zip_code": None}
    changed = api.call("updateAddress", **address_place(made, address), body=body, expect=200).json
    expected = {**address, "state": None, "updated_at": changed["updated_at"]}
    are_same(expected, changed, "an address without its state, and otherwise as it was")


@scenario("NS-ADDR-4", needs=CHANGING)
def a_deleted_address_is_gone(api: ApiClient) -> None:
    made = new_profile(api)
    kept, deleted = added_address(api, made), added_address(api, made, city="Potsdam")
    place = address_place(made, deleted)
    api.call("deleteAddress", **place, expect=204)
    api.call("deleteAddress", **place, expect=404)
    api.call("getAddress", **place, expect=404)
    api.call("getAddress", **address_place(made, kept), expect=200)


@scenario("NS-ADDR-4", needs=CHANGING)
def no_address_is_deleted_while_its_profile_awaits_deletion(api: ApiClient) -> None:
    standing_still(api)
    made = new_profile(api)
    place = address_place(made, added_address(api, made))
    api.call("requestProfileDeletion", profile_id=made["id"], expect=202)
    api.call("deleteAddress", **place, expect=409)
    api.call("getAddress", **place, expect=200)
