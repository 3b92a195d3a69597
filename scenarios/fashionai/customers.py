"""Shared by Fashion.AI's scenarios: the four keys and their reads, the customer of the vendor's example, errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.conformance.api_client import ApiClient, ApiResponse
from pii_sandbox.conformance.values.scenario import holds


@dataclass(frozen=True)
class AlternativeKey:
    """One of the four keys. `name`: its name in the target's data; `nobody`: a value that no customer has."""

    name: str
    operation_id: str
    parameter: str
    nobody: str

    def read(self, api: ApiClient, value: str, **how: Any) -> ApiResponse:
        """Read a profile by this key; `how` is passed to the call."""
        where: dict[str, Any] = {self.parameter: value}
        return api.call(self.operation_id, **where, **how)


USER_PROFILE_ID = AlternativeKey("user_profile_id", "getProfileByUserProfileId", "userProfileId", "nobody-0-nobody")
PHONE = AlternativeKey("phone", "getProfileByPhone", "phone", "5500000000000")
EMAIL = AlternativeKey("email", "getProfileByEmail", "email", "nobody@unknown.example.com")
DOCUMENT = AlternativeKey("document", "getProfileByDocument", "document", "00000000000")
KEYS = (USER_PROFILE_ID, PHONE, EMAIL, DOCUMENT)

# as the vendor prints it
PRINTED_KEYS: Mapping[str, str] = {
    "user_profile_id": "ddsd23223",
    "phone": "5511999998888",
    "email": "customer@example.com",
    "document": "12345678900",
}
PRINTED_PROFILE: Mapping[str, Any] = {
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
}


def known_profile(api: ApiClient) -> Any:
    """Return the response body for the customer that may be read."""
    return USER_PROFILE_ID.read(api, api.test_datum(USER_PROFILE_ID.name), expect=200).json


def tells_error(response: ApiResponse, message: str | None = None, error: str | None = None) -> None:
    """Check that the body is the vendor's error, with this message and error if they are given."""
    body = response.json
    holds(body.get("statusCode") == response.status, f"statusCode {response.status}", f"{body.get('statusCode')!r}")
    for name, expected in (("message", message), ("error", error)):
        text = f"the {name} {expected!r}" if expected else f"a text as {name}"
        seen = body.get(name)
        holds(seen == expected if expected else isinstance(seen, str) and seen, text, "something else")
