"""uvicorn server on several sockets: HTTP on TCP or a Unix socket, and HTTPS."""

from __future__ import annotations

import asyncio
import functools
import math
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from pii_sandbox.server.http_protocol import HttpProtocol
from pii_sandbox.server.limits import ServerLimits
from pii_sandbox.server.plain_http import HTTP, PlainHttpApp
from pii_sandbox.server.tls_gate import TlsGate
from pii_sandbox.server.tunnel import Https, connect
from pii_sandbox.server.write_batch import WriteBatch

DEFAULT_LIMITS = ServerLimits()
ABORT_SECONDS = 2.0  # for tasks to notice that their connections are gone


class HttpsServer(uvicorn.Server):
    """The server. Call `serve_https` before it runs to set the TLS sockets and the CONNECT proxy."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.https: Https | None = None
        self._tls_sockets: frozenset[socket.socket] = frozenset()
        self.shutdown_seconds = DEFAULT_LIMITS.shutdown_seconds
        self.most_connections = DEFAULT_LIMITS.connections

    def serve_https(self, https: Https, sockets: Sequence[socket.socket]) -> None:
        """Use TLS on these sockets, which must be among those of the server."""
        self.https, self._tls_sockets = https, frozenset(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on plain TCP sockets as uvicorn does, and on TLS and Unix sockets."""
        others = [each for each in sockets or () if each in self._tls_sockets or each.family == socket.AF_UNIX]
        await super().startup([each for each in sockets if each not in others] if sockets is not None else None)
        loop = asyncio.get_running_loop()
        for listening in others:
            make = self._make_gate if listening in self._tls_sockets else self._make_protocol
            if listening.family == socket.AF_UNIX:
                self.servers.append(await loop.create_unix_server(make, sock=listening))
            else:
                self.servers.append(await loop.create_server(make, sock=listening, backlog=self.config.backlog))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no new connections, let requests finish for `shutdown_seconds`, then abort the others.

        Removes Unix sockets, since after a signal no other code of this process may run.
        """
        paths = [Path(each.getsockname()) for each in sockets or () if each.family == socket.AF_UNIX]
        cutting = asyncio.get_running_loop().call_later(self.shutdown_seconds, self._abort_connections)
        await super().shutdown(sockets)
        cutting.cancel()
        for path in paths:
            path.unlink(missing_ok=True)

    async def on_tick(self, counter: int) -> bool:
        now = asyncio.get_running_loop().time()
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, HttpProtocol):
                connection.refuse_if_overdue(now)
                connection.cut_if_unread(now)
        return await super().on_tick(counter)

    def _abort_connections(self) -> None:
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, HttpProtocol):
                connection.abort()

    def _make_gate(self) -> asyncio.Protocol:
        assert self.https is not None
        connections = self.server_state.connections
        return TlsGate(self.https.contexts, self._make_protocol, connections, most=self.most_connections)

    def _make_protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def server(
    app: Any,
    log_config: dict[str, Any] | None = LOGGING_CONFIG,
    kind: type[HttpsServer] = HttpsServer,
    https: Https | None = None,
    tls_sockets: Sequence[socket.socket] = (),
    *,
    plain: bool = False,
    limits: ServerLimits = DEFAULT_LIMITS,
) -> HttpsServer:
    """Return a server to run on listening sockets, `tls_sockets` among them.

    `log_config`: None leaves the logging of the process unchanged. `plain`: uvicorn's HTTP protocol, without limits.
    """
    protocol = functools.partial(HttpProtocol, WriteBatch(), limits, functools.partial(connect, https))
    config = uvicorn.Config(
        PlainHttpApp(app) if plain else app,
        http=HTTP if plain else cast("type[asyncio.Protocol]", protocol),
        log_config=log_config,
        log_level="warning",
        use_colors=None if sys.stdout else False,  # uvicorn would ask a standard output that is closed
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=math.ceil(limits.shutdown_seconds + ABORT_SECONDS),
    )
    running = kind(config)
    running.shutdown_seconds = limits.shutdown_seconds
    running.most_connections = limits.connections
    if https is not None:
        running.serve_https(https, tls_sockets)
    return running
