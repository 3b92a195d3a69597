"""Private sandbox server of a command: runs in this process inside a block."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pii_sandbox.specs import Dialect

SHOPPERS = 5
END_SECONDS = 5.0

Application = Callable[[Any, Any, Any], Awaitable[None]]


@contextmanager
def private_server(dialect: Dialect = "guide", seed: int = 1) -> Iterator[str]:
    """Run a sandbox server with a few people on a free loopback port; yield its base URL."""
    from pii_sandbox.mockserver.app import App  # noqa: PLC0415 — a check of another target needs no server
    from pii_sandbox.mockserver.sandbox import SeedSpec  # noqa: PLC0415
    from pii_sandbox.mockserver.sandboxes import SandboxDefaults  # noqa: PLC0415

    with serve_app(App(SandboxDefaults(seeded=SeedSpec(seed, SHOPPERS, None), dialect=dialect))) as url:
        yield url


@contextmanager
def serve_app(app: Application) -> Iterator[str]:
    """Run an ASGI application on a free loopback port; yield its base URL."""
    import uvicorn  # noqa: PLC0415

    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, ws="none")
    server = uvicorn.Server(config)
    # connections wait in the backlog until it has started; a daemon, so that it does not delay a second Ctrl-C
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True, name="sandbox")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(END_SECONDS)
        listening.close()
