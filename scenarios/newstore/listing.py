"""NS-LIST: the list of profiles: paging, search and sorting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds, scenario
from pii_sandbox.scenarios.newstore.shop import CHANGING, Params, new_profile

MARK = "pii-sandbox-check"  # in every email that a run invents: a search for it returns no real customer
FIELDS = (
    "id", "display_id", "email", "full_name", "phone_number", "store_id", "created_by", "created_at", "updated_at",
)  # fmt: skip


def list_page(api: ApiClient, **params: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the profiles of a page, and its pagination info."""
    body = api.call("listProfiles", expect=200, **params).json
    return body["profiles"], body["pagination_info"]


def ids(profiles: list[dict[str, Any]]) -> list[str]:
    return [profile["id"] for profile in profiles]


def named_alike(api: ApiClient, first_names: str, **fields: Any) -> tuple[str, list[str]]:
    """Create profiles with one unused last name, one per letter of `first_names`; return the name and their ids."""
    name = api.new_customer().last_name
    made = [new_profile(api, full_name=f"{letter} {name}", **fields) for letter in first_names]
    return name, ids(made)


@scenario("NS-LIST-1")
def offset_and_count_outside_their_bounds_are_refused(api: ApiClient) -> None:
    wrong: tuple[Params, ...] = (
        {"offset": -1},
        {"count": 0},
        {"count": -1},
        {"count": 501},
        {"offset": "first"},
        {"count": "1.5"},
    )
    for params in wrong:
        api.call("listProfiles", q=MARK, **params, expect=400)


@scenario("NS-LIST-1")
def offset_and_count_at_their_bounds_are_served(api: ApiClient) -> None:
    fine: tuple[Params, ...] = ({"offset": 0, "count": 1}, {"count": 500})
    for params in fine:
        list_page(api, q=MARK, **params)


@scenario("NS-LIST-1", needs=CHANGING)
def a_page_has_10_profiles_from_the_first_unless_asked_otherwise(api: ApiClient) -> None:
    name, _ = named_alike(api, "abcdefghijk")
    whole, _ = list_page(api, q=name, count=500)
    holds(len(whole) == 11, "all 11 profiles on a page of 500", f"{len(whole)}")
    profiles, info = list_page(api, q=name)
    holds(info["offset"] == 0, "offset 0 by default", f"offset {info['offset']}")
    holds(len(profiles) == 10, "10 of 11 profiles by default", f"{len(profiles)}")
    holds(ids(profiles) == ids(whole)[:10], "the first 10 profiles", "others, or in another order")


def says_so(api: ApiClient, response: ApiResponse) -> None:
    """Only in a sandbox: no document of the vendor shows the message."""
    if not api.target.grants("control"):
        return
    message = response.json["message"]
    holds("10,000" in message or "10000" in message, "a message that names the limit of 10,000", "another message")


@scenario("NS-LIST-2")
def ten_thousand_profiles_can_be_reached_and_no_more(api: ApiClient) -> None:
    for offset, count in ((9_990, 10), (9_999, 1), (9_500, 500)):
        list_page(api, q=MARK, offset=offset, count=count)
        says_so(api, api.call("listProfiles", q=MARK, offset=offset + 1, count=count, expect=400))


@scenario("NS-LIST-3")
def a_text_that_no_profile_holds_finds_none(api: ApiClient) -> None:
    profiles, _ = list_page(api, q=f"{MARK} {api.run_id} nobody")
    holds(not profiles, "no profiles", f"{len(profiles)}")


@scenario("NS-LIST-3", needs=CHANGING)
def a_part_of_email_name_or_phone_finds_the_profile(api: ApiClient) -> None:
    parts_find_the_profile(api, str)


@scenario("NS-LIST-3", needs=CHANGING, assumed=True)
def a_part_of_email_or_name_finds_the_profile_in_upper_case_too(api: ApiClient) -> None:
    parts_find_the_profile(api, str.upper)


