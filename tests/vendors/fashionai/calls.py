"""Fashion.AI's reads as the tests send them, and the customer of its example, typed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from tests.credentials import FASHIONAI

BASE = "/api/v1/crm/protected/profile"
KEYS = {
    "user-profile-id": "ddsd23223",
    "phone": "5511999998888",
    "email": "customer@example.com",
    "document": "12345678900",
}
PRINTED: dict[str, Any] = {
    "userProfileId": "ddsd23223",
    "profile": {
        "perfil_cliente": {
            "descricao_geral": "Homem de 30-40 anos, profissional que valoriza qualidade e atemporalidade",
            "estilo_geral": "Casual-elegante minimalista, tons neutros, cortes regulares",
        },
        "ocasioes_relevantes": [
            {
                "ocasião": "Trabalho business casual",
                "persona_na_ocasião": "Profissional confiante e alinhado",
                "sugestao_look": ["Camisa manga longa", "Chino escura", "Sapato casual"],
            }
        ],
        "briefing_marketing": {
            "tom_de_voz": ["inspiracional", "autêntico", "sofisticado"],
            "direcao_visual": ["Paleta neutra", "Cenários urbanos", "Luz natural"],
            "orientacao_campanhas": ["Versatilidade", "Qualidade premium", "Lifestyle urbano"],
        },
        "ganchos_conteudo": ["Guarda-roupa cápsula masculino", "Básicos premium que valem o investimento"],
        "momento_compra_atual": {
            "navegacoes": ["01/09: visualizou Short Azul Claro"],
            "resumo_momento": "Explorando peças de verão e lazer",
            "relacao_com_historico": "Expande perfil para momentos de descontração",
            "novo_comportamento": True,
            "oportunidades": ["Curadoria looks verão", "Bundle viagem"],
        },
    },
}


def read(
    http: httpx.Client, key: str = "user-profile-id", value: str = "ddsd23223", headers: Mapping[str, str] = FASHIONAI
) -> httpx.Response:
    """The profile by that key; the value is percent-encoded, `@` and all."""
    return http.get(f"{BASE}/{key}/{quote(value, safe='')}", headers=dict(headers))


def rule(response: httpx.Response) -> str | None:
    named: str | None = response.headers.get("X-Sandbox-Rule")
    return named
