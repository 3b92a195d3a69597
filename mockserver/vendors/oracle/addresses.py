"""A person's addresses and company, in the forms that Oracle Commerce has for them."""

from __future__ import annotations

from typing import Any

from pii_sandbox.mockserver.seeding.people import Address, Person

FIRST_ORGANIZATION = 500_000
TYPE_IDS = {"Billing": "ss-10002", "Shipping": "ss-10001"}
ALIASES = ("Home", "Work", "Family")


def address_entry(person: Person, address: Address, use: str) -> dict[str, Any]:
    """The address with the person who lives or works there; the neighbourhood is the third line."""
    index = person.addresses.index(address)
    found: dict[str, Any] = {
        "repositoryId": f"se-{person.number:06}{index}",
        "externalAddressId": f"EXT_ADDR_{person.number}_{index + 1}",
        "types": [{"displayName": use, "repositoryId": TYPE_IDS[use], "id": TYPE_IDS[use]}],
        "firstName": person.first_name,
        "lastName": person.last_name,
        "address1": f"{address.street}, {address.number}",
        "address2": address.complement,
        "address3": address.neighborhood,
        "city": address.city,
        "county": None,
        "state": address.state,
        "postalCode": address.postal_code,
        "country": address.country_code,
        "phoneNumber": person.phone,
    }
    return {**found, "companyName": person.company} if person.company else found


def shipping(person: Person) -> list[dict[str, Any]]:
    """Every address of the person, the first being where goods go by default."""
    return [
        {
            **address_entry(person, address, "Shipping"),
            "alias": ALIASES[index % len(ALIASES)],
            "isDefaultAddress": index == 0,
            "selectedCountry": address.country_code,
            "selectedState": address.state,
            "state_ISOCode": f"{address.country_code}-{address.state}",
        }
        for index, address in enumerate(person.addresses)
    ]


def default_shipping(shipping_addresses: list[dict[str, Any]]) -> dict[str, Any]:
    """The first of them, in the older form, which knows less of it."""
    newer = ("isDefaultAddress", "selectedCountry", "selectedState", "state_ISOCode")
    return {name: value for name, value in shipping_addresses[0].items() if name not in newer}


def organization(person: Person) -> dict[str, Any]:
    """The company that a buyer buys for."""
    organization_id = str(FIRST_ORGANIZATION + person.number)
    return {
        "id": organization_id,
        "repositoryId": organization_id,
        "externalOrganizationId": f"EXT_ORG_{person.number}",
        "name": _company(person),
        "description": f"Account of {_company(person)}",
        "active": True,
        "billingAddress": {},
        "shippingAddress": {},
        "secondaryAddresses": [address_entry(person, address, "Billing") for address in person.addresses],
    }


def contacts(person: Person) -> dict[str, Any]:
    """The addresses at which a buyer is reached for billing and for shipping."""
    job = {"jobTitle": "Purchasing", "companyName": _company(person)}
    billing = {**address_entry(person, person.addresses[0], "Billing"), **job, "email": person.email}
    return {
        "contactBillingAddress": billing,
        "contactShippingAddress": {**address_entry(person, person.addresses[-1], "Shipping"), **job},
        "secondaryAddresses": {**address_entry(person, person.addresses[-1], "Billing"), **job, "email": person.email},
    }


def _company(person: Person) -> str:
    return person.company or f"{person.last_name} & Co."
