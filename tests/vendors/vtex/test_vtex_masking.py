"""What a default read hides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.vtex.conftest import Shop, find_one


@pytest.mark.rule("VTEX-MASK-1")
def test_vtex_mask_1_a_default_read_is_masked_and_only_unmask_is_whole(shop: Shop, john: dict[str, Any]) -> None:
    created = shop.customer()
    assert created["document"] == john
    masked = shop.get(f"/profiles/{created['id']}", rule="VTEX-MASK-1")
    assert masked["document"] == {
        "firstName": "J***",
        "lastName": "D**",
        "email": "j***.d**@e******.c**",
        "birthDate": "1925-11-17",
        "document": "1**********",
        "documentType": "CPF",
    }
    assert masked["meta"] == created["meta"]
    assert shop.get_unmasked(f"/profiles/{created['id']}/unmask")["document"] == john


@pytest.mark.rule("VTEX-MASK-1")
def test_vtex_mask_1_lists_and_versions_are_masked_too(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer()
    address = shop.post(f"/profiles/{profile['id']}/addresses", home)
    ann = shop.post("/prospects", {"email": "ann@example.com"})
    one = f"/profiles/{profile['id']}"
    assert shop.get(f"{one}/addresses")[0]["document"]["postalCode"] == "2****-0**"
    assert find_one(shop.get("/prospects"), ann["id"])["document"] == {"email": "a**@e******.c**"}
    assert shop.get(f"{one}/versions/{profile['meta']['version']}")["document"]["firstName"] == "J***"
    version = f"{one}/addresses/{address['id']}/versions/{address['meta']['version']}"
    assert shop.get(version)["document"]["locality"] == "L*******"


@pytest.mark.rule("VTEX-MASK-2")
@pytest.mark.parametrize(
    ("stored", "masked"),
    [
        ("John", "J***"),
        ("Jane Doe", "J*** D**"),
        ("José", "J***"),
        ("João da Silva-Souza", "J*** d* S****-S****"),
        ("李小龍", "李**"),
        ("Jose\u0301", "J****"),
        ("O'Neil", "O'N***"),
        ("", ""),
        ("-", "-"),
    ],
)
def test_vtex_mask_2_the_first_of_each_run_stays(shop: Shop, stored: str, masked: str) -> None:
    profile = shop.customer({"firstName": stored})
    assert shop.get(f"/profiles/{profile['id']}")["document"]["firstName"] == masked


@pytest.mark.rule("VTEX-MASK-2")
def test_vtex_mask_2_nulls_stay(shop: Shop) -> None:
    prospect = shop.post("/prospects", {"email": "ann@example.com", "anything": None})
    assert shop.get(f"/prospects/{prospect['id']}")["document"]["anything"] is None


@pytest.mark.rule("VTEX-MASK-3")
def test_vtex_mask_3_of_a_profile(shop: Shop) -> None:
    document = {
        "homePhone": "+55 21 3333",
        "cellPhone": "+5521999999999",
        "businessPhone": "+5521888888888",
        "gender": "male",
        "customerCode": "C-1001",
        "birthdate": "1925-11-17",
        "birthDate": "1925-11-17",
        "corporateName": "Acme Ltda",
        "fancyName": "Acme",
        "businessDocument": "12345678000195",
        "priceTable": "gold",
        "tags": ["vip"],
        "shoeSize": "42",
    }
    profile = shop.customer(document)
    body = shop.get(f"/profiles/{profile['id']}")["document"]
    assert {name: body[name] for name in document} == {
        "homePhone": "+5* 2* 3***",
        "cellPhone": "+5************",
        "businessPhone": "+5521888888888",
        "gender": "m***",
        "customerCode": "C-1***",
        "birthdate": "1***-1*-1*",
        "birthDate": "1925-11-17",
        "corporateName": "Acme Ltda",
        "fancyName": "Acme",
        "businessDocument": "12345678000195",
        "priceTable": "gold",
        "tags": ["vip"],
        "shoeSize": "42",
    }


@pytest.mark.rule("VTEX-MASK-3")
def test_vtex_mask_3_of_an_address(shop: Shop, home: dict[str, Any]) -> None:
    profile = shop.customer()
    sent = {**home, "receiverName": "Jane Doe", "name": "Home", "complement": "apt 3", "nearly": "the park"}
    address = shop.post(f"/profiles/{profile['id']}/addresses", sent)
    assert shop.get(f"/profiles/{profile['id']}/addresses/{address['id']}")["document"] == {
        "postalCode": "2****-0**",
        "countryName": "B*****",
        "countryCode": "BR",
        "administrativeAreaLevel1": "RJ",
        "locality": "L*******",
        "localityAreaLevel1": "locality area",
        "route": "51",
        "streetNumber": "999",
        "receiverName": "J*** D**",
        "name": "H***",
        "complement": "a** 3",
        "nearly": "t** p***",
        "profileId": profile["id"],
    }


@pytest.mark.rule("VTEX-MASK-3")
def test_vtex_mask_3_of_a_prospect_at_each_level(shop: Shop) -> None:
    person = {"email": "ann@example.com", "firstName": "Ann", "lastName": "Lee", "phone": "+5521999"}
    prospect = shop.post(
        "/prospects",
        {
            "email": "ann@example.com",
            "firstName": "Ann",
            "lastName": "Lee",
            "document": "123",
            "cellPhone": "+5521999",
            "isPJ": False,
            "customerCode": "C-1001",
            "contacts": [{**person, "contactId": "c1", "document": "123", "documentType": "CPF"}],
            "invoiceSubject": {**person, "invoiceSubjectId": "i1"},
            "availableAddresses": [
                {
                    "addressName": "home",
                    "addressType": "residential",
                    "postalCode": "20200-000",
                    "city": "Rio",
                    "country": "BRA",
                    "street": "Rua A",
                    "number": "99",
                    "complement": "apt 3",
                    "receiverName": "Ann Lee",
                }
            ],
        },
    )
    hidden = {"email": "a**@e******.c**", "firstName": "A**", "lastName": "L**", "phone": "+5******"}
    assert shop.get(f"/prospects/{prospect['id']}")["document"] == {
        "email": "a**@e******.c**",
        "firstName": "A**",
        "lastName": "L**",
        "document": "1**",
        "cellPhone": "+5******",
        "isPJ": False,
        "customerCode": "C-1001",
        "contacts": [{**hidden, "contactId": "c1", "document": "1**", "documentType": "CPF"}],
        "invoiceSubject": {**hidden, "invoiceSubjectId": "i1"},
        "availableAddresses": [
            {
                "addressName": "home",
                "addressType": "residential",
                "postalCode": "2****-0**",
                "city": "R**",
                "country": "BRA",
                "street": "R** A",
                "number": "9*",
                "complement": "a** 3",
                "receiverName": "A** L**",
            }
        ],
    }
