"""NS-LIST: the list of profiles."""

from __future__ import annotations

import pytest

from pii_sandbox import specs
from tests.control_client import ControlClient
from tests.vendors.newstore.shop import Shop, refusal_message


@pytest.mark.rule("NS-LIST-1")
@pytest.mark.parametrize(
    "query", [{"offset": -1}, {"offset": "ten"}, {"count": 0}, {"count": 501}, {"count": -1}, {"count": "1.5"}]
)
def test_ns_list_1_offset_and_count_outside_their_bounds_are_refused(shop: Shop, query: dict[str, object]) -> None:
    assert next(iter(query)) in refusal_message(shop.get("/profiles", **query), 400, "NS-LIST-1")


@pytest.mark.rule("NS-LIST-1")
def test_ns_list_1_offset_is_0_and_count_10_by_default(shop: Shop) -> None:
    emails = [shop.profile(full_name="Default Page")["email"] for _ in range(12)]
    page = shop.get("/profiles", q="default page").json()
    assert [profile["email"] for profile in page["profiles"]] == emails[:10]
    assert shop.get("/profiles", count=500).status_code == 200


@pytest.mark.rule("NS-LIST-2")
@pytest.mark.parametrize(
    ("offset", "count"), [(9991, 10), (9501, 500), (10_000, 1), (10_000, 10), (10**12, 1), (2**63 - 1, 500)]
)
def test_ns_list_2_beyond_ten_thousand_profiles_the_answer_says_so(shop: Shop, offset: int, count: int) -> None:
    message = refusal_message(shop.get("/profiles", offset=offset, count=count), 400, "NS-LIST-2")
    assert "10000" in message.replace(",", "")


@pytest.mark.rule("NS-LIST-2")
@pytest.mark.parametrize(("offset", "count"), [(9990, 10), (9999, 1), (9500, 500)])
def test_ns_list_2_the_last_page_within_reach_works(shop: Shop, offset: int, count: int) -> None:
    response = shop.get("/profiles", offset=offset, count=count)
    assert response.status_code == 200
    assert response.json()["profiles"] == []


@pytest.mark.rule("NS-LIST-3")
@pytest.mark.parametrize("q", ["grace.HOPPER@", "ce Hop", "HOPPER", "4915112345678", "+49151"])
def test_ns_list_3_q_matches_a_part_of_email_name_or_phone_without_case(shop: Shop, q: str) -> None:
    wanted = shop.profile(email="Grace.Hopper@navy.test", full_name="Grace Hopper", phone_number="+4915112345678")
    shop.profile(full_name="Somebody Else", phone_number="+33140000000")
    assert [profile["id"] for profile in shop.get("/profiles", q=q).json()["profiles"]] == [wanted["id"]]


@pytest.mark.rule("NS-LIST-3")
def test_ns_list_3_q_matches_no_other_field(shop: Shop) -> None:
    shop.profile(store_id="xyzzy-store", created_by="xyzzy-associate")
    assert shop.get("/profiles", q="xyzzy").json()["pagination_info"]["total"] == 0


@pytest.mark.rule("NS-LIST-4")
def test_ns_list_4_pagination_info_tells_count_total_and_offset(shop: Shop) -> None:
    for _ in range(5):
        shop.profile(full_name="Paged Person")
    response = shop.get("/profiles", q="paged person", offset=3, count=10).json()
    assert response["pagination_info"] == {"count": 2, "total": 5, "offset": 3}
    assert len(response["profiles"]) == 2


@pytest.mark.rule("NS-LIST-5")
def test_ns_list_5_the_order_is_that_of_creation_and_an_update_does_not_change_it(shop: Shop) -> None:
    created = [shop.profile(full_name="Ordered Person") for _ in range(4)]
    shop.patch(f"/profiles/{created[0]['id']}", {"last_updated_at": created[0]["updated_at"], "store_id": "new"})
    listed = shop.get("/profiles", q="ordered person").json()["profiles"]
    assert [profile["id"] for profile in listed] == [profile["id"] for profile in created]


