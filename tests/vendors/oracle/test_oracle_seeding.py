"""The profiles that are there from the start."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.schemas import compile_validator, validation_errors
from pii_sandbox.mockserver.seeding import Person, people
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.oracle import profiles as reads
from pii_sandbox.mockserver.vendors.oracle import seeding
from pii_sandbox.mockserver.vendors.oracle.collections import PREVIEW_PROFILES, PROFILES
from tests.credentials import ORACLE
from tests.vendors.oracle.test_oracle_document import answer_schema, undocumented_places

YEAR = 2025
TEST_NUMBERS = {"4111111111111111", "4012888888881881", "5555555555554444", "378282246310005", "6011111111111117"}


@pytest.fixture(scope="module")
def shoppers() -> list[Person]:
    return people(1, 120)


@pytest.fixture(scope="module")
def profiles(shoppers: list[Person]) -> list[dict[str, Any]]:
    return [seeding.record_of(person, 1, YEAR).value for person in shoppers]


def test_every_seeded_profile_fits_the_document(profiles: list[dict[str, Any]]) -> None:
    schema = answer_schema("guide")
    validator = compile_validator(schema)
    standing = {"hasIncompleteOrder", "isAnonymous", "profileComments"}
    for profile in profiles:
        assert validation_errors(validator, profile) == {}
        assert {place.removeprefix(".") for place in undocumented_places(schema, profile)} <= standing


def test_a_profile_is_the_person(shoppers: list[Person], profiles: list[dict[str, Any]]) -> None:
    for person, profile in zip(shoppers, profiles, strict=True):
        assert profile["id"] == str(110_000 + person.number)
        assert (profile["firstName"], profile["lastName"]) == (person.first_name, person.last_name)
        assert (profile["email"], profile["daytimeTelephoneNumber"]) == (person.email, person.phone)
        assert (profile["dateOfBirth"], profile["gender"]) == (person.birth_date, person.gender)
        assert (profile["profileType"] == "b2b_user") is person.is_business


def test_there_is_something_of_everything(profiles: list[dict[str, Any]]) -> None:
    kinds = [role["type"] for profile in profiles for role in profile["roles"]]
    assert {"organizationalRole", "globalRole"} == set(kinds)
    for name in ("creditCards", "loyaltyPrograms", "comments", "translations", "profileComments"):
        assert 0 < sum(bool(profile[name]) for profile in profiles) < len(profiles)
    for profile in profiles:
        business = profile["profileType"] == "b2b_user"
        assert ("parentOrganization" in profile) is ("contactBillingAddress" in profile) is business
        assert bool(profile["shippingAddresses"]) is not business


def test_cards_are_masked_test_cards_and_still_good(profiles: list[dict[str, Any]]) -> None:
    cards = [card for profile in profiles for card in profile["creditCards"]]
    masked = {"x" * (len(number) - 4) + number[-4:] for number in TEST_NUMBERS}
    assert {card["creditCardNumber"] for card in cards} == masked
    assert all(_luhn(number) for number in TEST_NUMBERS)
    assert all(YEAR < int(card["expirationYear"]) <= YEAR + 5 for card in cards)
    assert all(1 <= int(card["expirationMonth"]) <= 12 for card in cards)
    assert len({card["id"] for card in cards}) == len(cards)


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_seeding_is_the_same_for_a_seed_and_another_for_another(shoppers: list[Person]) -> None:
    def seeded(seed: int) -> list[Record]:
        return [seeding.record_of(person, seed, YEAR) for person in shoppers]

    assert seeded(1) == seeded(1)
    assert seeded(1) != seeded(2)


def test_a_few_have_a_preview_copy_that_differs(shoppers: list[Person]) -> None:
    sandbox = Sandbox("seeding", Store())
    seeding.seed(shoppers, sandbox, 1)
    previews = sandbox.store.page(PREVIEW_PROFILES).records
    assert (sandbox.store.count(PROFILES), len(previews)) == (120, 12)
    for copy in previews:
        live = sandbox.store.find(PROFILES, copy.id)
        assert live is not None
        assert live.value != copy.value
        assert live.value["email"] == copy.value["email"]


def test_the_first_call_shows_a_seeded_person(shoppers: list[Person], http: httpx.Client) -> None:
    sandbox = Sandbox("seeding", Store())
    assert reads.sample_request(sandbox) is None
    seeding.seed(shoppers, sandbox, 1)
    path = reads.sample_request(sandbox)
    assert path is not None
    response = http.get(path, headers=ORACLE)
    assert (response.status_code, response.json()["email"]) == (200, shoppers[0].email)
