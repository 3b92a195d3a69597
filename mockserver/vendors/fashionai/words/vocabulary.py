"""The word lists that generated profiles are combined from. Data alone; `generated` says how.

Portuguese agrees in gender, so texts leave their endings open: `{o}` is "o" after "Homem", "a" after "Mulher" and
"Pessoa", `{a}` is nothing or "a"; `{genero}` names the department of the shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, ...]


def words(text: str) -> Words:
    return tuple(text.split("; "))


@dataclass(frozen=True, slots=True)
class Form:
    """How a person is spoken of."""

    noun: str
    o: str
    a: str
    genero: str


@dataclass(frozen=True, slots=True)
class Style:
    """A taste, and how a campaign speaks to it. `oldest`: the age in years up to which it is likely."""

    name: str
    palette: str
    cut: str
    colours: Words
    values: Words
    tones: Words
    visuals: Words
    campaigns: Words
    hooks: Words
    oldest: int = 120


@dataclass(frozen=True, slots=True)
class Wear:
    """What one look for an occasion is made of: one of each. `seconds` is what goes with the main piece."""

    mains: Words
    seconds: Words
    shoes: Words


@dataclass(frozen=True, slots=True)
class Occasion:
    """`moment` stands after "para". `wear` is by gender."""

    name: str
    moment: str
    bundle: str
    personas: Words
    wear: Mapping[str, Wear]


FORMS: Mapping[str, Form] = {
    "female": Form("Mulher", "a", "a", "feminino"),
    "male": Form("Homem", "o", "", "masculino"),
    "other": Form("Pessoa", "a", "a", "sem gênero"),
}

FIELDS = words(
    "direito; engenharia; saúde; educação; tecnologia; design; arquitetura; finanças; comunicação; gastronomia; "
    "turismo; pesquisa; comércio; logística; audiovisual; agronomia"
)
INTERESTS = words(
    "fotografia; corrida de rua; cinema; vinhos; jardinagem; música ao vivo; viagens curtas; leitura; trilhas; "
    "culinária; exposições; ciclismo; ioga; surfe; séries; cafés especiais"
)
VISITS = words("visualizou; favoritou; adicionou ao carrinho; voltou a ver; consultou o tamanho de")
NEW_SUMMARY = words("Explorando peças para {moment}; Primeiras buscas para {moment}; Testando opções para {moment}")
NEW_RELATION = words("Expande o perfil para {moment}; Foge do histórico e abre espaço para {moment}")
KNOWN_SUMMARY = words("Renovando peças para {moment}; Completando o guarda-roupa para {moment}")
KNOWN_RELATION = words(
    "Confirma o histórico de compras para {moment}; Dá sequência às compras anteriores para {moment}"
)
OFFERS = words(
    "Curadoria de looks para {moment}; Bundle {bundle}; Frete grátis na próxima compra; "
    "Consultoria de estilo por vídeo; Combinar com {other}; Aviso de reposição: {seen}; "
    "Acesso antecipado à nova coleção; Prova em loja com hora marcada"
)
