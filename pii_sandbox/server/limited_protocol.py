"""uvicorn's HTTP/1.1 protocol with limits: on the size of a request head, on the time that a request may take."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pii_sandbox.server import request_refused
from pii_sandbox.server.limits import Limits
from pii_sandbox.server.request_refused import RequestRefused
from pii_sandbox.server.write_batch import WriteBatch

_LINGER_SECONDS = 2.0  # a refused client may go on sending for so long before it reads


class LimitedProtocol(HttpToolsProtocol):
    """One connection, and how far the request is that arrives on it.

    A subclass calls `check_progress` where a packet ends within a request, and `check_head` once a head is complete.
    """

    _in_head = False  # within the head of a request
    _in_message = False  # between the first byte of a request and its last
    _refused = False  # nothing more is taken
    _waiting_since: float | None = None  # for the rest of a request, or for the first one
    _head_bytes = 0  # of a head that arrives in several packets; the first packet is not counted
    _packet_bytes = 0
    _host_count = 0
    _host = _valid_host = b""

    def __init__(self, write_batch: WriteBatch, limits: Limits, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.write_batch = write_batch
        self.limits = limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self.connections.discard(self)
            self.refuse(request_refused.too_many_connections(self.limits.connections))
        else:
            self._waiting_since = self.loop.time()

    def on_message_begin(self) -> None:
        self._in_message = self._in_head = True
        self._head_bytes = self._host_count = 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > self.limits.request_line_bytes:
            raise request_refused.request_line_too_long(self.limits.request_line_bytes)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer field: never taken for a header (RFC 9110, 6.5.1)
        name = name.lower()
        value = value.strip(b" \t")
        if name == b"host":
            self._host_count += 1
            self._host = value
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def check_head(self, version: str) -> None:
        """Raise RequestRefused for a head that is too large or has no valid Host."""
        headers, limits = self.headers, self.limits
        if len(headers) > limits.header_count:
            raise request_refused.too_many_header_fields(limits.header_count)
        may_be_too_large = self._head_bytes + self._packet_bytes > limits.header_bytes
        if may_be_too_large and sum(len(name) + len(value) + 4 for name, value in headers) > limits.header_bytes:
            raise request_refused.header_too_large(limits.header_bytes)
        if self._host_count != 1 or self._host != self._valid_host:
            request_refused.check_host(version, self._host_count, self._host)
            self._valid_host = self._host

    def check_progress(self, was_in_head: bool) -> None:
        """Called where a packet ends within a request: notes since when, and refuses a head that is too large."""
        if self._waiting_since is None:
            self._waiting_since = self.loop.time()
        if self._in_head and was_in_head:
            self._head_bytes += self._packet_bytes
            if self._head_bytes > self.limits.header_bytes:
                self.refuse(request_refused.header_too_large(self.limits.header_bytes))
            elif len(self.headers) > self.limits.header_count:
                self.refuse(request_refused.too_many_header_fields(self.limits.header_count))

    def refuse_if_overdue(self, now: float) -> None:
        """Called by the server at each tick, with the time of the event loop."""
        since = self._waiting_since
        if since is not None and now - since > self.limits.request_seconds:
            self.refuse(request_refused.too_slow(self.limits.request_seconds))

    def refuse(self, refused: RequestRefused) -> None:
        """Send the refusal and close, after what the client still sends has been read and dropped for a while."""
        self._refused, self._waiting_since = True, None
        self.logger.warning(refused.title)
        self.write_batch.flush()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        self.transport.write(refused.response(self.server_state.default_headers))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
