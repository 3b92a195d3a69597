"""What people of a locale are put together from: names, streets and companies, drawn from Faker once."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from mockserver.seeding.places import COUNTRIES

_PROVIDERS = ["faker.providers.person", "faker.providers.address", "faker.providers.company"]
_DRAWS = 600  # more than most locales have names to draw from
_UNDECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name, and how it is written in an email address."""

    text: str
    ascii: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A locale's supply. The same in every process: only who gets what depends on a seed."""

    female: tuple[Name, ...]
    male: tuple[Name, ...]
    last: tuple[Name, ...]
    streets: tuple[str, ...]
    neighborhoods: tuple[str, ...]
    companies: tuple[str, ...]


@functools.cache
def pool(locale: str) -> Pool:
    """The pool of a locale that `places` knows."""
    from faker import Faker  # noqa: PLC0415 — a quarter of a second, and only those who seed need it

    fake = Faker(locale, providers=_PROVIDERS, use_weighting=False)
    fake.seed_instance(0)
    if locale == "ja_JP":
        towns = _drawn(fake.town)
        return Pool(
            female=_romanised(fake.first_name_female_pair),
            male=_romanised(fake.first_name_male_pair),
            last=_romanised(fake.last_name_pair),
            streets=tuple(f"{town}{block}丁目" for town in towns for block in range(1, 5)),
            neighborhoods=towns,
            companies=_drawn(fake.company),
        )
    return Pool(
        female=_spelt(fake.first_name_female),
        male=_spelt(fake.first_name_male),
        last=_spelt(fake.last_name),
        streets=_drawn(fake.street_name),
        neighborhoods=COUNTRIES[locale].neighborhoods or _drawn(fake.bairro),
        companies=_drawn(fake.company),
    )


def in_ascii(text: str) -> str:
    """The letters and digits of a text in lower case without accents: `Conceição` → `conceicao`."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED)).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, plain)).lower()


def _drawn(draw: Callable[[], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(draw() for _ in range(_DRAWS)))


def _spelt(draw: Callable[[], str]) -> tuple[Name, ...]:
    return tuple(Name(text, in_ascii(text)) for text in _drawn(draw))


def _romanised(draw: Callable[[], tuple[str, str, str]]) -> tuple[Name, ...]:
    """`draw` gives a name in kanji, in kana and in Latin letters."""
    pairs = dict.fromkeys(draw() for _ in range(_DRAWS))
    return tuple(Name(kanji, in_ascii(latin)) for kanji, _, latin in pairs)
