"""The sandbox itself: all rules, authentication, validation and journal on."""

from __future__ import annotations

import httpx

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load, module

VTEX = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
NEWSTORE = {"Authorization": "Bearer sandbox-newstore"}
PROFILES = "/api/storage/profile-system/profiles"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"


def loads(url: str) -> dict[str, Load]:
    """One seeded shopper to read, and new ones to create."""
    profile = httpx.get(f"{url}/_sandbox/v1/documents/vtex/profiles?count=1").json()["documents"][0]
    newstore = httpx.get(f"{url}{NEWSTORE_PROFILES}?count=1", headers=NEWSTORE).json()["profiles"][0]
    return {
        "GET masked by email": Load(f"{PROFILES}/{profile['document']['email']}?alternativeKey=email", VTEX),
        "GET by id": Load(f"{NEWSTORE_PROFILES}/{newstore['id']}", NEWSTORE),
        "POST profile": Load(PROFILES, {**VTEX, **JSON}, JOHN),
        "POST small profile": Load(NEWSTORE_PROFILES, {**NEWSTORE, **JSON}, ANNA),
    }


def served(*options: str) -> list[str]:
    return module("pii_sandbox", "serve", *options)


MEMORY = Contender("sandbox", lambda port, folder: served("--port", str(port)), loads, ready="/_sandbox/v1/health")
DATA = Contender(
    "sandbox --data",
    lambda port, folder: served("--port", str(port), "--data", str(folder / "data")),
    loads,
    ready="/_sandbox/v1/health",
)
DURABLE = Contender(
    "sandbox --durable",
    lambda port, folder: served("--port", str(port), "--data", str(folder / "data"), "--durable"),
    loads,
    ready="/_sandbox/v1/health",
)
CHECKED = Contender(
    "sandbox --validate-responses",
    lambda port, folder: served("--port", str(port), "--validate-responses"),
    loads,
    ready="/_sandbox/v1/health",
)
