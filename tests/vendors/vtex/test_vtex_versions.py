"""Versions and meta."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from tests.control_client import ControlClient
from tests.credentials import VTEX_USER
from tests.vendors.vtex.conftest import Shop

SEVEN_DIGITS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00")
Kept = tuple[str, dict[str, Any], str]


@pytest.fixture(params=["profile", "address", "prospect", "purchase-info"])
def created_document(request: pytest.FixtureRequest, shop: Shop, home: dict[str, Any]) -> Kept:
    """Each kind of document: its path, its envelope as created and the name of its last-update field."""
    one = f"/profiles/{shop.customer()['id']}"
    if request.param == "address":
        envelope = shop.post(f"{one}/addresses", home)
        return f"{one}/addresses/{envelope['id']}", envelope, "lastUpdateDate"
    if request.param == "prospect":
        envelope = shop.post("/prospects", {})
        return f"/prospects/{envelope['id']}", envelope, "lastUpdateDate"
    if request.param == "purchase-info":
        return f"{one}/purchase-info", shop.post(f"{one}/purchase-info", {}, 200), "lastUpdateDate"
    envelope = shop.customer({"email": "jane@example.com", "document": "2"})
    return f"/profiles/{envelope['id']}", envelope, "lastUpdate"


@pytest.mark.rule("VTEX-VER-1")
def test_vtex_ver_1_each_write_is_a_new_version(shop: Shop, created_document: Kept) -> None:
    path, envelope, _ = created_document
    versions = [envelope["meta"]["version"]] + [shop.patch(path, {})["meta"]["version"] for _ in range(3)]
    assert len({str(uuid.UUID(version)) for version in versions}) == 4


@pytest.mark.rule("VTEX-VER-2")
def test_vtex_ver_2_a_profile_version_stays_readable(shop: Shop, john: dict[str, Any]) -> None:
    first = shop.customer()
    one = f"/profiles/{first['id']}"
    second = shop.patch(one, {"lastName": "Roe"})
    shop.patch(one, {"email": "new@example.com"})
    old, newer = (f"{one}/versions/{envelope['meta']['version']}" for envelope in (first, second))
    assert shop.get_unmasked(f"{old}/unmask") == first
    assert shop.get_unmasked(f"{newer}/unmask")["document"] == {**john, "lastName": "Roe"}
    masked = shop.get(old)
    assert (masked["id"], masked["meta"], masked["document"]["lastName"]) == (first["id"], first["meta"], "D**")


@pytest.mark.rule("VTEX-VER-2")
def test_vtex_ver_2_an_address_version_stays_readable(shop: Shop, home: dict[str, Any]) -> None:
    one = f"/profiles/{shop.customer()['id']}/addresses"
    first = shop.post(one, home)
    shop.patch(f"{one}/{first['id']}", {"locality": "Elsewhere"})
    version = f"{one}/{first['id']}/versions/{first['meta']['version']}"
    assert shop.get_unmasked(f"{version}/unmask") == first
    assert shop.get(version)["document"]["locality"] == "L*******"


@pytest.mark.rule("VTEX-VER-3")
@pytest.mark.parametrize("suffix", ["", "/unmask"])
def test_vtex_ver_3_an_unknown_or_foreign_version_is_404(shop: Shop, home: dict[str, Any], suffix: str) -> None:
    john, jane = shop.customer(), shop.customer({"email": "jane@example.com", "document": "2"})
    address = shop.post(f"/profiles/{john['id']}/addresses", home)
    another = shop.post(f"/profiles/{john['id']}/addresses", home)
    at_john, at_address = f"/profiles/{john['id']}", f"/profiles/{john['id']}/addresses/{address['id']}"
    for path in (
        f"{at_john}/versions/{uuid.uuid4()}",
        f"{at_john}/versions/{jane['meta']['version']}",
        f"{at_john}/versions/{address['meta']['version']}",
        f"{at_address}/versions/{another['meta']['version']}",
        f"{at_address}/versions/{john['meta']['version']}",
    ):
        shop.get_unmasked(path + suffix, expect=404, rule="VTEX-VER-3")


@pytest.mark.rule("VTEX-META-1")
def test_vtex_meta_1_creation_stays_and_the_last_update_moves(
    shop: Shop, control: ControlClient, created_document: Kept
) -> None:
    path, envelope, last_update = created_document
    control.clock(at="2030-01-01T00:00:00Z", frozen=True)
    first = shop.patch(path, {})["meta"]
    second = shop.patch(path, {})["meta"]
    control.clock(at="2020-01-01T00:00:00Z", frozen=True)
    third = shop.patch(path, {})["meta"]
    created = envelope["meta"]["creationDate"]
    assert SEVEN_DIGITS.fullmatch(created)
    assert {meta["creationDate"] for meta in (first, second, third)} == {created}
    assert first[last_update] == "2030-01-01T00:00:00.0000000+00:00"
    assert envelope["meta"][last_update] < first[last_update] < second[last_update] < third[last_update]


@pytest.mark.rule("VTEX-META-1")
def test_vtex_meta_1_the_author_is_the_caller(shop: Shop, created_document: Kept) -> None:
    path, envelope, _ = created_document
    again = shop.patch(path, {})["meta"]["author"]
    by_user = shop.patch(path, {}, headers=VTEX_USER)["meta"]["author"]
    assert again == envelope["meta"]["author"] == str(uuid.UUID(again))
    assert by_user != again


@pytest.mark.rule("VTEX-META-1")
def test_vtex_meta_1_each_kind_has_its_own_fields(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer(ttl=1)
    address = shop.post(f"/profiles/{profile['id']}/addresses", home, ttl=1)
    prospect = shop.post("/prospects", {})
    info = shop.post(f"/profiles/{profile['id']}/purchase-info", {}, 200)
    shared = {"version", "author", "creationDate"}
    assert set(profile["meta"]) == shared | {"lastUpdate"}
    assert set(address["meta"]) == shared | {"lastUpdateDate"}
    assert set(prospect["meta"]) == set(info["meta"]) == shared | {"lastUpdateDate", "expirationDate"}
    assert prospect["meta"]["expirationDate"] is info["meta"]["expirationDate"] is None


@pytest.mark.rule("VTEX-META-1")
def test_vtex_meta_1_the_reference_shows_the_end_of_profiles_and_both_names(
    shop: Shop, control: ControlClient, home: dict[str, Any]
) -> None:
    control.call("PUT", "/dialect", {"dialect": "reference"})
    profile = shop.customer(ttl=3)
    address = shop.post(f"/profiles/{profile['id']}/addresses", home)
    assert profile["meta"]["lastUpdate"] == profile["meta"]["lastUpdateDate"]
    assert profile["meta"]["expirationDate"] > profile["meta"]["lastUpdate"]
    assert address["meta"]["expirationDate"] is None
    (read,) = shop.get(f"/profiles/{profile['id']}")
    assert read["meta"] == profile["meta"]


@pytest.mark.rule("VTEX-PROF-1")
@pytest.mark.parametrize("email", ["nobody", "no body@example.com", "@example.com"])
def test_vtex_prof_1_an_email_that_an_erasure_refuses_is_refused_on_create(
    shop: Shop, john: dict[str, Any], email: str
) -> None:
    shop.post("/profiles", {**john, "email": email}, 400, rule="VTEX-PROF-1")
    shop.patch(f"/profiles/{shop.customer()['id']}", {"email": email}, 400, rule="VTEX-PROF-2")


@pytest.mark.rule("VTEX-UNMASK-1")
def test_vtex_unmask_1_the_code_of_a_card_is_never_stored(shop: Shop, control: ControlClient) -> None:
    payment = {"paymentData": {"transactions": [{"payments": [{"cvv2": "123", "value": 1}]}]}}
    profile = shop.customer({"card": {"cvv2": "987"}})
    info = shop.post(f"/profiles/{profile['id']}/purchase-info", payment, 200)
    assert info["document"]["paymentData"]["transactions"] == [{"payments": [{"cvv2": None, "value": 1}]}]
    assert profile["document"]["card"] == {"cvv2": None}


@pytest.mark.rule("VTEX-SCHEMA-1")
def test_vtex_schema_1_the_reference_shows_default_fields_as_its_example(shop: Shop, control: ControlClient) -> None:
    control.call("PUT", "/dialect", {"dialect": "reference"})
    fields = shop.get("/schemas/profileSystem")["properties"]
    assert fields["gender"] == {"type": ["string", "null"], "sensitive": True, "pii": False}
    assert fields["priceTable"]["type"] == "string"
    assert fields["birthdate"] == {"type": ["string", "null"], "sensitive": True, "pii": True}
    assert "birthDate" not in fields
