"""Sample addresses and company of a person, in Oracle Commerce's forms."""

from __future__ import annotations

from typing import Any

from pii_sandbox.mockserver.seeding.people import Address, Person

FIRST_ORGANIZATION = 500_000
TYPE_IDS = {"Billing": "ss-10002", "Shipping": "ss-10001"}
ALIASES = ("Home", "Work", "Family")


def address_entry(person: Person, address: Address, use: str) -> dict[str, Any]:
    """Return an address with the person's name; the neighbourhood is the third line."""
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
    """Return all shipping addresses of the person; the first is the default."""
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
    """Return the first shipping address in the older, shorter form."""
    newer = ("isDefaultAddress", "selectedCountry", "selectedState", "state_ISOCode")
    return {name: value for name, value in shipping_addresses[0].items() if name not in newer}


def organization(person: Person) -> dict[str, Any]:
    """Return the organization of a business buyer."""
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
    """Return a business buyer's billing and shipping contacts."""
    job = {"jobTitle": "Purchasing", "companyName": _company(person)}
    billing = {**address_entry(person, person.addresses[0], "Billing"), **job, "email": person.email}
    return {
        "contactBillingAddress": billing,
        "contactShippingAddress": {**address_entry(person, person.addresses[-1], "Shipping"), **job},
        "secondaryAddresses": {**address_entry(person, person.addresses[-1], "Billing"), **job, "email": person.email},
    }


def _company(person: Person) -> str:
    return person.company or f"{person.last_name} & Co."
