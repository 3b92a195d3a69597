"""Real nats-servers, and servers of the sandbox over them, in processes of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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
    """Servers that share their sandboxes: two, or three with `CLUSTER_LONG`."""
    with ExitStack() as opened:
        started = [
            running_server("--cluster", nats.url, "--shoppers", "5")
            for _ in range(3 if "CLUSTER_LONG" in os.environ else 2)
        ]
        yield [opened.enter_context(each) for each in started]


@pytest.fixture
def name() -> str:
    """Of a sandbox that no other test has."""
    return f"test-{uuid4().hex[:12]}"


@pytest.fixture
def clients(replicas: list[ServerProcess], name: str) -> Iterator[list[httpx.Client]]:
    """Clients of two servers, in the sandbox of that name."""
    with clients_of(replicas[:2], name) as opened:
        yield opened


@contextmanager
def clients_of(servers: list[ServerProcess], name: str) -> Iterator[list[httpx.Client]]:
    headers = {**CREDENTIALS, "X-Sandbox": name}
    with ExitStack() as opened:
        yield [opened.enter_context(httpx.Client(base_url=each.url, headers=headers, timeout=30)) for each in servers]


CREDENTIALS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox", "X-VTEX-API-AppToken": "sandbox-token"}
FOLDER = Path(__file__).parent
