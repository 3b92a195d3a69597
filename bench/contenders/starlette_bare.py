"""Starlette alone, with the same validation and masking."""

from __future__ import annotations

import httpx

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load, certificate, module
from bench.contenders.sandbox import NEWSTORE, VTEX


def _loads(url: str) -> dict[str, Load]:
    first = httpx.get(f"{url}/first", verify=False).text
    return {
        "GET masked by email": Load("/profiles/sara@example.com?alternativeKey=email", VTEX),
        "GET by id": Load(f"/newstore/{first}", NEWSTORE),
        "POST profile": Load("/profiles", {**VTEX, **JSON}, JOHN),
        "POST small profile": Load("/newstore", {**NEWSTORE, **JSON}, ANNA),
    }


STARLETTE = Contender(
    "starlette", lambda port, folder: module("bench.servers.starlette_bare", str(port)), _loads, ready="/first"
)
HTTPS = Contender(
    "starlette, HTTPS",
    lambda port, folder: module("bench.servers.starlette_bare", str(port), certificate(folder)),
    _loads,
    ready="/first",
    scheme="https",
)
