"""uvicorn's server on several sockets: plain HTTP on TCP or a Unix socket, and HTTPS beside it."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from pii_sandbox.outbox import Outbox
from pii_sandbox.server.plain_http import HTTP, PlainHttpApp
from pii_sandbox.server.tls_gate import TlsGate
from pii_sandbox.server.tunnel import Https, connect
from pii_sandbox.wire import Protocol


class HttpsServer(uvicorn.Server):
    """`serve_https` says, before it runs, which of its sockets speak TLS, and what it takes CONNECT for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.https: Https | None = None
        self._tls_sockets: frozenset[socket.socket] = frozenset()

    def serve_https(self, https: Https, sockets: Sequence[socket.socket]) -> None:
        """`sockets` are to be among those that the server is run on."""
        self.https, self._tls_sockets = https, frozenset(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on TCP as uvicorn does, and on the sockets that are not plain TCP."""
        others = [each for each in sockets or () if each in self._tls_sockets or each.family == socket.AF_UNIX]
        await super().startup([each for each in sockets if each not in others] if sockets is not None else None)
        loop = asyncio.get_running_loop()
        for each in others:
            make = self._make_gate if each in self._tls_sockets else self._make_protocol
            if each.family == socket.AF_UNIX:
                self.servers.append(await loop.create_unix_server(make, sock=each))
            else:
                self.servers.append(await loop.create_server(make, sock=each, backlog=self.config.backlog))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, and take Unix sockets away: after a signal nothing else of this process runs."""
        paths = [Path(each.getsockname()) for each in sockets or () if each.family == socket.AF_UNIX]
        await super().shutdown(sockets)
        for path in paths:
            path.unlink(missing_ok=True)

    def _make_gate(self) -> asyncio.Protocol:
        assert self.https is not None
        return TlsGate(self.https.contexts, self._make_protocol, self.server_state.connections)

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
) -> HttpsServer:
    """To be run on sockets that listen, `tls_sockets` among them. `log_config` None leaves the process's as it is.

    `plain`: uvicorn's own HTTP protocol.
    """
    protocol = functools.partial(Protocol, Outbox(), functools.partial(connect, https))
    config = uvicorn.Config(
        PlainHttpApp(app) if plain else app,
        http=HTTP if plain else cast("type[asyncio.Protocol]", protocol),
        log_config=log_config,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
    )
    running = kind(config)
    if https is not None:
        running.serve_https(https, tls_sockets)
    return running
