"""Which browser calls are let through."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.sandbox import Sandbox, texts

SETTING = "fashionai.cors_origins"
SETTINGS = {SETTING: texts()}


def preflight(origin: str, sandbox: Sandbox) -> Mapping[str, str] | None:
    """What an authorized domain is granted (FAI-CORS-2); None for any other (FAI-CORS-1).

    A domain is authorized as an origin, scheme and port included: `https://shop.example.com`.
    """
    if origin not in sandbox.setting(SETTING):
        return None
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Content-Type, X-FashionAI-APP-Token",
        "Vary": "Origin",
    }
