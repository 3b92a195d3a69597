"""A server in a thread of the test's process, and a sandbox of the test's own there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from pii_sandbox.server.threaded import Server
from pii_sandbox.testing import Connection, Sandbox

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def connection(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Of a server with sandboxes in memory, or in files where the fixture's parameter is "file"."""
    folder: Path = tmp_path_factory.mktemp("settings")
    data = f'data = "{folder / "data"}"\n' if getattr(request, "param", "memory") == "file" else ""
    (folder / "pii-sandbox.toml").write_text(f"{data}shoppers = 3\n")
    server = Server(folder)
    connection = Connection(server.url)
    yield connection
    connection.close()
    server.stop()


@pytest.fixture
def sandbox(connection: Connection) -> Iterator[Sandbox]:
    sandbox = Sandbox(connection, f"control-{next(_NUMBERS)}")
    yield sandbox
    sandbox.delete()
