"""Unmodified Connexion."""

from __future__ import annotations

import httpx

from bench.contenders.contender import JOHN, JSON, Contender, Load, module
from bench.contenders.sandbox import VTEX
from bench.servers.samples import SARA


def _loads(url: str) -> dict[str, Load]:
    first = httpx.post(f"{url}/api/profiles", headers=VTEX, json=SARA).json()["id"]
    return {
        "GET masked by email": Load("/api/profiles/sara@example.com?alternativeKey=email", VTEX),
        "GET by id": Load(f"/api/profiles/{first}", VTEX),
        "POST profile": Load("/api/profiles", {**VTEX, **JSON}, JOHN),
    }


CONNEXION = Contender(
    "connexion", lambda port, folder: module("bench.servers.connexion_stock", str(port)), _loads, ready="/api/nothing"
)