def parts_find_the_profile(api: ApiClient, spell: Callable[[str], str]) -> None:
    person = api.new_customer()
    made = new_profile(api, email=person.email, full_name=person.full_name, phone_number=person.phone)
    parts = {
        "email": spell(person.email.partition("@")[0][4:]),
        "full_name": spell(f"{person.first_name[-2:]} {person.last_name}"),
        "phone_number": person.phone[3:],
    }
    for name, part in parts.items():
        profiles, _ = list_page(api, q=part, count=500)
        holds(made["id"] in ids(profiles), f"a part of {name} to find the profile", "not found")
        texts = ([profile.get(name) or "" for name in parts] for profile in profiles)
        others = sum(not any(part.lower() in text.lower() for text in held) for held in texts)
        holds(not others, f"only profiles that hold the part of {name}", f"{others} others")


@scenario("NS-LIST-3", needs=CHANGING | {"control"})
def a_phone_number_is_found_by_a_plus_sign_that_is_not_encoded(api: ApiClient) -> None:
    """Only in a sandbox: no document says what NewStore does with the space that a raw plus sign is decoded to."""
    person = api.new_customer()
    made = new_profile(api, phone_number=person.phone)
    profiles, _ = list_page(api, q=person.phone.replace("+", " "), count=500)
    holds(made["id"] in ids(profiles), "the profile with that phone number", "not found")


@scenario("NS-LIST-4")
def a_page_of_nothing_says_so(api: ApiClient) -> None:
    _, info = list_page(api, q=f"{MARK} {api.run_id} nobody", offset=7, count=3)
    holds(info == {"count": 0, "total": 0, "offset": 7}, "count 0, total 0, offset 7", info)


@scenario("NS-LIST-4", needs=CHANGING)
def a_page_says_how_many_it_has_how_many_match_and_where_it_begins(api: ApiClient) -> None:
    name, _ = named_alike(api, "abc")
    for offset, returned in ((0, 2), (1, 2), (2, 1), (3, 0)):
        profiles, info = list_page(api, q=name, offset=offset, count=2)
        expected = {"count": returned, "total": 3, "offset": offset}
        holds(info == expected, f"count {returned}, total 3, offset {offset}", info)
        holds(len(profiles) == returned, f"{returned} profiles", f"{len(profiles)}")


@scenario("NS-LIST-5")
def every_field_can_be_sorted_by_in_both_directions(api: ApiClient) -> None:
    for name in FIELDS:
        for sort in (name, f"{name}|asc", f"{name}|desc"):
            list_page(api, q=MARK, sort=sort, count=1)


@scenario("NS-LIST-5", needs=CHANGING | {"control"})
def an_empty_sort_is_as_none(api: ApiClient) -> None:
    name, made = named_alike(api, "cab")
    profiles, _ = list_page(api, q=name, sort="")
    holds(ids(profiles) == made, "the order of creation", "another order")


@scenario("NS-LIST-5")
def an_unknown_field_or_direction_is_refused(api: ApiClient) -> None:
    for sort in ("extended_attributes", "shoe_size", "email|up", "email|", "|asc"):
        api.call("listProfiles", q=MARK, sort=sort, expect=400)


@scenario("NS-LIST-5", needs=CHANGING)
def profiles_come_newest_last_unless_sorted_by_a_field(api: ApiClient) -> None:
    name, made = named_alike(api, "cabd")
    by_name = [made[1], made[2], made[0], made[3]]
    orders: dict[str | None, tuple[list[str], str]] = {
        None: (made, "the order of creation"),
        "full_name": (by_name, "full_name ascending"),
        "full_name|asc": (by_name, "full_name ascending"),
        "full_name|desc": (by_name[::-1], "full_name descending"),
    }
    for sort, (expected, told) in orders.items():
        profiles, _ = list_page(api, q=name, **({"sort": sort} if sort else {}))
        holds(ids(profiles) == expected, told, "another order")


@scenario("NS-LIST-6", needs=CHANGING)
def paging_through_shows_each_profile_once(api: ApiClient) -> None:
    name, made = named_alike(api, "abcdefg", store_id="one-for-all")
    orders: tuple[Params, ...] = ({}, {"sort": "store_id"}, {"sort": "store_id|desc"})
    for params in orders:
        seen = []
        for offset in range(0, 8, 2):
            profiles, _ = list_page(api, q=name, offset=offset, count=2, **params)
            seen += ids(profiles)
        told = "each of 7 profiles once, also where sorted by what all have in common"
        holds(sorted(seen) == sorted(made), told, f"{len(seen)} shown, {len(set(seen))} different ones")
