from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from pii_sandbox.mockserver.seeding import LOCALES, Person, cpf, people

RESERVED = re.compile(r"[a-z]+\.[a-z]+\d+@((mail|shop)\.)?example\.com|[a-z]+\.[a-z]+\d+@people\.test", re.ASCII)
COUNTRIES = {"BR", "US", "MX", "DE", "FR", "IT", "JP"}
POSTAL_CODES = {
    "BR": r"\d{5}-\d{3}",
    "US": r"\d{5}",
    "MX": r"\d{5}",
    "DE": r"\d{5}",
    "FR": r"\d{5}",
    "IT": r"\d{5}",
    "JP": r"\d{3}-\d{4}",
}


@pytest.fixture(scope="module")
def population() -> list[Person]:
    return people(7, 12_000)


def test_a_seed_gives_the_same_people_every_time() -> None:
    assert people(7, 40) == people(7, 40)


def test_another_seed_gives_other_people() -> None:
    mine, theirs = people(7, 40), people(8, 40)
    assert all(
        one.phone != other.phone and one.document != other.document for one, other in zip(mine, theirs, strict=True)
    )
    assert [one.full_name for one in mine] != [other.full_name for other in theirs]


@pytest.mark.parametrize("shoppers", [0, 1, 17, 50])
def test_a_person_does_not_depend_on_the_number_of_people(population: list[Person], shoppers: int) -> None:
    assert people(7, shoppers) == population[:shoppers]


def test_people_are_numbered_from_one(population: list[Person]) -> None:
    assert [person.number for person in population] == list(range(1, 12_001))


@pytest.mark.parametrize("locale", [None, *LOCALES])
def test_emails_phones_and_documents_are_each_ones_own(locale: str | None) -> None:
    many = people(7, 12_000, locale)
    assert len({person.email for person in many}) == len(many)
    assert len({person.phone for person in many}) == len(many)
    assert len({person.document for person in many}) == len(many)


def test_emails_are_plain_ascii_at_reserved_domains(population: list[Person]) -> None:
    assert [person.email for person in population if not RESERVED.fullmatch(person.email)] == []


def test_phones_are_in_e_164(population: list[Person]) -> None:
    assert [person.phone for person in population if not re.fullmatch(r"\+[1-9]\d{9,13}", person.phone, re.ASCII)] == []


def test_brazilians_have_a_valid_cpf_and_others_another_document(population: list[Person]) -> None:
    for person in population:
        assert person.document_type == ("CPF" if person.locale == "pt_BR" else "ID")
        assert cpf.is_valid(person.document) == (person.document_type == "CPF")
        assert re.fullmatch(r"\d{9,13}", person.document, re.ASCII)


def test_addresses_are_those_of_the_country(population: list[Person]) -> None:
    for person in population:
        assert len(person.addresses) in {1, 2}
        for address in person.addresses:
            assert address.country_code == person.locale[-2:]
            assert re.fullmatch(POSTAL_CODES[address.country_code], address.postal_code, re.ASCII)
            assert re.fullmatch(r"[A-Z]{2,3}|\d\d", address.state, re.ASCII)
            assert all((address.street, address.number, address.neighborhood, address.city, address.country_name))
            assert "{" not in (address.complement or "")


def test_the_fields_of_a_person_are_consistent(population: list[Person]) -> None:
    for person in population:
        assert date(1940, 1, 1) <= date.fromisoformat(person.birth_date) <= date(2005, 12, 31)
        assert person.gender in {"female", "male", "other"}
        assert person.language == person.locale[:2]
        assert {person.first_name, person.last_name} <= {*_joined_names(person)}
        assert person.is_business == (person.company is not None)


def _joined_names(person: Person) -> tuple[str, ...]:
    """The two parts of the full name, whichever stands first."""
    first, last = person.first_name, person.last_name
    return (first, last) if person.full_name in {f"{first} {last}", f"{last} {first}"} else ()


def test_people_come_from_all_countries_most_of_them_from_brazil(population: list[Person]) -> None:
    countries = Counter(person.addresses[0].country_code for person in population)
    assert countries.keys() == COUNTRIES
    assert countries["BR"] == 8_000
    assert {person.locale for person in population[:18]} == set(LOCALES)
    assert population[0].locale == "pt_BR"


def test_people_are_of_many_kinds(population: list[Person]) -> None:
    assert len({person.full_name for person in population}) > 6_000
    assert len({address.street for person in population for address in person.addresses}) > 2_000
    assert {person.gender for person in population[:500]} == {"female", "male", "other"}
    assert {person.is_business for person in population[:50]} == {True, False}
    assert {len(person.addresses) for person in population[:50]} == {1, 2}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_gives_people_of_that_locale_alone(locale: str) -> None:
    assert {person.locale for person in people(7, 30, locale)} == {locale}


@pytest.mark.parametrize("locale", ["xx_XX", "pt", "", "PT_BR"])
def test_an_unknown_locale_is_refused_and_the_known_ones_are_listed(locale: str) -> None:
    with pytest.raises(ValueError, match=r"pt_BR, en_US"):
        people(7, 1, locale)


@pytest.mark.parametrize(("locale", "most"), [("de_DE", 50_000), ("fr_FR", 60_000), (None, 900_000)])
def test_more_people_than_there_are_phones_are_refused(locale: str | None, most: int) -> None:
    with pytest.raises(ValueError, match=f"at most {most} people"):
        people(7, most + 1, locale)
