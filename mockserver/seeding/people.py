"""Invented people, the same ones for a seed, whatever else is asked for."""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from datetime import date

from pii_sandbox.mockserver.seeding import cpf, phones
from pii_sandbox.mockserver.seeding.countries import COUNTRIES, FIRST_LOCALE, LOCALES, Country
from pii_sandbox.mockserver.seeding.name_pools import Name, Pool, pools

_OTHERS = tuple(locale for locale in LOCALES if locale != FIRST_LOCALE)
_ROUND = 3 * len(_OTHERS)  # after so many people the locales begin anew
_DOMAINS = ("example.com", "mail.example.com", "shop.example.com", "people.test")  # reserved by RFC 2606
_GENDERS, _GENDER_WEIGHTS = ("female", "male", "other"), (49, 49, 2)
_FIRST_BIRTH, _LAST_BIRTH = date(1940, 1, 1).toordinal(), date(2005, 12, 31).toordinal()
_DOCUMENTS = 10**8
_STRIDE = 38_196_601  # shares no divisor with the above: documents of people in a row look unrelated and all differ


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
    """One shopper as all vendors know them.

    `email`, `phone` (E.164) and `document` (digits; a valid CPF where `document_type` is CPF, else it is ID) are theirs
    alone. `number` counts from 1. `gender` is female, male or other. A business has a `company`, nobody else has.
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
    """That many people, the first `offset` left out; without `locale` two thirds are Brazilian and the others of all
    other locales.

    The n-th person depends on `seed`, `locale` and n alone. Raises ValueError for an unknown locale, and for more than
    there are telephone numbers (50,000 in one locale at least, 900,000 in all together).
    """
    if locale is not None and locale not in COUNTRIES:
        raise ValueError(f"no people of locale {locale!r}; there are {', '.join(LOCALES)}")
    most = phones.capacity(locale) if locale else min(map(phones.capacity, _OTHERS)) * _ROUND
    if shoppers > most:
        raise ValueError(f"at most {most} people, not {shoppers}")
    series = random.Random(f"{seed}/series").randrange(10**9)
    return [_person(seed, number, locale, series) for number in range(offset + 1, shoppers + 1)]


def _locale_and_place(number: int) -> tuple[str, int]:
    """The locale of a person among all locales, and a number that no other person of that locale has.

    Every third person is of another locale than the first, each of the others in turn.
    """
    if number % 3 != 2:
        return FIRST_LOCALE, number
    return _OTHERS[number // 3 % len(_OTHERS)], number // _ROUND


def _person(seed: int, number: int, asked: str | None, series: int) -> Person:
    locale, place = (asked, number) if asked else _locale_and_place(number)
    country, supply, draw = COUNTRIES[locale], _supply(locale), random.Random(f"{seed}/{number}/{locale}")
    gender = draw.choices(_GENDERS, _GENDER_WEIGHTS)[0]
    first, last = _first_name(supply, gender, draw), _last_name(supply, country, draw)
    is_business = draw.random() < 0.15
    return Person(
        number=number,
        locale=locale,
        first_name=first.text,
        last_name=last.text,
        full_name=f"{last.text} {first.text}" if country.family_name_first else f"{first.text} {last.text}",
        email=f"{first.ascii}.{last.ascii}{number}@{draw.choice(_DOMAINS)}",
        phone=phones.phone(locale, place, series),
        document=_document(country, (series + number * _STRIDE) % _DOCUMENTS),
        document_type="CPF" if locale == "pt_BR" else "ID",
        birth_date=date.fromordinal(draw.randint(_FIRST_BIRTH, _LAST_BIRTH)).isoformat(),
        gender=gender,
        language=country.language,
        company=draw.choice(supply.companies) if is_business else None,
        is_business=is_business,
        addresses=tuple(_address(country, supply, draw) for _ in range(draw.choice((1, 1, 2)))),
    )


@functools.cache
def _supply(locale: str) -> Pool:
    """The pool of the file; where that lacks the locale, drawn from Faker, and other in another version of it."""
    known = pools().get(locale)
    if known is not None:
        return known
    from pii_sandbox.mockserver.seeding.drawing import drawn_pool  # noqa: PLC0415 — a script besides: `python -m` runs it alone

    return drawn_pool(locale)


def _first_name(supply: Pool, gender: str, draw: random.Random) -> Name:
    names = {"female": supply.female, "male": supply.male}.get(gender) or draw.choice((supply.female, supply.male))
    return draw.choice(names)


def _last_name(supply: Pool, country: Country, draw: random.Random) -> Name:
    last = draw.choice(supply.last)
    if country.two_surnames and draw.random() < 0.5:
        return Name(f"{last.text} {draw.choice(supply.last).text}", last.ascii)
    return last


def _document(country: Country, number: int) -> str:
    return cpf.cpf(number) if country.code == "BR" else f"{country.document_prefix}{number:08d}"


def _address(country: Country, supply: Pool, draw: random.Random) -> Address:
    city = draw.choice(country.cities)
    complement = draw.choice(country.complements) if draw.random() < 0.4 else None
    return Address(
        postal_code="".join(str(draw.randrange(10)) if sign == "#" else sign for sign in city.postal_code),
        street=draw.choice(supply.streets),
        number=str(draw.randint(1, country.last_house)),
        complement=complement and complement.format(n=draw.randint(1, 120)),
        neighborhood=draw.choice(supply.neighborhoods),
        city=city.name,
        state=city.state,
        country_code=country.code,
        country_name=country.name,
    )
