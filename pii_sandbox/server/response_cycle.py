"""Request-response cycle of uvicorn, extended to send a complete response in one write."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from pii_sandbox.server.write_batch import WriteBatch

_CLOSE = b"connection: close\r\n\r\n"


class CycleConnection(Protocol):
    """The attributes of a connection that a cycle uses."""

    transport: Any
    flow: Any
    logger: Any
    access_logger: Any
    access_log: bool
    server_state: Any
    expect_100_continue: bool
    loop: asyncio.AbstractEventLoop
    write_batch: WriteBatch

    def on_response_complete(self) -> None: ...


class ResponseCycle(RequestResponseCycle):
    """Sends a complete response in one write, and passes a complete request body to the application without waiting."""

    # uvicorn's __init__ is not called; attributes that it sets to the same value for each request are class attributes
    disconnected = False
    more_body = True
    response_started = False
    response_complete = False
    chunked_encoding = None
    expected_content_length = 0

    _body_received = False
    _message_event: asyncio.Event | None = None

    def __init__(self, connection: CycleConnection, scope: Any, *, keep_alive: bool) -> None:
        self.scope = scope
        self.transport = connection.transport
        self.flow = connection.flow
        self.logger = connection.logger
        self.access_logger = connection.access_logger
        self.access_log = connection.access_log
        self.default_headers = connection.server_state.default_headers
        self.on_response = connection.on_response_complete
        self.keep_alive = keep_alive
        self.waiting_for_100_continue = connection.expect_100_continue
        self.body = bytearray()
        self._loop = connection.loop
        self._write_batch = connection.write_batch

    @property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]
        """Set if more of the body has arrived, or the client has disconnected. Created on first use."""
        if self._message_event is None:
            self._message_event = asyncio.Event()
            if self.body:
                self._message_event.set()
        return self._message_event

    def notify(self) -> None:
        """Wake up whoever waits for more of the body; an event that nobody has asked for need not exist."""
        if self._message_event is not None:
            self._message_event.set()

    async def send_response(self, status: int, lines: bytes, body: bytes) -> None:
        """Send a complete response. `lines`: the header lines, each with its CRLF."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("a response that has started cannot be sent again")
        if self.waiting_for_100_continue and self.more_body:
            self.keep_alive = False
        self.response_started = self.response_complete = True
        end = b"\r\n" if self.keep_alive else _CLOSE
        self._write_batch.put(self._loop, self.transport, b"".join((STATUS_LINE[status], lines, end, body)))
        if not self.keep_alive:
            self._write_batch.flush()
            self.transport.close()
        self.on_response()

    async def send(self, message: Any) -> None:
        self._write_batch.flush()  # earlier responses of this connection go first
        if self.waiting_for_100_continue and self.more_body:
            self.keep_alive = False  # the client may or may not send the body (RFC 9110, 10.1.1)
        await super().send(message)

    async def receive(self) -> Any:
        if self.waiting_for_100_continue:
            self._write_batch.flush()
        if self.more_body or self.disconnected or self.response_complete or self._body_received:
            return await super().receive()
        self._body_received = True
        if self._message_event is not None:
            self._message_event.clear()  # the body is complete: no need to wait
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}