@pytest.mark.rule("NS-LIST-5")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("full_name", ["Ann Sorted", "Bob Sorted", "Cyd Sorted"]),
        ("full_name|asc", ["Ann Sorted", "Bob Sorted", "Cyd Sorted"]),
        ("full_name|desc", ["Cyd Sorted", "Bob Sorted", "Ann Sorted"]),
        ("created_at|desc", ["Cyd Sorted", "Ann Sorted", "Bob Sorted"]),
        ("phone_number", ["Bob Sorted", "Cyd Sorted", "Ann Sorted"]),
    ],
)
def test_ns_list_5_sort_names_a_field_and_a_direction(shop: Shop, sort: str, expected: list[str]) -> None:
    shop.profile(full_name="Bob Sorted")
    shop.profile(full_name="Ann Sorted", phone_number="+4930222222")
    shop.profile(full_name="Cyd Sorted", phone_number="+4930111111")
    listed = shop.get("/profiles", q="sorted", sort=sort).json()["profiles"]
    if sort.startswith("created_at"):
        assert [profile["created_at"] for profile in listed] == sorted(
            (profile["created_at"] for profile in listed), reverse=True
        )
    else:
        assert [profile["full_name"] for profile in listed] == expected


@pytest.mark.rule("NS-LIST-5")
@pytest.mark.parametrize("sort", ["age", "extended_attributes", "full_name|up", "full_name|", "|asc", "full_name desc"])
def test_ns_list_5_an_unknown_field_or_direction_is_refused(shop: Shop, sort: str) -> None:
    assert "sort" in refusal_message(shop.get("/profiles", sort=sort), 400, "NS-LIST-5")


@pytest.mark.rule("NS-LIST-6")
@pytest.mark.parametrize("sort", [None, "store_id", "store_id|desc", "email"])
def test_ns_list_6_paging_shows_each_profile_once(shop: Shop, sort: str | None) -> None:
    created = {shop.profile(full_name="Visited Once", store_id=f"store-{number % 2}")["id"] for number in range(23)}
    order = {} if sort is None else {"sort": sort}
    visited = [
        profile["id"]
        for offset in range(0, 25, 5)
        for profile in shop.get("/profiles", q="visited once", offset=offset, count=5, **order).json()["profiles"]
    ]
    assert len(visited) == 23
    assert set(visited) == created


SORT = next(each for each in specs.load("newstore_customer_profile")["paths"]["/v1/d/pii/profiles"]["get"]["parameters"]
            if each["name"] == "sort")  # fmt: skip
FIELDS = [order for order in SORT["schema"]["enum"] if order and "|" not in order]


@pytest.mark.rule("NS-LIST-5")
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("q", [None, "Alike"])
def test_ns_list_5_descending_is_the_exact_reverse_of_ascending(
    shop: Shop, control: ControlClient, field: str, q: str | None
) -> None:
    control.clock(frozen=True)  # several of one millisecond
    for number in range(7):
        shop.profile(full_name="Alike", store_id=f"store-{number % 2}", created_by="till")
        if number % 3 == 2:
            control.advance(seconds=1)
    kept = {} if q is None else {"q": q}
    ascending = [
        profile["id"] for profile in shop.get("/profiles", sort=f"{field}|asc", count=500, **kept).json()["profiles"]
    ]
    assert len(ascending) == (7 if q else len(control.documents("newstore", "profiles")))
    for count in (1, 2, 3, len(ascending)):
        paged: list[str] = []
        for offset in range(0, len(ascending), count):
            page = shop.get("/profiles", sort=f"{field}|desc", offset=offset, count=count, **kept).json()
            paged += [profile["id"] for profile in page["profiles"]]
        assert paged == ascending[::-1]


@pytest.mark.rule("NS-LIST-5")
def test_ns_list_5_the_newest_comes_first_among_profiles_of_one_millisecond(shop: Shop, control: ControlClient) -> None:
    control.clock(frozen=True)
    created = [shop.profile(full_name="Same Moment")["id"] for _ in range(3)]
    listed = shop.get("/profiles", q="Same Moment", sort="created_at|desc").json()["profiles"]
    assert [profile["id"] for profile in listed] == created[::-1]
