"""Definition of a measured server: its command, its kinds of load, its readiness check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.server.certificate_authority import load_or_create, server_certificate

JSON = {"Content-Type": "application/json"}
JOHN = (
    '{"firstName":"John","lastName":"Doe","email":"john@EMAIL","birthDate":"1925-11-17",'
    '"document":"NUMBER","documentType":"CPF"}'
)
ANNA = '{"email":"anna@EMAIL","full_name":"Anna Berg","phone_number":"+5511999998888"}'


@dataclass(frozen=True)
class Load:
    """One kind of request.

    In `body`, EMAIL and NUMBER become a domain and digits that no other request has; with `among`, in `path` those of
    one of the first so many requests.
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    among: int | None = None


@dataclass(frozen=True)
class Contender:
    """A server: `command(port, folder)` starts it; `loads(url)` prepares it and gives the requests by name.

    `warm_seconds` of load go before what is measured of each kind. `all_cores`: it may use every processor, not one.
    The server is ready once it responds to `ready`. With `scheme` https its certificate is not verified.
    """

    name: str
    command: Callable[[int, Path], list[str]]
    loads: Callable[[str], dict[str, Load]]
    warm_seconds: int = 3
    ready: str = "/"
    ready_headers: Mapping[str, str] = field(default_factory=dict)
    all_cores: bool = False
    scheme: str = "http"


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a server of this project in a fresh interpreter."""
    return [sys.executable, "-m", name, *arguments]


def certificate(folder: Path) -> str:
    """Create a file with a key and a certificate for this machine, of the same kind for every server."""
    file = folder / "server.pem"
    file.write_bytes(server_certificate(load_or_create(folder / "ca"), ["localhost", "127.0.0.1"], system_now()))
    return str(file)
