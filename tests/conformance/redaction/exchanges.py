"""Exchanges with one value of interest, by operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pii_sandbox.conformance.values.findings import Exchange

HOST = "https://staging.example.net"
JSON = {"Content-Type": "application/json"}
UUID = "70caf394-8534-447e-a0ca-1803c669c771"
PROFILES = "/api/storage/profile-system/profiles"


def exchange(
    api: str,
    operation_id: str | None,
    url: str = "/",
    *,
    request: tuple[Mapping[str, str], Any] = ({}, b""),
    response: tuple[Mapping[str, str], Any] = ({}, b""),
    status: int | None = 200,
    **others: Any,
) -> Exchange:
    """Return an exchange; bodies are bytes, or a JSON value."""
    return Exchange(
        api, operation_id, "POST", url if "://" in url else HOST + url, request[0], _body(request[1]), status,
        response_headers=response[0], response_body=_body(response[1]), **others,
    )  # fmt: skip


def _body(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()
