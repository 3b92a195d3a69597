"""Handles CONNECT: refuses it, or opens a tunnel to this server."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from pii_sandbox.server import request_refused
from pii_sandbox.server.connect_proxy import ESTABLISHED, ConnectProxy, ConnectRefused, add_sandbox, named_sandbox
from pii_sandbox.server.http_protocol import HttpProtocol
from pii_sandbox.server.limits import ServerLimits
from pii_sandbox.server.tls import TlsContexts
from pii_sandbox.server.tls_gate import TlsGate
from pii_sandbox.server.write_batch import WriteBatch


@dataclass(frozen=True)
class Https:
    """The TLS contexts of a server, and the proxy that accepts CONNECT."""

    contexts: TlsContexts
    proxy: ConnectProxy


class TunnelProtocol(HttpProtocol):
    """HTTP in a tunnel. Its requests go to the sandbox that the proxy credentials name."""

    def __init__(self, sandbox: bytes | None, write_batch: WriteBatch, limits: ServerLimits, *arguments: Any) -> None:
        super().__init__(write_batch, limits, functools.partial(connect, None), *arguments)
        self._sandbox = sandbox

    def on_headers_complete(self) -> None:
        if self._sandbox is not None:
            add_sandbox(self.headers, self._sandbox)
        super().on_headers_complete()


def connect(https: Https | None, protocol: HttpProtocol, target: bytes, early: bytes) -> None:
    """Handle CONNECT: pass the connection to another protocol, or close it. `early`: bytes after the request."""
    transport, connections = protocol.transport, protocol.connections
    if protocol.cycle is not None and not protocol.cycle.response_complete:
        protocol.refuse(request_refused.connect_behind_a_request())
        return
    try:
        if https is None:
            raise ConnectRefused(
                501,
                "CONNECT is not supported",
                "CONNECT needs serve --tls, and is not possible inside a tunnel",
            )
        https.proxy.check(target)
    except ConnectRefused as refused:
        transport.write(refused.response())
        transport.close()
        return
    inner = functools.partial(
        TunnelProtocol,
        named_sandbox(protocol.headers),
        protocol.write_batch,
        protocol.limits,
        protocol.config,
        protocol.server_state,
        protocol.app_state,
    )
    protocol.release()
    transport.write(ESTABLISHED)
    gate = TlsGate(https.contexts, inner, connections, plain=True)
    transport.set_protocol(gate)
    gate.connection_made(transport)
    if early:
        gate.data_received(early)
