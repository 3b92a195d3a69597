"""Sample profiles in the style of Fashion.AI: texts in Portuguese about a generated person."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pii_sandbox.mockserver.seeding.people import Person
from pii_sandbox.mockserver.vendors.fashionai import words

WRITTEN = date(2025, 9, 8)  # assumed: a profile has the age of its writing, or it would change with the clock
ADULT, STUDENT_UNTIL, RETIRED_FROM = 18, 24, 65
VISITED_DAYS = 21
NEW_BEHAVIOUR = 0.4


@dataclass(frozen=True, slots=True)
class SampleCustomer:
    """The person of a profile, with the style and occasions that were drawn first."""

    person: Person
    form: words.Form
    style: words.Style
    occasions: Sequence[words.Occasion]
    interest: words.Occasion
    is_new: bool

    def wear(self, occasion: words.Occasion) -> words.Wear:
        return occasion.wear.get(self.person.gender, occasion.wear["other"])

    def fitted(self, text: str) -> str:
        """Return the text with word endings in this person's grammatical gender."""
        return text.format(o=self.form.o, a=self.form.a, genero=self.form.genero)


def profile(person: Person, seed: int) -> dict[str, Any]:
    """Return the person's profile, always the same for a seed. (FAI-TEXT-1)"""
    draw = random.Random(f"{seed}/{person.number}/fashionai")
    customer = draw_customer(draw, person)
    return {
        "perfil_cliente": {
            "descricao_geral": customer_description(draw, customer),
            "estilo_geral": f"{customer.style.name}, {customer.style.palette}, {customer.style.cut}",
        },
        "ocasioes_relevantes": [occasion_entry(draw, customer, occasion) for occasion in customer.occasions],
        "briefing_marketing": {
            "tom_de_voz": draw_some(draw, customer.style.tones),
            "direcao_visual": draw_some(draw, customer.style.visuals),
            "orientacao_campanhas": draw_some(draw, customer.style.campaigns),
        },
        "ganchos_conteudo": [customer.fitted(hook) for hook in draw_some(draw, customer.style.hooks)],
        "momento_compra_atual": current_moment(draw, customer),
    }


def draw_customer(draw: random.Random, person: Person) -> SampleCustomer:
    """Draw style, known occasions and the current occasion, which may be a new one."""
    *occasions, other = draw.sample(words.OCCASIONS, draw.randint(3, 5))
    is_new = draw.random() < NEW_BEHAVIOUR
    return SampleCustomer(
        person=person,
        form=words.FORMS.get(person.gender, words.FORMS["other"]),
        style=draw.choice([style for style in words.STYLES if age(person) <= style.oldest]),
        occasions=occasions,
        interest=other if is_new else draw.choice(occasions),
        is_new=is_new,
    )


def draw_some(draw: random.Random, choices: Sequence[str]) -> list[str]:
    return draw.sample(choices, draw.randint(2, min(4, len(choices))))


def age(person: Person) -> int:
    """Return the person's age in years on the day on which the profile was written."""
    born = date.fromisoformat(person.birth_date)
    return WRITTEN.year - born.year - ((WRITTEN.month, WRITTEN.day) < (born.month, born.day))


def customer_description(draw: random.Random, customer: SampleCustomer) -> str:
    decade = age(customer.person) // 10 * 10
    years = f"{max(decade, ADULT)}-{decade + 10} anos"
    field, interest = draw.choice(words.FIELDS), draw.choice(words.INTERESTS)
    city = f" em {customer.person.addresses[0].city}" if customer.person.addresses else ""
    return (
        f"{customer.form.noun} de {years}, {occupation(customer, field)}{city}, gosta de {interest} e valoriza "
        f"{draw.choice(customer.style.values)}"
    )


def occupation(customer: SampleCustomer, field: str) -> str:
    years = age(customer.person)
    if years < STUDENT_UNTIL:
        return f"estudante de {field}"
    if years >= RETIRED_FROM:
        return customer.fitted(f"aposentad{{o}} da área de {field}")
    return f"à frente de um negócio de {field}" if customer.person.is_business else f"profissional de {field}"


def occasion_entry(draw: random.Random, customer: SampleCustomer, occasion: words.Occasion) -> dict[str, Any]:
    wear = customer.wear(occasion)
    return {
        "ocasião": occasion.name,
        "persona_na_ocasião": f"{customer.form.noun} {customer.fitted(draw.choice(occasion.personas))}",
        "sugestao_look": [coloured(draw, customer, wear.mains), draw.choice(wear.seconds), draw.choice(wear.shoes)],
    }


def coloured(draw: random.Random, customer: SampleCustomer, garments: Sequence[str]) -> str:
    return f"{draw.choice(garments)} em {draw.choice(customer.style.colours)}"


def current_moment(draw: random.Random, customer: SampleCustomer) -> dict[str, Any]:
    wear = customer.wear(customer.interest)
    seen = [coloured(draw, customer, (*wear.mains, *wear.seconds)) for _ in range(draw.randint(1, 4))]
    summaries = words.NEW_SUMMARY if customer.is_new else words.KNOWN_SUMMARY
    relations = words.NEW_RELATION if customer.is_new else words.KNOWN_RELATION
    facts = {"bundle": customer.interest.bundle, "seen": seen[-1], "other": draw.choice(wear.shoes).lower()}
    return {
        "navegacoes": visits(draw, seen),
        "resumo_momento": draw.choice(summaries).format(moment=customer.interest.moment),
        "relacao_com_historico": draw.choice(relations).format(moment=customer.interest.moment),
        "novo_comportamento": customer.is_new,
        "oportunidades": [
            offer.format(moment=customer.interest.moment, **facts)
            for offer in draw.sample(words.OFFERS, draw.randint(2, 3))
        ],
    }


def visits(draw: random.Random, seen: Iterable[str]) -> list[str]:
    """Return one visit for each garment, oldest first, in the weeks before the profile was written."""
    garments = list(seen)
    ages = sorted((draw.randint(1, VISITED_DAYS) for _ in garments), reverse=True)
    days = (WRITTEN - timedelta(days=days) for days in ages)
    return [f"{day:%d/%m}: {draw.choice(words.VISITS)} {garment}" for day, garment in zip(days, garments, strict=True)]
