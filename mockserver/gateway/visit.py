"""What the application tells the gateway of one request, beside the ASGI scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.sandbox import Sandbox

if TYPE_CHECKING:
    from mockserver.vendor import Vendor

KEY = "pii_sandbox"


@dataclass(slots=True)
class Visit:
    """One request: whose sandbox it is for, its URL as the client sent it, and, once routed, where it leads."""

    sandbox: Sandbox
    url: str
    headers: dict[str, str]
    path_values: list[str] = field(default_factory=list)
    vendor: Vendor | None = None


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header values by name in lower case; repeated ones are joined as RFC 9110 has it."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def visit_of(scope: Any) -> Visit:
    visit: Visit = scope[KEY]
    return visit
