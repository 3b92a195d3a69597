"""docs/reference/clients.md: what the matrix of clients showed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.clients.matrix import CLIENTS, EXPECTED, NOT_TRIED, TRANSPORTS, Client

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "clients.md"
TITLES = {"http": "HTTP", "https": "HTTPS", "proxy": "proxy"}
HEADINGS = ("client", "version", *(TITLES[transport] for transport in TRANSPORTS), "connections")
_BEFORE = """\
# Clients that were tried

{conversation}
`tox -e clients` runs this, and `CLIENTS_RECORD=1 tox -e clients` writes this page.

*HTTPS* means `serve --tls`. *Proxy* means `HTTPS_PROXY` set to the sandbox's HTTP port, for a client that insists on
`https://myshop.vtexcommercestable.com.br`. *Connections* is the number of connections that the client opened over HTTP.
"""


@dataclass(frozen=True)
class Result:
    """One conversation. `missing` is why it was not held, None where it was."""

    version: str
    good: bool
    connections: int
    missing: str | None = None


_CONVERSATION = """\
Each client holds the same conversation with the sandbox: {steps}. It has its default configuration, apart from
the options that trust the certificate authority (`pii-sandbox ca trust-help`) or name the proxy. 50 reads run in
parallel, ten at a time, if the client can do that."""

Results = dict[tuple[str, str], Result]


def render(results: Mapping[tuple[str, str], Result]) -> str:
    """The page."""
    conversation = textwrap.fill(_CONVERSATION.format(steps=", ".join(EXPECTED)), 120)
    lines = [_BEFORE.format(conversation=conversation), _row(HEADINGS), _row(["---"] * len(HEADINGS))]
    lines += [_row(_cells(client, results)) for client in CLIENTS]
    lines += ["", "What a client itself cannot do:", ""]
    lines += [f"- {client.name}, {what}: {why}." for client in CLIENTS for what, why in client.lacks.items()]
    lines += ["", "Not tried:", "", *(f"- {name}: {why}." for name, why in NOT_TRIED.items())]
    return "\n".join(lines) + "\n"


def _cells(client: Client, results: Mapping[tuple[str, str], Result]) -> list[str]:
    first = results.get((client.name, "http"))
    shown = [_result_text(client, transport, results.get((client.name, transport))) for transport in TRANSPORTS]
    return [client.name, first.version if first else "", *shown, str(first.connections) if first else ""]


def _result_text(client: Client, transport: str, result: Result | None) -> str:
    if transport in client.lacks:
        return "cannot"
    if result is None or result.missing:
        return "not tried"
    return "works" if result.good else "fails"


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
