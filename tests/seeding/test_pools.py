"""The pools that people are drawn from: a file, so that a seed gives the same people whatever Faker there is."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import fields

import faker
import pytest

from pii_sandbox.mockserver.seeding import LOCALES, drawing, people
from pii_sandbox.mockserver.seeding.name_pools import Pool, load_pool_file, pools
from pii_sandbox.mockserver.seeding.people import _pool

DIGEST = "c740d86130e23c224d0106560431a8d9fd3cb3358847ac626d4f2cc65cad9da6"  # of the first 300 of seed 1
WITHOUT_FAKER = """
import hashlib, sys
sys.modules["faker"] = None  # an import of it raises
from pii_sandbox.mockserver.seeding import LOCALES, people
for locale in (None, *LOCALES):
    people(7, 30, locale)
print(hashlib.sha256(repr(people(1, 300)).encode()).hexdigest())
"""


def test_the_people_of_a_seed_are_those_that_they_have_always_been() -> None:
    assert hashlib.sha256(repr(people(1, 300)).encode()).hexdigest() == DIGEST
    first = people(1, 1)[0]
    assert (first.full_name, first.email, first.phone) == (
        "Sara da Rocha",
        "sara.darocha1@example.com",
        "+5585902635982",
    )


def test_the_known_locales_need_no_faker() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_FAKER], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.strip() == DIGEST


def test_the_file_holds_every_locale_and_nothing_empty() -> None:
    assert tuple(pools()) == LOCALES
    assert [pool for pool in pools().values() for field in fields(Pool) if not getattr(pool, field.name)] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_script_still_draws_a_pool_of_each_locale(locale: str) -> None:
    drawn, kept = drawing.faker_pool(locale), pools()[locale]
    if load_pool_file()["faker"] == faker.VERSION:
        assert drawn == kept
    for field in fields(Pool):
        few, many = sorted((len(getattr(drawn, field.name)), len(getattr(kept, field.name))))
        assert few > many / 2, f"{field.name} has {few} where it had {many}, or the other way round"


def test_what_the_script_writes_is_read_as_it_was() -> None:
    written = json.loads("\n".join(drawing.pool_file_lines(pools())))
    assert written["pools"] == load_pool_file()["pools"]
    assert written["faker"] == faker.VERSION


def test_a_locale_that_the_file_lacks_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["pii_sandbox.mockserver.seeding.people"], "pools", dict)
    assert _pool.__wrapped__("it_IT") == drawing.faker_pool("it_IT")
