from __future__ import annotations

import re

import pytest

from pii_sandbox.mockserver.seeding import phones
from pii_sandbox.mockserver.seeding.countries import LOCALES

SHAPES = {
    "pt_BR": r"\+55[1-9][1-9]90\d{7}",
    "en_US": r"\+1[2-9][0-8]\d55501\d\d",
    "es_MX": r"\+52(55|33|81)0\d{7}",
    "de_DE": r"\+49[2-9]\d{10}",
    "fr_FR": r"\+33[1-6]\d{8}",
    "it_IT": r"\+393\d{9}",
    "ja_JP": r"\+81[89]00\d{7}",
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("number", [0, 1, 2, 49_999])
@pytest.mark.parametrize("offset", [0, 1, 999_999_999])
def test_a_number_is_in_e_164_and_as_long_as_its_country_has_them(locale: str, number: int, offset: int) -> None:
    phone = phones.phone(locale, number, offset)
    assert re.fullmatch(SHAPES[locale], phone, re.ASCII)
    assert re.fullmatch(r"\+[1-9]\d{1,14}", phone, re.ASCII)


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR"])
def test_up_to_the_capacity_all_numbers_differ(locale: str) -> None:
    capacity = phones.capacity(locale)
    assert len({phones.phone(locale, number, 7) for number in range(capacity)}) == capacity


@pytest.mark.parametrize("locale", LOCALES)
def test_each_offset_has_a_series_of_its_own(locale: str) -> None:
    assert phones.phone(locale, 1, 0) != phones.phone(locale, 1, 1)
