"""One server with HTTPS for the tests of a worker, whose authority is in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pii_sandbox.server.certificate_authority import load_or_create
from tests.https.servers import HttpsSandbox, serve_https


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a user who has an authority."""
    folder = tmp_path_factory.mktemp("state folder")  # with a space in its name, as on macOS
    load_or_create(folder / "ca")
    return folder


@pytest.fixture(scope="session")
def https_server(state: Path) -> Iterator[HttpsSandbox]:
    with serve_https(state, "--tls-host", "*.shops.example", "--tls-host", "shop.test") as server:
        yield server
