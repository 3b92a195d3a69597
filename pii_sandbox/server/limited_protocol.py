"""uvicorn's HTTP/1.1 protocol with limits: on the size of a request head, and on the time of a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pii_sandbox.server import request_refused
from pii_sandbox.server.limits import ServerLimits
from pii_sandbox.server.request_refused import RequestRefused
from pii_sandbox.server.response_cycle import ResponseCycle
from pii_sandbox.server.write_batch import WriteBatch

_LINGER_SECONDS = 2.0  # time for which a refused client may continue to send before it reads


class ReadAheadFlow(FlowControl):
    """uvicorn's flow control, which continues to read while a response is incomplete, up to a limit.

    A disconnect of the client is only noticed while the server reads.
    """

    _ahead_bytes = 0  # that arrived while requests were in the pipeline

    def count_ahead(self, size: int) -> None:
        """Called for what arrives while requests are in the pipeline."""
        self._ahead_bytes += size
        if self._ahead_bytes > HIGH_WATER_LIMIT:
            self.pause_reading()

    def end_ahead(self) -> None:
        """Called once the pipeline is empty."""
        self._ahead_bytes = 0
        self.resume_reading()

    def resume_reading(self) -> None:
        if self._ahead_bytes <= HIGH_WATER_LIMIT:
            super().resume_reading()


class LimitedProtocol(HttpToolsProtocol):
    """One connection, with the progress of the arriving request.

    A subclass calls `check_progress` if a packet ends within a request, and the other two checks for a complete head.
    """

    _in_head = False  # within the head of a request
    _in_message = False  # between the first byte of a request and its last
    _refused = False  # further data is ignored
    _refusal: RequestRefused | None = None  # to be sent behind the responses that are not complete
    _waiting_since: float | None = None  # for the rest of a request, or for the first one
    _is_split_head = False  # the head arrives in several packets
    _silent_bytes = 0  # of the packets after the first of a head, or since the last piece of a body
    _packet_bytes = 0
    _unread_bytes = 0  # in the write buffer, at the latest tick
    _unread_since = 0.0  # the latest tick at which there was less in it than before
    _idle_since = 0.0  # the last response, whatever came after it that is no request
    _host_count = 0
    _host = _valid_host = b""
    flow: ReadAheadFlow
    cycle: ResponseCycle

    def __init__(self, write_batch: WriteBatch, limits: ServerLimits, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.write_batch = write_batch
        self.limits = limits

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = ReadAheadFlow(transport)
        if len(self.connections) > self.limits.connections:
            self.connections.discard(self)
            self.refuse(request_refused.too_many_connections(self.limits.connections))
        else:
            self._waiting_since = self.loop.time()

    def on_message_begin(self) -> None:
        self._in_message = self._in_head = True
        self._is_split_head = False
        self._silent_bytes = self._host_count = 0
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
        elif name == b"transfer-encoding":
            request_refused.check_transfer_coding(value, self.headers)
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self._silent_bytes = -self._packet_bytes  # this packet does not count
        cycle = self.cycle
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.notify()

    def check_size(self) -> None:
        """Raise RequestRefused for a head that is too large."""
        headers, limits = self.headers, self.limits
        if len(headers) > limits.header_count:
            raise request_refused.too_many_header_fields(limits.header_count)
        if sum(len(name) + len(value) + 4 for name, value in headers) > limits.header_bytes:
            raise request_refused.header_too_large(limits.header_bytes)

    def check_host(self, version: str) -> None:
        """Raise RequestRefused for a head without one valid Host, and remember a valid one."""
        request_refused.check_host(version, self._host_count, self._host)
        self._valid_host = self._host

    def check_progress(self, was_in_head: bool) -> None:
        """Called if a packet ends within a request: starts its timeout, and refuses a head that is too large.

        Also refuses trailer fields, and other data between the pieces of a body, that are too large.
        """
        limits = self.limits
        if self._waiting_since is None:
            self._waiting_since = self.loop.time()
        self._is_split_head = self._in_head
        if was_in_head != self._in_head:
            self._silent_bytes = 0
            return
        self._silent_bytes += self._packet_bytes
        if self._silent_bytes > limits.header_bytes + (limits.request_line_bytes if self._in_head else 0):
            self.refuse(request_refused.header_too_large(limits.header_bytes))
        elif self._in_head and len(self.headers) > limits.header_count:
            self.refuse(request_refused.too_many_header_fields(limits.header_count))

    def refuse_if_overdue(self, now: float) -> None:
        """Called by the server at each tick, with the time of the event loop."""
        since = self._waiting_since
        if since is None:
            return
        if self.flow.read_paused:  # the server has paused reading
            self._waiting_since = now
        elif now - since > self.limits.request_seconds:
            self.refuse(request_refused.too_slow(self.limits.request_seconds))

    def cut_if_unread(self, now: float) -> None:
        """Called by the server at each tick: abort the connection of a client that does not read its responses."""
        unread = self.transport.get_write_buffer_size()
        if not unread or unread < self._unread_bytes or not self._unread_bytes:
            self._unread_since = now
        elif now - self._unread_since > self.limits.response_seconds:
            self.logger.warning("A client read nothing for %g seconds.", self.limits.response_seconds)
            self.transport.abort()
        self._unread_bytes = unread

    def _unset_keepalive_if_required(self) -> None:
        """Keep the timer: it checks by itself whether the connection is idle."""

    def timeout_keep_alive_handler(self) -> None:
        is_busy = self._in_message or not self.cycle.response_complete
        left = self.timeout_keep_alive - (0.0 if is_busy else self.loop.time() - self._idle_since)
        if left > 0:
            self.set_idle_timer(left)
        else:
            super().timeout_keep_alive_handler()

    def set_idle_timer(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def refuse(self, refusal: RequestRefused) -> None:
        """Refuse the arriving request, or other data; ignore further data.

        Responses to earlier requests are sent first. If the response of this request has started, the connection is
        closed after it.
        """
        self._refused, self._waiting_since = True, None
        self.logger.warning(refusal.title)
        self.write_batch.flush()
        cycle, pipeline = self.cycle, self.pipeline
        if self._in_message and not self._in_head:  # its body arrives: `cycle` is its own
            if pipeline:
                pipeline.popleft()
                self._refusal = refusal
                return
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self._close_later()
                return
        elif cycle is not None and not cycle.response_complete:
            self._refusal = refusal
            return
        self.send_refusal(refusal)

    def send_refusal(self, refusal: RequestRefused) -> None:
        """Send the refusal and close the connection."""
        self.write_batch.flush()
        self.transport.write(refusal.response(self.server_state.default_headers))
        self._close_later()

    def _close_later(self) -> None:
        """Close the connection after reading and dropping further data for a short time."""
        self.flow.end_ahead()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
