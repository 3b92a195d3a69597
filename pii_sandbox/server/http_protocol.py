"""HTTP/1.1 protocol on top of uvicorn's: eager requests, batched writes, limits.

uvicorn creates a task for every request, inspects the headers of a response one by one and writes it in two pieces,
which any application needs. For this one, whose responses are nearly all ready without waiting, it is half of the cost
of a read. Therefore

- a request is started as soon as it has arrived, and becomes a task only if it blocks (`eager_task`);
- a complete request body is in the scope (`BODY`), and a complete response is sent in one call (`RESPONSE`);
- responses to requests that arrived together are written together (`write_batch`);
- a connection does not set a timer after each response, but checks from time to time whether it is idle.

Besides, `Upgrade` is ignored (`upgrade`), CONNECT goes to the proxy (`tunnel`), and the resources of a client are
limited (`limits`, `limited_protocol`). Parsing, pipelining, flow control and streamed responses are uvicorn's.
docs/explanation/http-server.md lists what is overridden.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import unquote

import httptools

from pii_sandbox.mockserver.gateway import BODY, HANG_UP, IS_ENDING, RESPONSE
from pii_sandbox.server import request_refused
from pii_sandbox.server.connect_proxy import path_and_query
from pii_sandbox.server.eager_task import EagerTask
from pii_sandbox.server.limited_protocol import LimitedProtocol
from pii_sandbox.server.limits import ServerLimits
from pii_sandbox.server.response_cycle import ResponseCycle
from pii_sandbox.server.upgrade import body_parser, framing_head
from pii_sandbox.server.write_batch import WriteBatch

_SLASH = ord("/")
_ASGI = {"version": "3.0", "spec_version": "2.3"}

# Handles CONNECT on a connection; arguments: protocol, target, and the bytes that followed the request.
Connect = Callable[["HttpProtocol", bytes, bytes], None]


class HttpProtocol(LimitedProtocol):
    """One connection. `connect`: handles CONNECT."""

    _upgrading = False  # the current request has an Upgrade header: ignored, except for CONNECT
    _ending = False  # the server is shutting down
    _connect_target = b""  # of a CONNECT that has arrived

    def __init__(
        self, write_batch: WriteBatch, limits: ServerLimits, connect: Connect, *arguments: Any, **options: Any
    ) -> None:
        super().__init__(write_batch, limits, *arguments, **options)
        self._connect = connect
        self._ready: ResponseCycle | None = None  # its head has arrived, it is not started
        self._current: ResponseCycle | None = None  # started last
        self._default_headers: list[tuple[bytes, bytes]] = []
        self._default_lines = b""
        # shared by all request cycles: a separate one would form a reference cycle
        self._extensions: dict[str, Any] = {
            HANG_UP: self._hang_up,
            RESPONSE: self._send_response,
            IS_ENDING: self._is_ending,
        }

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._current is not None and not self._current.response_complete:  # not uvicorn's: requests are behind it
            self._current.disconnected = True
            self._current.message_event.set()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        # what is left refers to nothing that refers to it: memory is freed without the garbage collector
        self.pipeline.clear()
        self.cycle = self._ready = self._current = None  # type: ignore[assignment]
        self._extensions = {}

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._packet_bytes = len(data)
        was_in_head = self._in_head
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.refuse(request_refused.refusal_of(error, data))
            return
        except httptools.HttpParserUpgrade as upgrade:
            if not self._ignore_upgrade(data[upgrade.args[0] :]):
                return
        if self._ready is not None:  # the rest of its body is still to arrive
            self._start(self._ready)
        if self._in_message:
            self.check_progress(was_in_head)
        if self.pipeline:
            self.flow.count_ahead(len(data))

    def _ignore_upgrade(self, rest: bytes) -> bool:
        """Parse what follows the head as a body and further requests. False: there is a CONNECT, or it is not HTTP."""
        while not self._connect_target:
            self._upgrading = False
            head = framing_head(self.parser.get_method(), self.parser.get_http_version(), self.headers)
            self.parser = body_parser(self)
            try:
                self.parser.feed_data(head)
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as upgrade:  # of a request behind it
                rest = rest[upgrade.args[0] :]
            except httptools.HttpParserError as error:
                self.refuse(request_refused.refusal_of(error, rest))
                return False
            else:
                return True
        self._in_message, self._waiting_since = False, None
        self.write_batch.flush()
        self._connect(self, self._connect_target, rest)
        return False

    def eof_received(self) -> None:
        self.write_batch.flush()

    def on_headers_complete(self) -> None:
        parser, before = self.parser, self.cycle
        self._upgrading = parser.should_upgrade()
        version, method, limits = parser.get_http_version(), parser.get_method(), self.limits
        # where there is nothing to check, a call less for each request
        if self._is_split_head or self._packet_bytes > limits.header_bytes or len(self.headers) > limits.header_count:
            self.check_size()
        if method == b"CONNECT":  # whatever its target looks like: the parser takes it for an upgrade
            self._connect_target = self.url
            return
        if self._host_count != 1 or self._host != self._valid_host:
            self.check_host(version)
        url = self.url
        if url[0] == _SLASH and b"#" not in url:
            raw_path, _, query = url.partition(b"?")
        else:
            raw_path, query = path_and_query(url, self.headers)
        self._in_head = False  # from here on nothing refuses the head
        if version == "1.0":
            self.expect_100_continue = False  # RFC 9110, 10.1.1
        path = raw_path.decode("ascii")
        scope = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": method.decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self.headers,
            "extensions": self._extensions,
        }
        cycle = self.cycle = ResponseCycle(self, scope, keep_alive=version != "1.0" and parser.should_keep_alive())
        if before is None or before.response_complete:
            self._ready = cycle
        else:
            self.pipeline.appendleft((cycle, self.app))

    def on_message_complete(self) -> None:
        if self._upgrading:  # the parser ends the message at its head; the body is still to come
            return
        self._in_message, self._waiting_since = False, None
        cycle = self.cycle
        if cycle is self._ready:
            cycle.more_body = False
            self._start(self._ready)
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._current = cast("ResponseCycle", cycle)
            if not self.pipeline:
                self.flow.end_ahead()
            self._start_asgi_task(cycle, app)  # scheduled rather than called: deep pipelines would overflow the stack
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self._refusal is not None:
            self.send_refusal(self._refusal)
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.set_idle_timer(self.timeout_keep_alive)

    def shutdown(self) -> None:
        self._ending = True
        self.write_batch.flush()
        super().shutdown()

    def _is_ending(self) -> bool:
        """The extension IS_ENDING: whether the server is shutting down."""
        return self._ending

    def abort(self) -> None:
        """End the connection at once, whatever is unfinished on it."""
        self.transport.abort()

    def _start(self, cycle: ResponseCycle) -> None:
        """Run the application until it ends or blocks; in the latter case a task continues it."""
        self._ready, self._current = None, cycle
        if not cycle.more_body:
            cast("dict[str, Any]", cycle.scope)[BODY] = bytes(cycle.body)
        task = EagerTask.start(self.app(cycle.scope, cycle.receive, cycle.send))
        if task is None:
            if cycle.response_complete:
                return
            task = EagerTask()
        self._start_asgi_task(cycle, lambda scope, receive, send: task)

    def _send_response(self, status: int, head: bytes, body: bytes) -> Awaitable[None]:
        """The extension RESPONSE. `head` is header lines, each with its end. Responses go out one after another."""
        headers = self.server_state.default_headers
        if headers is not self._default_headers:  # once a second: the date is among them
            self._default_headers = headers
            self._default_lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        if self._current is None:
            return _send_nothing()  # the client has disconnected
        return self._current.send_response(status, self._default_lines + head, body)

    def release(self) -> None:
        """Leave the connection to another protocol."""
        self.connections.discard(self)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def _hang_up(self, at_once: bool) -> None:
        """The extension HANG_UP: end the connection, `at_once` without sending what is buffered."""
        self.write_batch.flush()
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()


async def _send_nothing() -> None:
    """Sends nothing."""
