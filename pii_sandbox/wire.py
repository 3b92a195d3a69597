"""The sandbox behind a socket: what uvicorn is told, what a fault needs of it, and answers in one write."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.gateway import HANG_UP


class OneWrite:
    """A transport that holds back the head of an answer until the body comes, or until the loop's next turn.

    uvicorn writes them one after the other, and each write is a system call and a packet: a sixth of all the time that
    a read takes.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon  # asking for the running loop is a system call
        self._held = b""
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held + data)
        elif data.endswith(b"\r\n\r\n"):
            self._held = data
            self._call_soon(self._flush)
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections the application can end in the middle of an answer."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(cast("asyncio.Transport", OneWrite(transport, self.loop)))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)["extensions"] = {HANG_UP: self._hang_up}

    def _hang_up(self, at_once: bool) -> None:
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()


def server(
    app: Any, log_config: dict[str, Any] | None = LOGGING_CONFIG, kind: type[uvicorn.Server] = uvicorn.Server
) -> uvicorn.Server:
    """To be run on a socket that listens. `log_config` None leaves the process's logging as it is."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=log_config,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
    )
    return kind(config)
