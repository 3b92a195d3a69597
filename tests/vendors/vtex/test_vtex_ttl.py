"""How long documents live."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop, ids

DAY = 86_400
READS = ["", "/unmask", "/addresses", "/purchase-info"]


@pytest.fixture(autouse=True)
def freeze_clock(control: ControlClient) -> None:
    control.clock(at="2026-03-01T12:34:56Z", frozen=True)


@pytest.mark.rule("VTEX-TTL-1")
def test_vtex_ttl_1_a_profile_is_gone_after_its_ttl(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer(ttl=2)
    control.advance(seconds=2 * DAY - 1)
    shop.get(f"/profiles/{profile['id']}")
    control.advance(seconds=1)
    for suffix in READS:
        shop.get(f"/profiles/{profile['id']}{suffix}", 404, rule="VTEX-TTL-1", reason="x")
    shop.get("/profiles/john.doe@example.com", 404, alternativeKey="email")
    shop.patch(f"/profiles/{profile['id']}", {}, 404)
    shop.delete(f"/profiles/{profile['id']}", 404)


@pytest.mark.rule("VTEX-TTL-1")
def test_vtex_ttl_1_its_alternative_keys_are_free_again(
    shop: Shop, control: ControlClient, john: dict[str, Any]
) -> None:
    shop.customer(ttl=1)
    shop.post("/profiles", {**john, "firstName": "Jack"}, 409)
    control.advance(days=1)
    other = shop.customer({"firstName": "Jack"})
    assert shop.get("/profiles/12345678911", alternativeKey="document")["id"] == other["id"]


@pytest.mark.rule("VTEX-TTL-1")
def test_vtex_ttl_1_addresses_prospects_and_purchase_information_have_their_own(
    shop: Shop, control: ControlClient, home: dict[str, Any]
) -> None:
    one = f"/profiles/{shop.customer()['id']}"
    address = shop.post(f"{one}/addresses", home, ttl=1)
    stays = shop.post(f"{one}/addresses", home)
    prospect = shop.post("/prospects", {"email": "ann@example.com"}, ttl=1)
    info = shop.post(f"{one}/purchase-info", {}, 200, ttl=1)
    assert prospect["meta"]["expirationDate"] == "2026-03-02T12:34:56.0000000+00:00"
    assert info["meta"]["expirationDate"] == "2026-03-02T12:34:56.0000000+00:00"
    control.advance(days=1)
    shop.get(f"{one}/addresses/{address['id']}", 404, rule="VTEX-TTL-1")
    shop.get(f"/prospects/{prospect['id']}", 404, rule="VTEX-TTL-1")
    shop.get(f"{one}/purchase-info", 404, rule="VTEX-TTL-1")
    assert ids(shop.get(f"{one}/addresses")) == [stays["id"]]
    assert prospect["id"] not in ids(shop.get("/prospects"))
    shop.post(f"{one}/purchase-info", {}, 200)


@pytest.mark.rule("VTEX-TTL-2")
def test_vtex_ttl_2_an_update_with_ttl_restarts_the_period(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer(ttl=2)
    control.advance(days=1)
    shop.patch(f"/profiles/{profile['id']}", {}, ttl=3)
    control.advance(seconds=3 * DAY - 1)
    shop.get(f"/profiles/{profile['id']}")
    control.advance(seconds=1)
    shop.get(f"/profiles/{profile['id']}", 404)


@pytest.mark.rule("VTEX-TTL-2")
def test_vtex_ttl_2_an_update_without_ttl_leaves_the_expiry(
    shop: Shop, control: ControlClient, home: dict[str, Any]
) -> None:
    profile = shop.customer(ttl=2)
    prospect = shop.post("/prospects", {}, ttl=2)
    one = f"/profiles/{profile['id']}"
    address = shop.post(f"{one}/addresses", home, ttl=1)
    control.advance(seconds=DAY - 10)
    shop.patch(f"{one}/addresses/{address['id']}", {"route": "52"})
    updated = shop.patch(f"/prospects/{prospect['id']}", {"firstName": "Ann"})
    assert updated["meta"]["expirationDate"] == "2026-03-03T12:34:56.0000000+00:00"
    shop.patch(one, {"lastName": "Roe"})
    control.advance(seconds=10)
    assert shop.get(f"{one}/addresses") == []
    control.advance(days=1)
    shop.get(one, 404)
    shop.get(f"/prospects/{prospect['id']}", 404)


@pytest.mark.rule("VTEX-TTL-3")
def test_vtex_ttl_3_without_ttl_the_default_of_the_schema_applies(shop: Shop, control: ControlClient) -> None:
    forever = shop.customer({"email": "old@example.com", "document": "1"})
    shop.put("/schemas/profileSystem/custom", {"documentTTL": 5})
    default = shop.customer({"email": "new@example.com", "document": "2"})
    customer = shop.customer({"email": "own@example.com", "document": "3"}, ttl=7)
    control.advance(days=5)
    shop.get(f"/profiles/{default['id']}", 404)
    shop.get(f"/profiles/{customer['id']}")
    control.advance(days=2)
    shop.get(f"/profiles/{customer['id']}", 404)
    control.advance(days=20_000)
    shop.get(f"/profiles/{forever['id']}")


@pytest.mark.rule("VTEX-TTL-4")
@pytest.mark.parametrize("ttl", ["0", "-1", "1.5", "x", "", "1e3", "٣", "true"])
def test_vtex_ttl_4_no_positive_integer_is_400_and_nothing_is_stored(
    shop: Shop, control: ControlClient, john: dict[str, Any], home: dict[str, Any], ttl: Any
) -> None:
    profile = shop.customer({"email": "other@example.com", "document": "1"})
    one = f"/profiles/{profile['id']}"
    prospects = shop.get("/prospects")
    for path, body in [
        ("/profiles", john),
        (f"{one}/addresses", home),
        ("/prospects", {}),
        (f"{one}/purchase-info", {}),
    ]:
        problem = shop.post(path, body, 400, ttl=ttl, rule="VTEX-TTL-4")
        assert list(problem["errors"]) == ["ttl"]
    shop.patch(one, {"lastName": "Roe"}, 400, ttl=ttl, rule="VTEX-TTL-4")
    assert shop.get(one)["meta"] == profile["meta"]
    assert shop.get(f"{one}/addresses") == []
    assert shop.get("/prospects") == prospects
    shop.get(f"{one}/purchase-info", 404)
    shop.get("/profiles/john.doe@example.com", 404, alternativeKey="email")


@pytest.mark.rule("VTEX-TTL-4")
def test_vtex_ttl_4_a_period_beyond_every_calendar_is_one_that_never_ends(shop: Shop, control: ControlClient) -> None:
    profile = shop.customer(ttl=10**30)
    control.advance(days=1_000_000)
    shop.get(f"/profiles/{profile['id']}")


@pytest.mark.rule("VTEX-TTL-5")
def test_vtex_ttl_5_what_hangs_on_a_profile_goes_with_it(
    shop: Shop, control: ControlClient, home: dict[str, Any], john: dict[str, Any]
) -> None:
    profile = shop.customer(ttl=1)
    one = f"/profiles/{profile['id']}"
    address = shop.post(f"{one}/addresses", home, ttl=10)
    shop.post(f"{one}/purchase-info", {}, 200)
    shop.patch(one, {"lastName": "Roe"})
    control.advance(days=1)
    shop.get(f"{one}/versions/{profile['meta']['version']}", 404)
    control.put("vtex", "profiles", profile["id"], john)  # somebody with the same id: nothing of the first is there
    shop.get(f"{one}/addresses/{address['id']}", 404, rule="VTEX-TTL-5")
    assert shop.get(f"{one}/addresses") == []
    shop.get(f"{one}/purchase-info", 404, rule="VTEX-TTL-5")
    shop.get(f"{one}/versions/{profile['meta']['version']}", 404, rule="VTEX-VER-3")
