"""Generates test people deterministically from a seed, independent of their number and order."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from datetime import date

from pii_sandbox.mockserver.seeding import cpf, phones
from pii_sandbox.mockserver.seeding.countries import COUNTRIES, FIRST_LOCALE, LOCALES, Country
from pii_sandbox.mockserver.seeding.name_pools import Name, Pool, pools

_OTHERS = tuple(locale for locale in LOCALES if locale != FIRST_LOCALE)
_ROUND = 3 * len(_OTHERS)  # after so many people the locales repeat
_DOMAINS = ("example.com", "mail.example.com", "shop.example.com", "people.test")  # reserved by RFC 2606
_GENDERS, _GENDER_WEIGHTS = ("female", "male", "other"), (49, 49, 2)
_FIRST_BIRTH, _LAST_BIRTH = date(1940, 1, 1).toordinal(), date(2005, 12, 31).toordinal()
_DOCUMENTS = 10**8
_STRIDE = 38_196_601  # coprime to the above: consecutive documents look unrelated, and all are different


@dataclass(frozen=True, slots=True)
class Address:
    """`country_code` is ISO 3166-1 alpha-2; `state` is the ISO 3166-2 code without the country's."""

    postal_code: str
    street: str
    number: str
    complement: str | None
    neighborhood: str
    city: str
    state: str
    country_code: str
    country_name: str


@dataclass(frozen=True, slots=True)
class Person:
    """One shopper, known to all vendors.

    `email`, `phone` (E.164) and `document` (digits; a valid CPF if `document_type` is CPF, otherwise the type is ID)
    are unique. `number`: from 1. `gender`: female, male or other. `company`: None unless `is_business`.
    """

    number: int
    locale: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    phone: str
    document: str
    document_type: str
    birth_date: str
    gender: str
    language: str
    company: str | None
    is_business: bool
    addresses: tuple[Address, ...]


def people(seed: int, shoppers: int, locale: str | None = None, offset: int = 0) -> list[Person]:
    """Return the people numbered from `offset` + 1 to `shoppers`.

    Without `locale` two thirds are Brazilian, the others of all other locales in turn. The n-th person depends only on
    `seed`, `locale` and n. Raises ValueError for an unknown locale, and for more people than telephone numbers (at
    least 50,000 in one locale, 900,000 in all).
    """
    check_people(shoppers, locale)
    series = random.Random(f"{seed}/series").randrange(10**9)
    return [_person(seed, number, locale, series) for number in range(offset + 1, shoppers + 1)]


def check_people(shoppers: int, locale: str | None) -> None:
    """Raise ValueError for an unknown locale, and for more people than telephone numbers."""
    if locale is not None and locale not in LOCALES:
        raise ValueError(f"no people of locale {locale!r}; there are {', '.join(LOCALES)}")
    most = phones.capacity(locale) if locale else min(map(phones.capacity, _OTHERS)) * _ROUND
    if shoppers > most:
        raise ValueError(f"at most {most} people, not {shoppers}")


def _locale_and_index(number: int) -> tuple[str, int]:
    """Return the locale of a person, and a number that is unique among the people of that locale.

    Every third person is of another locale than the first, in turn.
    """
    if number % 3 != 2:
        return FIRST_LOCALE, number
    return _OTHERS[number // 3 % len(_OTHERS)], number // _ROUND


def _person(seed: int, number: int, only_locale: str | None, series: int) -> Person:
    locale, index = (only_locale, number) if only_locale else _locale_and_index(number)
    country, pool, rng = COUNTRIES[locale], _pool(locale), random.Random(f"{seed}/{number}/{locale}")
    gender = rng.choices(_GENDERS, _GENDER_WEIGHTS)[0]
    first, last = _first_name(pool, gender, rng), _last_name(pool, country, rng)
    is_business = rng.random() < 0.15
    return Person(
        number=number,
        locale=locale,
        first_name=first.text,
        last_name=last.text,
        full_name=f"{last.text} {first.text}" if country.family_name_first else f"{first.text} {last.text}",
        email=f"{first.ascii}.{last.ascii}{number}@{rng.choice(_DOMAINS)}",
        phone=phones.phone(locale, index, series),
        document=_document(country, (series + number * _STRIDE) % _DOCUMENTS),
        document_type="CPF" if locale == "pt_BR" else "ID",
        birth_date=date.fromordinal(rng.randint(_FIRST_BIRTH, _LAST_BIRTH)).isoformat(),
        gender=gender,
        language=country.language,
        company=rng.choice(pool.companies) if is_business else None,
        is_business=is_business,
        addresses=tuple(_address(country, pool, rng) for _ in range(rng.choice((1, 1, 2)))),
    )


@functools.cache
def _pool(locale: str) -> Pool:
    """Return the stored pool of a locale; for others a pool of Faker, which differs between versions of Faker."""
    stored = pools().get(locale)
    if stored is not None:
        return stored
    from pii_sandbox.mockserver.seeding.drawing import faker_pool  # noqa: PLC0415 — also a script, run by `python -m`

    return faker_pool(locale)


def _first_name(pool: Pool, gender: str, rng: random.Random) -> Name:
    names = {"female": pool.female, "male": pool.male}.get(gender) or rng.choice((pool.female, pool.male))
    return rng.choice(names)


def _last_name(pool: Pool, country: Country, rng: random.Random) -> Name:
    last = rng.choice(pool.last)
    if country.two_surnames and rng.random() < 0.5:
        return Name(f"{last.text} {rng.choice(pool.last).text}", last.ascii)
    return last


def _document(country: Country, number: int) -> str:
    return cpf.cpf(number) if country.code == "BR" else f"{country.document_prefix}{number:08d}"


def _address(country: Country, pool: Pool, rng: random.Random) -> Address:
    city = rng.choice(country.cities)
    complement = rng.choice(country.complements) if rng.random() < 0.4 else None
    return Address(
        postal_code="".join(
            str(rng.randrange(10)) if character == "#" else character for character in city.postal_code
        ),
        street=rng.choice(pool.streets),
        number=str(rng.randint(1, country.last_house)),
        complement=complement and complement.format(n=rng.randint(1, 120)),
        neighborhood=rng.choice(pool.neighborhoods),
        city=city.name,
        state=city.state,
        country_code=country.code,
        country_name=country.name,
    )
