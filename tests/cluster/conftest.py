"""Real nats-servers, and servers of the sandbox over them, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from pii_sandbox.server.nats_server import NatsServer, nats_server
from tests.server_process import ServerProcess, running_server

Replicas = Callable[..., list[ServerProcess]]


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture(scope="session")
def replicas(nats: NatsServer) -> Iterator[list[ServerProcess]]:
    """Two servers that share their sandboxes."""
    with ExitStack() as opened:
        started = [running_server("--cluster", nats.url, "--shoppers", "5") for _ in range(2)]
        yield [opened.enter_context(each) for each in started]


@pytest.fixture
def name() -> str:
    """Of a sandbox that no other test has."""
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture
def clients(replicas: list[ServerProcess], name: str) -> Iterator[list[httpx.Client]]:
    """A client of each server, in the sandbox of that name."""
    with ExitStack() as opened:
        yield [
            opened.enter_context(
                httpx.Client(base_url=each.url, headers={**CREDENTIALS, "X-Sandbox": name}, timeout=20)
            )
            for each in replicas
        ]


CREDENTIALS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
FOLDER = Path(__file__).parent
