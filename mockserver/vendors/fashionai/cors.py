"""CORS: the authorized domains whose pages may call the API."""

from __future__ import annotations

from pii_sandbox.mockserver.sandbox import Sandbox, text_list
from pii_sandbox.mockserver.vendor import CrossOrigin

SETTING = "fashionai.cors_origins"
SETTINGS = {SETTING: text_list()}


def cross_origin(origin: str, sandbox: Sandbox) -> CrossOrigin:
    """Return the CORS headers for an authorized origin (FAI-CORS-2); none for any other (FAI-CORS-1).

    A domain is authorized as an origin, scheme and port included: `https://shop.example.com`.
    """
    if origin not in sandbox.setting(SETTING):
        return CrossOrigin({}, "FAI-CORS-1")
    granted = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET",
        "Access-Control-Allow-Headers": "Content-Type, X-FashionAI-APP-Token",
        "Vary": "Origin",
    }
    return CrossOrigin(granted, "FAI-CORS-2")
