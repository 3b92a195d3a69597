"""FastAPI, written as in its documentation."""

from __future__ import annotations

import httpx

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load, module
from bench.contenders.sandbox import VTEX
from bench.servers.samples import SARA


def _loads(url: str) -> dict[str, Load]:
    first = httpx.post(f"{url}/profiles", headers=VTEX, json=SARA).json()["id"]
    return {
        "GET masked by email": Load("/profiles/sara@example.com?alternativeKey=email", VTEX),
        "GET by id": Load(f"/profiles/{first}", VTEX),
        "POST profile": Load("/profiles", {**VTEX, **JSON}, JOHN),
        "POST small profile": Load("/profiles", {**VTEX, **JSON}, ANNA),
    }


FASTAPI = Contender(
    "fastapi", lambda port, folder: module("bench.servers.fastapi_plain", str(port)), _loads, ready="/openapi.json"
)
