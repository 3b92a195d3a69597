"""What generated profiles say of the person whom they belong to."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from pii_sandbox import specs
from pii_sandbox.mockserver.seeding.people import Person, people
from pii_sandbox.mockserver.vendors.fashionai import sample_profiles, seeding, words

NOUNS = {"female": "Mulher", "male": "Homem", "other": "Pessoa"}
PEOPLE = people(seed=3, shoppers=200)


def description_of(person: Person) -> str:
    response_data: dict[str, Any] = sample_profiles.profile(person, seed=3)
    described: str = response_data["perfil_cliente"]["descricao_geral"]
    return described


def test_a_profile_speaks_of_the_persons_gender_age_and_city() -> None:
    for person in PEOPLE:
        described = description_of(person)
        noun, _, span, *_ = described.split()
        low, high = map(int, span.split("-"))
        assert noun == NOUNS[person.gender]
        assert low <= sample_profiles.age(person) <= high
        assert person.addresses[0].city in described


def test_a_moment_is_new_where_its_occasion_is_not_among_the_known_ones() -> None:
    moments = {occasion.moment: occasion.name for occasion in words.OCCASIONS}
    for person in PEOPLE:
        profile = sample_profiles.profile(person, seed=3)
        moment = profile["momento_compra_atual"]
        about = next(name for text, name in moments.items() if moment["resumo_momento"].endswith(f"para {text}"))
        known = [entry["ocasião"] for entry in profile["ocasioes_relevantes"]]
        assert moment["novo_comportamento"] == (about not in known)
        assert moment["relacao_com_historico"].endswith(moment["resumo_momento"].partition(" para ")[2])


@pytest.mark.rule("FAI-TEXT-1")
def test_fai_text_1_a_profile_depends_on_seed_and_person_alone() -> None:
    for person in PEOPLE[:20]:
        assert sample_profiles.profile(person, seed=3) == sample_profiles.profile(person, seed=3)
        assert sample_profiles.profile(person, seed=3) != sample_profiles.profile(person, seed=4)


def test_profiles_differ_and_fit_the_document() -> None:
    components = specs.load("fashionai_profiling")["components"]
    schema = jsonschema_rs.Draft4Validator({"$ref": "#/components/schemas/Customer", "components": components})
    customers = list(seeding.customers(PEOPLE, seed=3))
    assert all(schema.is_valid(customer) for customer in customers)
    assert len({customer["userProfileId"] for customer in customers}) == len(customers)
    assert len({str(customer["profile"]) for customer in customers}) == len(customers)


@pytest.mark.parametrize("gender", NOUNS)
def test_looks_are_of_the_persons_gender(gender: str) -> None:
    of_gender = [person for person in PEOPLE if person.gender == gender]
    worn = {
        occasion.name: {*occasion.wear[gender].mains, *occasion.wear[gender].seconds, *occasion.wear[gender].shoes}
        for occasion in words.OCCASIONS
    }
    for person in of_gender:
        for entry in sample_profiles.profile(person, seed=3)["ocasioes_relevantes"]:
            assert all(garment.partition(" em ")[0] in worn[entry["ocasião"]] for garment in entry["sugestao_look"])
