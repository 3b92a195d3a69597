"""A server before `tests.raw_sockets.application`, and a connection to it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from pii_sandbox.server.https_server import DEFAULT_LIMITS, server
from pii_sandbox.server.limits import ServerLimits
from tests.raw_sockets import PATIENCE_SECONDS, application


@contextmanager
def serve(limits: ServerLimits = DEFAULT_LIMITS) -> Iterator[tuple[str, int]]:
    """A server in a thread, until the block ends; its address."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    running = server(application, log_config=None, limits=limits)
    thread = threading.Thread(target=lambda: running.run(sockets=[listening]), daemon=True)
    thread.start()
    yield listening.getsockname()
    running.should_exit = True
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serve() as address:
        yield address


@pytest.fixture
def line(address: tuple[str, int]) -> Iterator[socket.socket]:
    with closing(socket.create_connection(address, PATIENCE_SECONDS)) as line:
        yield line
