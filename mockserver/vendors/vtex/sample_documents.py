"""Sample VTEX documents of a generated person, without the ids and times of their records."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from pii_sandbox.mockserver.seeding import cpf
from pii_sandbox.mockserver.seeding.people import Address, Person

# payment system, its name, first digits and last four of a card: test numbers, which no bank gives out
CARDS = (("2", "Visa", "41111111", "1111"), ("4", "Mastercard", "55555555", "4444"))
GOODS = (("Rain jacket", 38990), ("Cotton shirt", 8990), ("Running shoes", 45990), ("Wool socks", 2990))


def profile(person: Person) -> dict[str, Any]:
    document: dict[str, Any] = {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "document": person.document,
        "documentType": person.document_type,
        "birthDate": person.birth_date,
        "gender": person.gender,
        "cellPhone": person.phone,
        "customerCode": f"C{person.number:06d}",
        "tags": ["business"] if person.is_business else [],
    }
    if person.company is not None:
        document |= {"corporateName": person.company, "fancyName": person.company, "businessPhone": person.phone}
    return document


def address(person: Person, home: Address, name: str) -> dict[str, Any]:
    return {
        "addressName": name,
        "addressType": _address_type(person),
        "postalCode": home.postal_code,
        "countryName": home.country_name,
        "countryCode": home.country_code,
        "administrativeAreaLevel1": home.state,
        "locality": home.city,
        "localityAreaLevel1": home.neighborhood,
        "route": home.street,
        "streetNumber": home.number,
        "complement": home.complement,
        "receiverName": person.full_name,
    }


def _address_type(person: Person) -> str:
    return "commercial" if person.is_business else "residential"


def purchase_info(
    person: Person, draw: random.Random, address_id: str, orders: Sequence[dict[str, Any]], user_id: str, year: int
) -> dict[str, Any]:
    """`orders` oldest first; `year` is the sandbox's, so that cards have expired or not."""
    system, name, bin_, last = draw.choice(CARDS)
    expires = year + draw.randint(-1, 6)
    account = {
        "accountId": f"{draw.getrandbits(128):032X}",
        "paymentSystem": system,
        "paymentSystemName": name,
        "cardNumber": f"{'*' * 12}{last}",
        "bin": bin_,
        "availableAddresses": [address_id],
        "expirationDate": f"{draw.randint(1, 12):02d}/{expires}",
        "isExpired": expires < year,
        "accountStatus": None,
    }
    return {
        "paymentData": payments(account),
        "clientPreferences": {
            "userId": user_id,
            "localeDefault": person.locale.replace("_", "-"),
            "isNewsletterOptIn": draw.random() < 0.4,
        },
        "isToSavePersonalData": True,
        "lastUserPurchases": [
            {
                "creationDate": order["creationDate"],
                "orderId": order["orderId"],
                "orderGroup": order["orderId"].partition("-")[0],
                "value": order["value"],
            }
            for order in orders[-2:]
        ],
        "lastPurchasesAddressId": address_id,
    }


def payments(*accounts: dict[str, Any]) -> dict[str, Any]:
    return {
        "availableAccounts": list(accounts),
        "availableTokens": [],
        "transactions": None,
        "giftCards": [],
        "giftCardMessages": [],
        "numberOfPaymentErrors": 0,
        "numberOfDeniedTransactions": 0,
        "lastDeniedTransaction": None,
    }


def order(person: Person, order_id: str, status: str, value: int, created: str) -> dict[str, Any]:
    """Return an order; `value` is in cents."""
    home = person.addresses[0]
    return {
        "orderId": order_id,
        "status": status,
        "value": value,
        "creationDate": created,
        "clientProfileData": {
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "document": person.document,
            "documentType": person.document_type,
            "phone": person.phone,
        },
        "shippingData": {
            "address": {
                "addressType": _address_type(person),
                "receiverName": person.full_name,
                "postalCode": home.postal_code,
                "street": home.street,
                "number": home.number,
                "complement": home.complement,
                "neighborhood": home.neighborhood,
                "city": home.city,
                "state": home.state,
                "country": home.country_code,
            }
        },
    }


def cart(person: Person, draw: random.Random) -> dict[str, Any]:
    goods = draw.sample(GOODS, draw.randint(1, 2))
    return {
        "email": person.email,
        "items": [{"name": name, "quantity": draw.randint(1, 3), "price": price} for name, price in goods],
    }


def prospect(person: Person, first_name: str, draw: random.Random, user_id: str) -> dict[str, Any]:
    """Return a prospect: a relative of the person, without a profile, with other email, document, phone and address."""
    home = person.addresses[-1]
    email = f"guest.{person.number}@people.test"
    phone = f"{person.phone[:-4]}{draw.randrange(10_000):04d}"
    document = cpf.cpf(draw.randrange(10**8)) if person.document_type == "CPF" else f"{draw.randrange(10**9):09d}"
    known = {"email": email, "firstName": first_name, "lastName": person.last_name}
    return {
        **known,
        "document": document,
        "documentType": person.document_type,
        "cellPhone": phone,
        "isPJ": False,
        "customerCode": f"G{person.number:06d}",
        "availableAddresses": [
            {
                "disposable": False,
                "userId": user_id,
                "addressName": "home",
                "addressType": "residential",
                "postalCode": home.postal_code,
                "city": home.city,
                "country": home.country_code,
                "street": home.street,
                "number": str(draw.randint(1, 2000)),
                "complement": "",
                "receiverName": f"{first_name} {person.last_name}",
                "geoCoordinate": [],
            }
        ],
        "contacts": [
            {"contactId": "0", **known, "phone": phone, "document": document, "documentType": person.document_type}
        ],
        "invoiceSubject": {"invoiceSubjectId": "0", **known, "phone": phone},
        "paymentData": payments(),
    }
