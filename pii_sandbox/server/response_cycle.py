"""One request and its response: uvicorn's cycle, which can also be given a response as a whole."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from pii_sandbox.server.write_batch import WriteBatch

_CLOSE = b"connection: close\r\n\r\n"


class Connection(Protocol):
    """What a cycle takes from the connection that it belongs to."""

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
    """Sends a whole response in one write, and hands over a body that has arrived without waiting."""

    # uvicorn's __init__ is not called; what it sets to the same for each request stands here
    disconnected = False
    more_body = True
    response_started = False
    response_complete = False
    chunked_encoding = None
    expected_content_length = 0

    _body_received = False
    _message_event: asyncio.Event | None = None

    def __init__(self, connection: Connection, scope: Any, *, keep_alive: bool) -> None:
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
        """Set where more of the body has arrived, or the client has left. Made once somebody waits or tells."""
        if self._message_event is None:
            self._message_event = asyncio.Event()
        return self._message_event

    async def send_response(self, status: int, lines: bytes, body: bytes) -> None:
        """Send a whole response. `lines` are its header lines, each with its line end."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("a response that has started cannot be sent as a whole")
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
            self.keep_alive = False  # nobody can tell whether the body still comes (RFC 9110, 10.1.1)
        await super().send(message)

    async def receive(self) -> Any:
        if self.waiting_for_100_continue:
            self._write_batch.flush()
        if self.more_body or self.disconnected or self.response_complete or self._body_received:
            return await super().receive()
        self._body_received = True
        if self._message_event is not None:
            self._message_event.clear()  # all of the body is there: no need to wait
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}
