"""NS-ADDR: addresses of a profile."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.newstore.shop import ADDRESS, UNKNOWN, Shop, refusal_message

OPTIONAL = ("company_name", "address_line_2", "state", "contact_phone")


@pytest.mark.rule("NS-ADDR-1")
def test_ns_addr_1_a_new_address_is_added(shop: Shop) -> None:
    profile = shop.profile()
    address = shop.address(profile, state="Berlin")
    assert {name: address[name] for name in ADDRESS} == ADDRESS
    assert (address["state"], address["company_name"]) == ("Berlin", None)
    assert "profile_id" not in address
    assert shop.get(f"/profiles/{profile['id']}/addresses/{address['id']}").json() == address


@pytest.mark.rule("NS-ADDR-1")
def test_ns_addr_1_an_equal_address_is_returned_absent_being_null(shop: Shop) -> None:
    profile = shop.profile()
    path = f"/profiles/{profile['id']}/addresses"
    stored = shop.address(profile, contact_phone="none of your business")
    nulls = {"company_name": None, "state": None}
    response = shop.post(path, {**ADDRESS, **nulls, "contact_phone": "none of your business"})
    assert response.status_code == 200
    assert response.headers["X-Sandbox-Rule"] == "NS-ADDR-1"
    assert response.json() == stored
    assert shop.get(path).json()["pagination_info"]["total"] == 1


@pytest.mark.rule("NS-ADDR-1")
@pytest.mark.parametrize("field", [*ADDRESS, *OPTIONAL])
def test_ns_addr_1_an_address_that_differs_in_one_field_is_another(shop: Shop, field: str) -> None:
    profile = shop.profile()
    first = shop.address(profile)
    assert shop.address(profile, **{field: "FR" if field == "country_code" else "other"})["id"] != first["id"]


@pytest.mark.rule("NS-ADDR-1")
def test_ns_addr_1_the_same_address_of_another_profile_is_another(shop: Shop) -> None:
    assert shop.address(shop.profile())["id"] != shop.address(shop.profile())["id"]


@pytest.mark.rule("NS-ADDR-2")
@pytest.mark.parametrize("query", [{"count": 0}, {"count": 1001}, {"offset": -1}, {"count": "all"}])
def test_ns_addr_2_offset_and_count_outside_their_bounds_are_refused(shop: Shop, query: dict[str, Any]) -> None:
    profile = shop.profile()
    refusal_message(shop.get(f"/profiles/{profile['id']}/addresses", **query), 400, "NS-ADDR-2")


@pytest.mark.rule("NS-ADDR-2")
def test_ns_addr_2_the_list_is_paged(shop: Shop) -> None:
    profile = shop.profile()
    path = f"/profiles/{profile['id']}/addresses"
    created = [shop.address(profile, city=f"City {number}") for number in range(12)]
    page = shop.get(path).json()
    assert page["addresses"] == created[:10]
    assert page["pagination_info"] == {"count": 10, "total": 12, "offset": 0}
    assert shop.get(path, offset=11, count=1000).json()["addresses"] == created[11:]
    assert shop.get(path, offset=12).json()["addresses"] == []


@pytest.mark.rule("NS-ADDR-3")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/addresses", ADDRESS),
        ("GET", "/addresses", None),
        ("GET", f"/addresses/{UNKNOWN}", None),
        ("PATCH", f"/addresses/{UNKNOWN}", {"last_updated_at": "2019-08-24T14:15:22Z"}),
        ("DELETE", f"/addresses/{UNKNOWN}", None),
    ],
)
def test_ns_addr_3_addresses_need_a_profile(shop: Shop, method: str, path: str, body: Any) -> None:
    refusal_message(shop.call(method, f"/profiles/{UNKNOWN}{path}", body), 404, "NS-ADDR-3")


@pytest.mark.rule("NS-ADDR-3")
def test_ns_addr_3_an_address_is_not_found_under_another_profile(shop: Shop) -> None:
    address = shop.address(shop.profile())
    path = f"/profiles/{shop.profile()['id']}/addresses/{address['id']}"
    refusal_message(shop.get(path), 404)
    refusal_message(shop.patch(path, {"last_updated_at": address["updated_at"]}), 404)
    refusal_message(shop.delete(path), 404, "NS-ADDR-4")


@pytest.mark.rule("NS-ADDR-4")
def test_ns_addr_4_a_deleted_address_is_gone(shop: Shop) -> None:
    profile = shop.profile()
    path = f"/profiles/{profile['id']}/addresses/{shop.address(profile)['id']}"
    response = shop.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    refusal_message(shop.delete(path), 404, "NS-ADDR-4")
    refusal_message(shop.get(path), 404)


@pytest.mark.rule("NS-ADDR-4")
def test_ns_addr_4_no_address_is_deleted_while_its_profile_awaits_deletion(shop: Shop) -> None:
    profile = shop.profile()
    address = shop.address(profile)
    shop.post(f"/profiles/{profile['id']}/delete")
    path = f"/profiles/{profile['id']}/addresses/{address['id']}"
    refusal_message(shop.delete(path), 409, "NS-ADDR-4")
    assert shop.get(path).json() == address


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize("code", ["ZZ", "de", "DEU", "string", ""])
def test_ns_goc_3_a_country_code_that_there_is_not_is_unprocessable(shop: Shop, code: str) -> None:
    profile = shop.profile()
    response = shop.post(f"/profiles/{profile['id']}/addresses", {**ADDRESS, "country_code": code})
    assert "country_code" in refusal_message(response, 422, "NS-GOC-3")
    address = shop.address(profile)
    change = {"last_updated_at": address["updated_at"], "country_code": code}
    response = shop.patch(f"/profiles/{profile['id']}/addresses/{address['id']}", change)
    assert "country_code" in refusal_message(response, 422, "NS-GOC-3")


@pytest.mark.rule("NS-GOC-3")
@pytest.mark.parametrize("field", list(ADDRESS))
def test_ns_goc_3_an_address_without_a_required_field_is_refused(shop: Shop, field: str) -> None:
    profile = shop.profile()
    body = {name: value for name, value in ADDRESS.items() if name != field}
    assert field in refusal_message(shop.post(f"/profiles/{profile['id']}/addresses", body), 400, "NS-GOC-3")


@pytest.mark.rule("NS-ADDR-5")
def test_ns_addr_5_an_update_clears_optional_fields_and_keeps_required_ones_from_null(shop: Shop) -> None:
    profile = shop.profile()
    address = shop.address(profile, state="Berlin", company_name="Analytical Engines")
    nulls = dict.fromkeys([*ADDRESS, "state"])
    change = {"last_updated_at": address["updated_at"], **nulls}
    changed = shop.patch(f"/profiles/{profile['id']}/addresses/{address['id']}", change).json()
    assert changed == {**address, "state": None, "updated_at": changed["updated_at"]}


def test_an_address_may_be_anywhere_in_the_world_and_norway(shop: Shop, control: ControlClient) -> None:
    assert shop.address(shop.profile(), country_code="NO")["country_code"] == "NO"


@pytest.mark.rule("NS-ADDR-1")
def test_ns_addr_1_an_address_that_was_read_can_be_posted_again(shop: Shop) -> None:
    profile = shop.profile()
    address = shop.address(profile)
    path = f"/profiles/{profile['id']}/addresses"
    again = shop.post(path, shop.get(f"{path}/{address['id']}").json())
    assert (again.status_code, again.json()) == (200, address)
