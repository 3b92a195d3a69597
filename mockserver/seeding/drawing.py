"""Draws what people are put together from out of Faker: names, streets and companies of a locale.

What is drawn depends on Faker's version. So the known locales are drawn once, by this module as a script, and kept in
`pools.json`; to draw them anew changes the people of every seed:

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
_DRAWS = 600  # more than most locales have names to draw from
_UNDECOMPOSED = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe"})


def drawn_pool(locale: str) -> Pool:
    """The pool of a locale that `places` knows, as the installed version of Faker draws it."""
    from faker import Faker  # noqa: PLC0415 — a quarter of a second, and what is kept in the file needs none of it

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


def pool_file(pools: Mapping[str, Pool]) -> Iterator[str]:
    """The lines of `pools.json`: the version of Faker, then by locale each list on a line of its own."""
    from faker import VERSION  # noqa: PLC0415

    yield f'{{"faker": {json.dumps(VERSION)}, "pools": {{'
    for place, (locale, pool) in enumerate(pools.items()):
        yield f'{"," if place else ""}"{locale}": {{'
        lists = [f'"{name}": {json.dumps(values, ensure_ascii=False)}' for name, values in _lists(pool)]
        yield ",\n".join(lists)
        yield "}"
    yield "}}"


def _lists(pool: Pool) -> Iterator[tuple[str, list[str] | list[list[str]]]]:
    for name, values in asdict(pool).items():
        yield name, [list(value.values()) if isinstance(value, dict) else value for value in values]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join(pool_file({locale: drawn_pool(locale) for locale in LOCALES})))
