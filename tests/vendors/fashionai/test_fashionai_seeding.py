"""Who is there from the start, and what their profiles say."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.seeding import people
from pii_sandbox.mockserver.vendors.fashionai import seeding
from tests.control_client import ControlClient
from tests.vendors.fashionai.calls import KEYS, PRINTED, read


def customers(control: ControlClient) -> list[dict[str, Any]]:
    return [entry["document"] for entry in control.documents("fashionai", "customers")]


@pytest.mark.rule("FAI-SEED-1")
@pytest.mark.parametrize(("key", "value"), KEYS.items())
def test_fai_seed_1_the_printed_customer_is_there(http: httpx.Client, key: str, value: str) -> None:
    response = read(http, key, value)
    assert (response.status_code, response.json()) == (200, PRINTED)


@pytest.mark.rule("FAI-SEED-1")
@pytest.mark.parametrize("shoppers", [0, 3])
def test_fai_seed_1_the_printed_customer_is_beside_any_number_of_shoppers(
    http: httpx.Client, control: ControlClient, shoppers: int
) -> None:
    control.call("POST", "/seed", {"shoppers": shoppers, "seed": 7})
    assert read(http).json() == PRINTED
    assert len(customers(control)) == shoppers + 1


@pytest.mark.rule("FAI-SEED-1")
def test_fai_seed_1_the_printed_customer_is_at_fashion_ai_alone(control: ControlClient) -> None:
    collections = control.call("GET", "/status")["documents"]
    elsewhere = [
        entry["document"]
        for api in collections
        for collection in (collections[api] if api != "fashionai" else ())
        for entry in control.documents(api, collection)
    ]
    assert "customer@example.com" not in str(elsewhere)


@pytest.mark.rule("FAI-TEXT-1")
def test_fai_text_1_profiles_are_the_same_for_a_seed(control: ControlClient) -> None:
    control.call("POST", "/seed", {"shoppers": 4, "seed": 7})
    first = customers(control)
    control.call("POST", "/seed", {"shoppers": 8, "seed": 7})
    assert customers(control)[:5] == first
    control.call("POST", "/seed", {"shoppers": 4, "seed": 8})
    other = customers(control)
    assert other[0] == first[0]
    assert all(customer["profile"] not in [known["profile"] for known in first] for customer in other[1:])


@pytest.mark.rule("FAI-TEXT-1")
def test_fai_text_1_profiles_are_the_same_whatever_the_clock_says(control: ControlClient) -> None:
    control.call("POST", "/seed", {"shoppers": 4, "seed": 7})
    first = customers(control)
    control.advance(days=4000)
    control.call("POST", "/seed", {"shoppers": 4, "seed": 7})
    assert customers(control) == first


@pytest.mark.rule("FAI-TEXT-1")
@pytest.mark.parametrize("locale", ["pt_BR", "en_US"])
def test_fai_text_1_profiles_are_portuguese_in_every_locale(control: ControlClient, locale: str) -> None:
    control.call("POST", "/seed", {"shoppers": 20, "seed": 7, "locale": locale})
    for customer in customers(control)[1:]:
        profile = customer["profile"]
        described = profile["perfil_cliente"]["descricao_geral"]
        assert re.fullmatch(r"(Mulher|Homem|Pessoa) de \d\d-\d\d anos, .+, gosta de .+ e valoriza .+", described)
        noun = described.split()[0]
        assert all(entry["persona_na_ocasião"].startswith(noun) for entry in profile["ocasioes_relevantes"])
        assert all(re.match(r"\d\d/\d\d: \w+ ", context) for context in profile["momento_compra_atual"]["navegacoes"])
        assert not re.search(r"[{}]", str(texts(profile)))


def texts(value: Any) -> list[str]:
    """Every text in a profile."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def test_an_id_has_the_form_of_the_printed_one_and_is_free() -> None:
    (person,) = people(1, 1)
    drawn = seeding.free_id(person, 1, ())
    assert re.fullmatch("[a-z]{4}[0-9]{5}", drawn)
    another = seeding.free_id(person, 1, {drawn})
    assert re.fullmatch("[a-z]{4}[0-9]{5}", another)
    assert another != drawn
