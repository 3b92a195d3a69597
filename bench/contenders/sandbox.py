"""The sandbox itself: all rules, authentication, validation and journal on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from bench.contenders.contender import ANNA, JOHN, JSON, Contender, Load, certificate, module

VTEX = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
NEWSTORE = {"Authorization": "Bearer sandbox-newstore"}
PROFILES = "/api/storage/profile-system/profiles"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"


def loads(url: str) -> dict[str, Load]:
    """One seeded shopper to read, and new ones to create."""
    profile = httpx.get(f"{url}/_sandbox/v1/documents/vtex/profiles?count=1", verify=False).json()["documents"][0]
    newstore = httpx.get(f"{url}{NEWSTORE_PROFILES}?count=1", headers=NEWSTORE, verify=False).json()["profiles"][0]
    return {
        "GET masked by email": Load(f"{PROFILES}/{profile['document']['email']}?alternativeKey=email", VTEX),
        "GET by id": Load(f"{NEWSTORE_PROFILES}/{newstore['id']}", NEWSTORE),
        "POST profile": Load(PROFILES, {**VTEX, **JSON}, JOHN),
        "POST small profile": Load(NEWSTORE_PROFILES, {**NEWSTORE, **JSON}, ANNA),
    }


def serve_command(*options: str) -> list[str]:
    return module("pii_sandbox", "serve", *options)


def contender(name: str, options: Callable[[Path], list[str]], scheme: str = "http") -> Contender:
    """The server is ready once a vendor's API returns a seeded person."""
    ports = {"http": ("--port",), "https": ("--port", "0", "--tls-port")}[scheme]
    return Contender(
        name,
        lambda port, folder: serve_command(*ports, str(port), *options(folder)),
        loads,
        ready=f"{NEWSTORE_PROFILES}?count=1",
        ready_headers=NEWSTORE,
        scheme=scheme,
    )


MEMORY = contender("sandbox", lambda folder: [])
DATA = contender("sandbox --data", lambda folder: ["--data", str(folder / "data")])
DURABLE = contender("sandbox --durable", lambda folder: ["--data", str(folder / "data"), "--durable"])
CHECKED = contender("sandbox --validate-responses", lambda folder: ["--validate-responses"])
HTTPS = contender("sandbox, HTTPS", lambda folder: ["--tls-cert", certificate(folder)], "https")
