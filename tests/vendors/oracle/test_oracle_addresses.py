"""Addresses of seeded people at Oracle: which is the default, in which form, and whose company stands in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pii_sandbox.mockserver.seeding import Person, people
from pii_sandbox.mockserver.vendors.oracle import addresses


@pytest.fixture
def person() -> Person:
    """Somebody with four addresses in four streets, and no company."""
    (person,) = people(1, 1)
    streets = ("First St", "Second St", "Third St", "Fourth St")
    moved = tuple(replace(person.addresses[0], street=street) for street in streets)
    return replace(person, addresses=moved, company=None, last_name="Reis")


def test_the_first_of_numbered_addresses_is_the_default(person: Person) -> None:
    found = addresses.shipping(person)
    assert [address["isDefaultAddress"] for address in found] == [True, False, False, False]
    assert [address["alias"] for address in found] == ["Home", "Work", "Family", "Home"]
    assert [address["externalAddressId"] for address in found] == [f"EXT_ADDR_1_{number}" for number in (1, 2, 3, 4)]
    assert len({address["repositoryId"] for address in found}) == 4


def test_the_older_form_of_the_default_address_has_fewer_properties(person: Person) -> None:
    found = addresses.shipping(person)
    older = addresses.default_shipping(found)
    newer = {"isDefaultAddress", "selectedCountry", "selectedState", "state_ISOCode"}
    assert older == {name: value for name, value in found[0].items() if name not in newer}
    assert older.keys() == found[0].keys() - newer


def test_a_company_stands_in_an_address_where_there_is_one(person: Person) -> None:
    assert "companyName" not in addresses.address_entry(person, person.addresses[0], "Billing")
    buyer = replace(person, company="Reis SA")
    assert addresses.address_entry(buyer, buyer.addresses[0], "Billing")["companyName"] == "Reis SA"


@pytest.mark.parametrize(("company", "name"), [("Reis SA", "Reis SA"), (None, "Reis & Co.")])
def test_an_organization_is_active_and_has_all_addresses(person: Person, company: str | None, name: str) -> None:
    found = addresses.organization(replace(person, company=company))
    assert (found["id"], found["repositoryId"], found["active"]) == ("500001", "500001", True)
    assert (found["name"], found["description"]) == (name, f"Account of {name}")
    assert len(found["secondaryAddresses"]) == 4


def test_bills_go_to_the_first_address_and_goods_to_the_last(person: Person) -> None:
    found = addresses.contacts(person)
    first, last = (f"{person.addresses[at].street}, {person.addresses[at].number}" for at in (0, -1))
    assert found["contactBillingAddress"]["address1"] == first
    assert found["contactShippingAddress"]["address1"] == found["secondaryAddresses"]["address1"] == last
