"""First protocol of a TLS connection: inspects the first byte, then starts TLS or responds with an error.

Used by the HTTPS port and by CONNECT tunnels, so that early data (a ClientHello in the same packet as CONNECT), plain
HTTP on the HTTPS port, garbage, and handshakes that never end are handled in one place.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any, cast

from pii_sandbox.server.tls import TlsContexts
from pii_sandbox.server.tls_errors import TlsError

HANDSHAKE_RECORD = 0x16  # the first byte of every TLS client
SHUTDOWN_SECONDS = 1.0  # for the other side's close_notify: a pooled connection never sends one
_PLAIN_HTTP = b"This port speaks HTTPS, and the request was plain HTTP: write https:// in the URL.\n"

log = logging.getLogger(__name__)

MakeProtocol = Callable[[], asyncio.Protocol]


class TlsGate(asyncio.Protocol):
    """Starts TLS, then passes the connection to an HTTP protocol from `make_protocol`.

    `plain`: connections without TLS are passed to such a protocol too, as in a tunnel for http://. `connections`: the
    open connections, which uvicorn closes at the end. `most`: limit of their number; further ones are closed at once.
    """

    def __init__(
        self,
        contexts: TlsContexts,
        make_protocol: MakeProtocol,
        connections: set[Any],
        *,
        plain: bool = False,
        most: int | None = None,
    ) -> None:
        self._contexts = contexts
        self._make_protocol = make_protocol
        self._connections = connections
        self._plain = plain
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.Task[asyncio.Transport | None] | None = None
        self._inner = _Handover()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._most is not None and len(self._connections) >= self._most:
            self._transport.abort()  # no response could be read before the handshake
            return
        self._connections.add(self)
        self._timer = self._loop.call_later(self._contexts.options.handshake_seconds, transport.close)

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        if data[0] == HANDSHAKE_RECORD:
            self._start_tls(transport, data)
        elif self._plain:
            self._leave()
            _hand_over(transport, self._make_protocol(), data)
        else:
            if data[:1].isalpha():  # a method: the client can read a response
                head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: {len(_PLAIN_HTTP)}"
                transport.write(head.encode() + b"\r\nconnection: close\r\n\r\n" + _PLAIN_HTTP)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()

    def shutdown(self) -> None:
        """Called by uvicorn when the server ends."""
        if self._transport is not None:
            self._transport.abort()

    def _leave(self) -> None:
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    def _start_tls(self, transport: asyncio.Transport, early: bytes) -> None:
        options = self._contexts.options
        try:
            context = self._contexts.current()
        except TlsError as error:
            log.error("no TLS: %s", error)
            transport.abort()
            return
        transport.pause_reading()  # further data is read by TLS
        starting = self._loop.start_tls(
            transport,
            self._inner,
            context,
            server_side=True,
            ssl_handshake_timeout=options.handshake_seconds,
            ssl_shutdown_timeout=SHUTDOWN_SECONDS,
        )
        self._handshake = self._loop.create_task(starting)
        self._handshake.add_done_callback(self._finish)
        self._loop.call_soon(self._loop.call_soon, _feed, transport, early)  # after TLS has got its transport

    def _finish(self, handshake: asyncio.Task[asyncio.Transport | None]) -> None:
        self._leave()
        assert self._transport is not None
        try:
            transport = handshake.result()
        except (
            ssl.SSLError
        ) as error:  # logged here: asyncio closes the connection without the alert that gives the reason
            self._contexts.report_once(f"a TLS handshake failed: {_reason(error)}")
            self._transport.abort()
            return
        except (OSError, asyncio.CancelledError) as error:  # the client disconnected, or took too long
            log.info("a TLS handshake ended: %s", error)
            self._transport.abort()
            return
        if transport is not None:
            self._inner.replace(transport, self._make_protocol())


class _Handover(asyncio.Protocol):
    """Buffers data that TLS delivers between the end of the handshake and the start of the HTTP protocol."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._at_end = False
        self._lost: tuple[Exception | None] | None = None

    def data_received(self, data: bytes) -> None:
        self._data += data

    def eof_received(self) -> None:
        self._at_end = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = (exc,)

    def replace(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        if self._lost is not None:
            return
        _hand_over(transport, protocol, bytes(self._data))
        if self._at_end:
            protocol.eof_received()


def _hand_over(transport: asyncio.Transport, protocol: asyncio.Protocol, data: bytes) -> None:
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    if data:
        protocol.data_received(data)


def _feed(transport: asyncio.Transport, data: bytes) -> None:
    """Feed TLS the data that was read before it was started."""
    protocol = cast("asyncio.BufferedProtocol", transport.get_protocol())
    while data and not transport.is_closing():
        buffer = cast("memoryview", protocol.get_buffer(len(data)))
        taken = min(len(buffer), len(data))
        buffer[:taken] = data[:taken]
        protocol.buffer_updated(taken)
        data = data[taken:]


def _reason(error: ssl.SSLError) -> str:
    reason = (error.reason or "protocol error").lower().replace("_", " ")
    return f"{reason}: pii-sandbox ca trust-help" if "unknown ca" in reason else reason
