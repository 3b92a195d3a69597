"""Addresses of a profile."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop


@pytest.mark.rule("VTEX-ADDR-1")
def test_vtex_addr_1_without_a_live_profile_every_address_action_is_404(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer()
    address = shop.post(f"/profiles/{profile['id']}/addresses", home)
    nobody = f"/profiles/{uuid.uuid4()}/addresses"
    for path in (nobody, f"{nobody}/unmask", f"{nobody}/{address['id']}", f"{nobody}/{address['id']}/unmask"):
        shop.get_unmasked(path, expect=404, rule="VTEX-ADDR-1")
    version = f"{nobody}/{address['id']}/versions/{address['meta']['version']}"
    shop.get(version, 404, rule="VTEX-ADDR-1")
    shop.post(nobody, home, 404, rule="VTEX-ADDR-1")
    shop.patch(f"{nobody}/{address['id']}", {}, 404, rule="VTEX-ADDR-1")
    shop.delete(f"{nobody}/{address['id']}", 404, rule="VTEX-ADDR-1")
    shop.post("/profiles/nobody@example.com/addresses", home, 404, alternativeKey="email", rule="VTEX-ALT-3")


@pytest.mark.rule("VTEX-ADDR-2")
def test_vtex_addr_2_any_number_of_addresses_in_order(shop: Shop, home: dict[str, Any]) -> None:
    one = f"/profiles/{shop.customer()['id']}/addresses"
    assert shop.get(one) == []
    created = [shop.post(one, {**home, "streetNumber": str(number)})["id"] for number in range(30)]
    assert [body["id"] for body in shop.get(one)] == created
    assert [body["document"]["streetNumber"] for body in shop.get_unmasked(f"{one}/unmask")] == list(
        map(str, range(30))
    )


@pytest.mark.rule("VTEX-ADDR-3")
def test_vtex_addr_3_an_address_of_another_profile_is_404(shop: Shop, home: dict[str, Any]) -> None:
    john, jane = shop.customer(), shop.customer({"email": "jane@example.com", "document": "2"})
    address = shop.post(f"/profiles/{john['id']}/addresses", home)
    elsewhere = f"/profiles/{jane['id']}/addresses/{address['id']}"
    for path in (elsewhere, f"{elsewhere}/unmask", f"{elsewhere}/versions/{address['meta']['version']}"):
        shop.get_unmasked(path, expect=404, rule="VTEX-ADDR-3")
    shop.patch(elsewhere, {"route": "1"}, 404, rule="VTEX-ADDR-3")
    shop.delete(elsewhere, 404, rule="VTEX-ADDR-3")
    assert shop.get_unmasked(f"/profiles/{john['id']}/addresses/{address['id']}/unmask") == address


@pytest.mark.rule("VTEX-ADDR-4")
def test_vtex_addr_4_patch_merges(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer()
    one = f"/profiles/{profile['id']}/addresses"
    address = shop.post(one, {**home, "complement": "apt 3"})
    updated = shop.patch(f"{one}/{address['id']}", {"route": "52", "complement": None, "geoCoordinates": [1.5, 2]})
    expected = {**home, "route": "52", "geoCoordinates": [1.5, 2], "profileId": profile["id"]}
    assert updated["document"] == expected
    assert shop.get_unmasked(f"{one}/{address['id']}/unmask")["document"] == expected
    shop.patch(f"{one}/{address['id']}", {"postalCode": None}, 400, rule="VTEX-ADDR-4")


def test_the_profile_of_an_address_is_that_of_the_path(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer()
    one = f"/profiles/{profile['id']}/addresses"
    address = shop.post(one, {**home, "profileId": str(uuid.uuid4())})
    assert address["document"]["profileId"] == profile["id"]
    updated = shop.patch(f"{one}/{address['id']}", {"profileId": str(uuid.uuid4())})
    assert updated["document"]["profileId"] == profile["id"]


@pytest.mark.parametrize(
    "missing",
    [
        "postalCode",
        "countryName",
        "administrativeAreaLevel1",
        "locality",
        "localityAreaLevel1",
        "route",
        "streetNumber",
    ],
)
def test_a_missing_required_field_of_an_address_is_400_naming_it(
    shop: Shop, control: ControlClient, home: dict[str, Any], missing: str
) -> None:
    one = f"/profiles/{shop.customer()['id']}/addresses"
    del home[missing]
    assert list(shop.post(one, home, 400)["errors"]) == [missing]
    control.dialect("reference")
    shop.post(one, home, 201 if missing == "countryName" else 400)


def test_a_deleted_address_is_gone(shop: Shop, home: dict[str, Any]) -> None:
    one = f"/profiles/{shop.customer()['id']}/addresses"
    address = shop.post(one, home)
    shop.delete(f"{one}/{address['id']}")
    shop.delete(f"{one}/{address['id']}", 404)
    shop.get(f"{one}/{address['id']}", 404)
    shop.get(f"{one}/{address['id']}/versions/{address['meta']['version']}", 404)
    assert shop.get(one) == []
