"""Sample profiles of Oracle Commerce with every property of the printed example: shoppers and business buyers."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.vendors.oracle import addresses, wallet

FIRST_ID = 110_000  # ids look like those of the printed example
UNKNOWN = (
    "catalog",
    "derivedPriceListGroup",
    "derivedSalePriceList",
    "derivedShippingSurchargePriceList",
    "priceListGroup",
    "shippingSurchargePriceList",
    "userType",
)
# remarks of a service agent, in Portuguese and in English
NOTES = (
    ("Prefere ser contatado pela manhã", "Prefers to be called in the morning"),
    ("Pediu nota fiscal em nome da empresa", "Asked for invoices in the company's name"),
    ("Troca sem custo oferecida como cortesia", "Was offered a free exchange as a courtesy"),
    ("Interesse em lançamentos de inverno", "Interested in new winter arrivals"),
)


def profile(person: Person, draw: Random, year: int) -> dict[str, Any]:
    """Return the stored profile of a person; `year` is the current one."""
    profile_id = str(FIRST_ID + person.number)
    return {
        **dict.fromkeys(UNKNOWN),
        "id": profile_id,
        "repositoryId": profile_id,
        **_identity(person),
        **_history(draw),
        **_consents(draw),
        "taxExempt": False,
        "active": "true",
        "creditCards": wallet.cards(person, draw, year),
        "loyaltyPrograms": wallet.loyalty_programs(person, draw),
        "dynamicProperties": _dynamic_properties(draw),
        **_remarks(person, draw),
        **(_buyer(person, draw) if person.is_business else _shopper(person)),
    }


def preview(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return the preview copy of a profile, as after the next publication. (OCC-PREV-1)"""
    unpublished = {"repositoryId": "previewCatalog"}
    return {**profile, "catalog": unpublished, "priceListGroup": {"repositoryId": "previewPriceGroup"}}


def _identity(person: Person) -> dict[str, Any]:
    return {
        "login": person.email,
        "customerContactId": f"CRMID_{FIRST_ID + person.number}",
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "daytimeTelephoneNumber": person.phone,
        "dateOfBirth": person.birth_date,
        "gender": person.gender,
        "locale": person.locale,
    }


def _history(draw: Random) -> dict[str, Any]:
    """Draw the dates of a profile's history, each in a different year, so that they are in order."""
    bought = draw.random() < 0.8
    return {
        "firstVisitDate": wallet.sample_instant(draw, 2019),
        "registrationDate": wallet.sample_instant(draw, 2020),
        "firstPurchaseDate": wallet.sample_instant(draw, 2021) if bought else None,
        "lastPurchaseDate": wallet.sample_instant(draw, 2022) if bought else None,
        "previousVisitDate": wallet.sample_instant(draw, 2023),
        "lastVisitDate": wallet.sample_instant(draw, 2024),
        "hasIncompleteOrder": draw.random() < 0.2,
        "isAnonymous": False,
    }


def _consents(draw: Random) -> dict[str, Any]:
    emails, personalization = draw.random() < 0.5, draw.random() < 0.5
    return {
        "receiveEmail": "yes" if emails else "no",
        "receiveEmailDate": wallet.sample_instant(draw, 2021) if emails else None,
        "GDPRProfileP13nConsentGranted": personalization,
        "GDPRProfileP13nConsentDate": wallet.sample_instant(draw, 2021) if personalization else None,
    }


def _dynamic_properties(draw: Random) -> list[dict[str, Any]]:
    return [
        {"id": "x_preferredContact", "type": "enumerated", "value": draw.choice(["email", "phone", "none"])},
        {"id": "x_sizeAdvice", "type": "boolean", "value": draw.choice(["true", "false"])},
        {"id": "x_shoeSize", "type": "float", "value": f"{draw.randint(68, 92) / 2}"},
    ]


def _remarks(person: Person, draw: Random) -> dict[str, Any]:
    """Return remarks for one person in three, in Portuguese for those who speak it, with translations. (OCC-LANG-1)"""
    if person.number % 3:
        return {"comments": [], "profileComments": [], "translations": {}}
    portuguese, english = draw.choice(NOTES)
    at = wallet.sample_instant(draw, 2023)
    speaks_portuguese = person.language == "pt"
    own, other = (portuguese, english) if speaks_portuguese else (english, portuguese)
    note_id = str(FIRST_ID + person.number)
    return {
        "comments": [_note(note_id, own, at)],
        "profileComments": [{"repositoryId": note_id, "comment": own, "creationDate": at}],
        "translations": {"en" if speaks_portuguese else "pt": {"comments": [_note(note_id, other, at)]}},
    }


def _note(id: str, text: str, at: str) -> dict[str, Any]:
    note = {"id": id, "item-id": id, "agent": "service", "owner": "service", "version": 1}
    return {**note, "comment": text, "creationDate": at}


def _global_roles(person: Person) -> list[dict[str, Any]]:
    """Return a global role, tied to no organization, for one person in four. (OCC-EXPAND-1)"""
    if person.number % 4:
        return []
    return [{"function": "buyer", "repositoryId": "100090", "name": "Marketplace Buyer", "type": "globalRole"}]


def _shopper(person: Person) -> dict[str, Any]:
    shipping = addresses.shipping(person)
    return {
        "profileType": "b2c_user",
        "roles": _global_roles(person),
        "secondaryOrganizations": [],
        "billingAddress": addresses.address_entry(person, person.addresses[0], "Billing"),
        "shippingAddress": addresses.default_shipping(shipping),
        "shippingAddresses": shipping,
    }


def _buyer(person: Person, draw: Random) -> dict[str, Any]:
    organization = addresses.organization(person)
    exempt = {"taxExempt": True, "taxExemptionCode": "EX-" + organization["id"]} if draw.random() < 0.25 else {}
    function, name = draw.choice([("buyer", "Buyer"), ("admin", "Administrator")])
    role = {
        "function": function,
        "relativeTo": {"id": organization["id"]},
        "repositoryId": "100006" if function == "buyer" else "100005",
        "name": name,
        "type": "organizationalRole",
    }
    return {
        "profileType": "b2b_user",
        "roles": [role, *_global_roles(person)],
        "parentOrganization": organization,
        "currentOrganization": {"id": organization["id"]},
        "secondaryOrganizations": [],
        "catalog": {"repositoryId": "cloudCatalog"},
        "priceListGroup": {"repositoryId": "defaultPriceGroup"},
        "approvalRequired": draw.random() < 0.5,
        "orderPriceLimit": float(draw.randrange(1_000, 20_000, 500)),
        **exempt,
        **({"derivedTaxExemptionCode": exempt["taxExemptionCode"]} if exempt else {}),
        **addresses.contacts(person),
        "billingAddress": {},
        "shippingAddress": {},
        "shippingAddresses": [],
    }
