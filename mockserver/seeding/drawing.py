"""Generates name pools from Faker: names, streets and companies of a locale.

They depend on the version of Faker. Those of the known locales are therefore stored in `pools.json`, which this module
writes when it is run as a script. A new file changes the people of every seed:

    python -m pii_sandbox.mockserver.seeding.drawing > mockserver/seeding/pools.json
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict

from pii_sandbox.mockserver.seeding.countries import COUNTRIES, LOCALES
from pii_sandbox.mockserver.seeding.name_pools import Name, Pool

_PROVIDERS = ["faker.providers.person", "faker.providers.address", "faker.providers.company"]
_DRAWS = 600  # more than most locales have names
_UNDECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe"})


def faker_pool(locale: str) -> Pool:
    """Return a pool of a locale of `countries`, from the installed version of Faker."""
    from faker import Faker  # noqa: PLC0415 — takes 0.25 s, and is not needed for stored pools

    fake = Faker(locale, providers=_PROVIDERS, use_weighting=False)
    fake.seed_instance(0)
    if locale == "ja_JP":
        towns = _unique(fake.town)
        return Pool(
            female=_romanized_names(fake.first_name_female_pair),
            male=_romanized_names(fake.first_name_male_pair),
            last=_romanized_names(fake.last_name_pair),
            streets=tuple(f"{town}{block}丁目" for town in towns for block in range(1, 5)),
            neighborhoods=towns,
            companies=_unique(fake.company),
        )
    return Pool(
        female=_names(fake.first_name_female),
        male=_names(fake.first_name_male),
        last=_names(fake.last_name),
        streets=_unique(fake.street_name),
        neighborhoods=COUNTRIES[locale].neighborhoods or _unique(fake.bairro),
        companies=_unique(fake.company),
    )


def in_ascii(text: str) -> str:
    """Return the letters and digits of a text in lower case without accents: `Conceição` → `conceicao`."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNDECOMPOSED)).encode("ascii", "ignore").decode()
    return "".join(filter(str.isalnum, plain)).lower()


def _unique(draw: Callable[[], str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(draw() for _ in range(_DRAWS)))


def _names(draw: Callable[[], str]) -> tuple[Name, ...]:
    return tuple(Name(text, in_ascii(text)) for text in _unique(draw))


def _romanized_names(draw: Callable[[], tuple[str, str, str]]) -> tuple[Name, ...]:
    """Return names; `draw` returns one in kanji, in kana and in Latin letters."""
    pairs = dict.fromkeys(draw() for _ in range(_DRAWS))
    return tuple(Name(kanji, in_ascii(latin)) for kanji, _, latin in pairs)


def pool_file_lines(pools: Mapping[str, Pool]) -> Iterator[str]:
    """Yield the lines of `pools.json`: the version of Faker, then the lists of each locale, one per line."""
    from faker import VERSION  # noqa: PLC0415

    yield f'{{"faker": {json.dumps(VERSION)}, "pools": {{'
    for index, (locale, pool) in enumerate(pools.items()):
        yield f'{"," if index else ""}"{locale}": {{'
        lists = [f'"{name}": {json.dumps(values, ensure_ascii=False)}' for name, values in _lists(pool)]
        yield ",\n".join(lists)
        yield "}"
    yield "}}"


def _lists(pool: Pool) -> Iterator[tuple[str, list[str] | list[list[str]]]]:
    for name, values in asdict(pool).items():
        yield name, [list(value.values()) if isinstance(value, dict) else value for value in values]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join(pool_file_lines({locale: faker_pool(locale) for locale in LOCALES})))
