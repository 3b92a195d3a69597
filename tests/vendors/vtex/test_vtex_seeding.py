"""The people that a new sandbox knows at VTEX."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.seeding import Person, cpf, people
from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.vendors.vtex import seeding
from tests.control_client import ControlClient
from tests.vendors.vtex.conftest import Shop

NAMES = ("profiles", "addresses", "prospects", "purchase-info", "orders", "carts", "users")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
Found = dict[str, dict[str, dict[str, Any]]]


def _seed(population: list[Person], seed: int = 7) -> Found:
    sandbox = Sandbox("seeded", Store())
    seeding.seed(population, sandbox, seed)
    return {name: {record.id: record.value for record in sandbox.store.page(f"vtex/{name}").records} for name in NAMES}


@pytest.fixture(scope="module")
def population() -> list[Person]:
    return people(7, 400)


@pytest.fixture(scope="module")
def seeded_documents(population: list[Person]) -> Found:
    return _seed(population)


def test_each_person_has_a_profile_with_one_or_two_addresses(population: list[Person], seeded_documents: Found) -> None:
    profiles = seeded_documents["profiles"]
    emails = [profile["document"]["email"] for profile in profiles.values()]
    assert emails == [person.email for person in population]
    held = Counter(address["document"]["profileId"] for address in seeded_documents["addresses"].values())
    assert set(held) == set(profiles)
    assert set(held.values()) == {1, 2}


def test_ids_are_uuids_and_follow_from_the_seed(population: list[Person], seeded_documents: Found) -> None:
    for name in ("profiles", "addresses", "prospects", "purchase-info", "users"):
        assert all(map(UUID.fullmatch, seeded_documents[name]))
    again, other = _seed(population), _seed(population, seed=8)
    assert {name: list(records) for name, records in again.items()} == {
        name: list(seeded_documents[name]) for name in NAMES
    }
    assert not set(seeded_documents["profiles"]) & set(other["profiles"])


def test_a_third_has_purchase_information_about_its_own_orders(seeded_documents: Found) -> None:
    infos = seeded_documents["purchase-info"]
    assert len(seeded_documents["profiles"]) / 4 < len(infos) < len(seeded_documents["profiles"]) / 2.2
    for profile_id, info in infos.items():
        email = seeded_documents["profiles"][profile_id]["document"]["email"]
        for purchase in info["document"]["lastUserPurchases"]:
            assert seeded_documents["orders"][purchase["orderId"]]["clientProfileData"]["email"] == email
        (account,) = info["document"]["paymentData"]["availableAccounts"]
        assert re.fullmatch(r"\*{12}\d{4}", account["cardNumber"])
        assert seeded_documents["addresses"][account["availableAddresses"][0]]["document"]["profileId"] == profile_id


def test_orders_are_in_all_statuses_none_to_three_a_person(population: list[Person], seeded_documents: Found) -> None:
    orders = seeded_documents["orders"].values()
    assert {order["status"] for order in orders} == set(seeding.STATUSES)
    held = Counter(order["clientProfileData"]["email"] for order in orders)
    assert {held[person.email] for person in population} == {0, 1, 2, 3}
    assert [order["orderId"] for order in orders] == list(seeded_documents["orders"])


def test_prospects_are_people_of_their_own(population: list[Person], seeded_documents: Found) -> None:
    prospects = [prospect["document"] for prospect in seeded_documents["prospects"].values()]
    assert 20 < len(prospects) < 90
    emails = {prospect["email"] for prospect in prospects}
    assert len(emails) == len(prospects)
    assert not emails & {person.email for person in population}
    assert all(email.endswith(".test") for email in emails)
    documents = [prospect["document"] for prospect in prospects if prospect["documentType"] == "CPF"]
    assert documents
    assert all(map(cpf.is_valid, documents))


def test_most_have_a_user_and_some_a_cart(population: list[Person], seeded_documents: Found) -> None:
    emails = {person.email for person in population}
    users, carts = ({owned["email"] for owned in seeded_documents[name].values()} for name in ("users", "carts"))
    assert users < emails
    assert carts < emails
    assert len(users) > 0.75 * len(population)
    assert 0.1 * len(population) < len(carts) < 0.3 * len(population)


def test_nothing_was_written_after_now(population: list[Person]) -> None:
    sandbox = Sandbox("early", Store())
    now = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    sandbox.clock.set(now)
    seeding.seed(population[:50], sandbox, 7)
    for name in NAMES[:4]:
        for record in sandbox.store.page(f"vtex/{name}").records:
            assert datetime.fromisoformat(record.value["meta"]["creationDate"]) < sandbox.now()


def test_seeding_no_people_stores_nothing() -> None:
    assert not any(_seed([]).values())


@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_seeded_people_can_be_read_in_both_dialects(shop: Shop, control: ControlClient, dialect: str) -> None:
    """The answers are held against the document on their way."""
    control.dialect(dialect)
    profiles = control.documents("vtex", "profiles")
    assert profiles
    for profile in profiles:
        path = f"/profiles/{profile['id']}"
        shop.get(path)
        shop.get(f"{path}/versions/{profile['meta']['version']}")
        for address in shop.get_unmasked(f"{path}/addresses/unmask"):
            shop.get(f"{path}/addresses/{address['id']}/versions/{address['meta']['version']}", reason="check")
    for info in control.documents("vtex", "purchase-info"):
        shop.get_unmasked(f"/profiles/{info['id']}/purchase-info/unmask")
    shop.get("/prospects")


def test_a_seeded_person_can_be_erased(shop: Shop, control: ControlClient) -> None:
    email = control.documents("vtex", "profiles")[0]["document"]["email"]
    response = shop.http.post(
        "/api/user-rights/createAndProcessDeleteUserData", json={"email": email}, headers=shop.headers
    )
    assert response.status_code == 200
    shop.get(f"/profiles/{email}", 404, alternativeKey="email")
