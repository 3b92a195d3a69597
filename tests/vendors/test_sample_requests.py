"""The first call that the overview page and the start-up banner show for each API."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding import people
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors import VENDORS

WITH_PEOPLE = [vendor for vendor in VENDORS if vendor.sample_request is not None]


def sample(vendor: Vendor, shoppers: int | None) -> str | None:
    """The call in a sandbox with that many shoppers, or with nothing at all (None)."""
    sandbox = Sandbox("sample", Store(), settings=vendor.settings)
    if shoppers is not None and vendor.seed is not None:
        vendor.seed(people(1, shoppers), sandbox, 1)
    assert vendor.sample_request is not None
    return vendor.sample_request(sandbox)


@pytest.mark.parametrize("vendor", WITH_PEOPLE, ids=lambda vendor: vendor.name)
def test_a_sandbox_without_people_has_no_first_call(vendor: Vendor) -> None:
    assert sample(vendor, None) is None


@pytest.mark.parametrize("vendor", WITH_PEOPLE, ids=lambda vendor: vendor.name)
def test_the_first_call_reads_the_same_person_of_any_number(vendor: Vendor) -> None:
    first = sample(vendor, 1)
    assert first is not None
    assert sample(vendor, 4) == first


@pytest.mark.parametrize("name", ["vtex", "fashionai"])
def test_the_first_call_reads_the_first_shopper_by_what_identifies_her(name: str) -> None:
    (vendor,) = (vendor for vendor in WITH_PEOPLE if vendor.name == name)
    (person,) = people(1, 1)
    path = unquote(sample(vendor, 3) or "")
    assert (person.email if name == "vtex" else person.phone.removeprefix("+")) in path


def test_without_shoppers_fashionai_shows_the_printed_customer() -> None:
    (vendor,) = (vendor for vendor in WITH_PEOPLE if vendor.name == "fashionai")
    assert "5511999998888" in (sample(vendor, 0) or "")
