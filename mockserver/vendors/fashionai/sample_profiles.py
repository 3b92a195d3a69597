"""Profiles as Fashion.AI might have written them: in Portuguese, about the person whom they belong to."""

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
class Subject:
    """Whom a profile is about, and what was drawn for it first."""

    person: Person
    form: words.Form
    style: words.Style
    occasions: Sequence[words.Occasion]
    interest: words.Occasion
    is_new: bool

    def wear(self, occasion: words.Occasion) -> words.Wear:
        return occasion.wear.get(self.person.gender, occasion.wear["other"])

    def fitted(self, text: str) -> str:
        """The text with its endings in this person's gender."""
        return text.format(o=self.form.o, a=self.form.a, genero=self.form.genero)


def profile(person: Person, seed: int) -> dict[str, Any]:
    """The person's profile, always the same for a seed. (FAI-TEXT-1)"""
    draw = random.Random(f"{seed}/{person.number}/fashionai")
    subject = draw_subject(draw, person)
    return {
        "perfil_cliente": {
            "descricao_geral": description(draw, subject),
            "estilo_geral": f"{subject.style.name}, {subject.style.palette}, {subject.style.cut}",
        },
        "ocasioes_relevantes": [occasion_entry(draw, subject, occasion) for occasion in subject.occasions],
        "briefing_marketing": {
            "tom_de_voz": draw_some(draw, subject.style.tones),
            "direcao_visual": draw_some(draw, subject.style.visuals),
            "orientacao_campanhas": draw_some(draw, subject.style.campaigns),
        },
        "ganchos_conteudo": [subject.fitted(hook) for hook in draw_some(draw, subject.style.hooks)],
        "momento_compra_atual": current_moment(draw, subject),
    }


def draw_subject(draw: random.Random, person: Person) -> Subject:
    """Style, occasions, and what the person looks for now: an occasion that is new to the profile, or a known one."""
    *occasions, other = draw.sample(words.OCCASIONS, draw.randint(3, 5))
    is_new = draw.random() < NEW_BEHAVIOUR
    return Subject(
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
    """In years, on the day on which the profile was written."""
    born = date.fromisoformat(person.birth_date)
    return WRITTEN.year - born.year - ((WRITTEN.month, WRITTEN.day) < (born.month, born.day))


def description(draw: random.Random, subject: Subject) -> str:
    decade = age(subject.person) // 10 * 10
    years = f"{max(decade, ADULT)}-{decade + 10} anos"
    field, interest = draw.choice(words.FIELDS), draw.choice(words.INTERESTS)
    city = f" em {subject.person.addresses[0].city}" if subject.person.addresses else ""
    return (
        f"{subject.form.noun} de {years}, {occupation(subject, field)}{city}, gosta de {interest} e valoriza "
        f"{draw.choice(subject.style.values)}"
    )


def occupation(subject: Subject, field: str) -> str:
    years = age(subject.person)
    if years < STUDENT_UNTIL:
        return f"estudante de {field}"
    if years >= RETIRED_FROM:
        return subject.fitted(f"aposentad{{o}} da área de {field}")
    return f"à frente de um negócio de {field}" if subject.person.is_business else f"profissional de {field}"


def occasion_entry(draw: random.Random, subject: Subject, occasion: words.Occasion) -> dict[str, Any]:
    wear = subject.wear(occasion)
    return {
        "ocasião": occasion.name,
        "persona_na_ocasião": f"{subject.form.noun} {subject.fitted(draw.choice(occasion.personas))}",
        "sugestao_look": [coloured(draw, subject, wear.mains), draw.choice(wear.seconds), draw.choice(wear.shoes)],
    }


def coloured(draw: random.Random, subject: Subject, garments: Sequence[str]) -> str:
    return f"{draw.choice(garments)} em {draw.choice(subject.style.colours)}"


def current_moment(draw: random.Random, subject: Subject) -> dict[str, Any]:
    wear = subject.wear(subject.interest)
    seen = [coloured(draw, subject, (*wear.mains, *wear.seconds)) for _ in range(draw.randint(1, 4))]
    summaries = words.NEW_SUMMARY if subject.is_new else words.KNOWN_SUMMARY
    relations = words.NEW_RELATION if subject.is_new else words.KNOWN_RELATION
    facts = {"bundle": subject.interest.bundle, "seen": seen[-1], "other": draw.choice(wear.shoes).lower()}
    return {
        "navegacoes": visits(draw, seen),
        "resumo_momento": draw.choice(summaries).format(moment=subject.interest.moment),
        "relacao_com_historico": draw.choice(relations).format(moment=subject.interest.moment),
        "novo_comportamento": subject.is_new,
        "oportunidades": [
            offer.format(moment=subject.interest.moment, **facts)
            for offer in draw.sample(words.OFFERS, draw.randint(2, 3))
        ],
    }


def visits(draw: random.Random, seen: Iterable[str]) -> list[str]:
    """One visit for each garment, the oldest first, in the weeks before the profile was written."""
    garments = list(seen)
    ages = sorted((draw.randint(1, VISITED_DAYS) for _ in garments), reverse=True)
    days = (WRITTEN - timedelta(days=days) for days in ages)
    return [f"{day:%d/%m}: {draw.choice(words.VISITS)} {garment}" for day, garment in zip(days, garments, strict=True)]
