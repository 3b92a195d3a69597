"""The sandbox behind a socket: uvicorn, whose connections answer at once what can be answered at once.

uvicorn makes a task of every request, looks through the headers of an answer one by one and writes it in two pieces.
That is right for any application; for this one, nearly all of whose answers are ready without waiting for anything, it
is half of what a read costs. So here

- a request is begun on the spot once it has arrived, and becomes a task only where it waits for something;
- an application finds a body that has arrived in the scope (`BODY`), and gives a whole answer in one step (`ANSWER`);
- answers leave together once the requests that came together are answered (`pii_sandbox.outbox`);
- a connection in use does not set a timer for its end after each answer, it looks now and then.

Parsing, pipelining, flow control, streamed answers, errors and shutting down are uvicorn's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from mockserver.gateway import ANSWER, BODY, HANG_UP
from pii_sandbox.begun import Rest
from pii_sandbox.outbox import Outbox
from pii_sandbox.server.connect_proxy import add_named_sandbox
from pii_sandbox.server.upgrade import body_parser, framing_head

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_CLOSE = b"connection: close\r\n\r\n"
_CLIENT_HELLO = b"\x16\x03"
_HTTP2_PREFACE = b"PRI * HTTP/2"
_HTTP2_REFUSED = "A client speaks HTTP/2 without having asked for it: this server speaks HTTP/1.1."
_TLS_REFUSED = "A client speaks TLS to the port of plain HTTP: serve --tls opens another port for HTTPS."


class Cycle(RequestResponseCycle):
    """One request and its answer, which may be given as a whole."""

    def __init__(self, protocol: Protocol, scope: Any, *, keep_alive: bool) -> None:
        super().__init__(
            scope=scope,
            transport=protocol.transport,
            flow=protocol.flow,
            logger=protocol.logger,
            access_logger=protocol.access_logger,
            access_log=protocol.access_log,
            default_headers=protocol.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=protocol.expect_100_continue,
            keep_alive=keep_alive,
            on_response=protocol.on_response_complete,
        )
        self._loop = protocol.loop
        self._outbox = protocol.outbox
        self._body_received = False

    async def answer(self, status: int, lines: bytes, body: bytes) -> None:
        """Sends all of an answer. `lines`: those of its head, each with its end."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("an answer that has begun cannot be given as a whole")
        self.response_started = self.response_complete = True
        end = b"\r\n" if self.keep_alive else _CLOSE
        self._outbox.put(self._loop, self.transport, b"".join((STATUS_LINE[status], lines, end, body)))
        if not self.keep_alive:
            self._outbox.empty()
            self.transport.close()
        self.on_response()

    async def send(self, message: Any) -> None:
        self._outbox.empty()  # this connection's earlier answers first
        await super().send(message)

    async def receive(self) -> Any:
        if self.waiting_for_100_continue:
            self._outbox.empty()
        if self.more_body or self.disconnected or self.response_complete or self._body_received:
            return await super().receive()
        self._body_received = True
        self.message_event.clear()  # all is there: no need to wait
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}


Connect = Callable[["Protocol", bytes, bytes], None]  # answers CONNECT, of this target and with these early bytes


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 whose connections the application can end in the middle of an answer."""

    _upgrading = False  # the request at hand asks for another protocol: ignored, but for CONNECT
    _connect_target = b""  # of a CONNECT that has arrived

    def __init__(self, outbox: Outbox, connect: Connect, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.outbox = outbox
        self._connect = connect
        self._ready: Cycle | None = None  # to be begun
        self._begun: Cycle | None = None  # the one that is being answered
        self._idle_since: float | None = None
        self._default_headers: list[tuple[bytes, bytes]] = []
        self._default_lines = b""
        # not a cycle's own: a cycle and its scope would refer to each other, and be garbage that only a search finds
        self._extensions = {HANG_UP: self._hang_up, ANSWER: self._answer}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(data)
            return
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
            if self._connect_target:
                self.outbox.empty()
                self._connect(self, self._connect_target, rest)
                return
            if not self._ignore_upgrade(rest):
                return
        if self._ready is not None:  # the rest of its body has yet to arrive
            self._begin(self._ready)

    def _ignore_upgrade(self, rest: bytes) -> bool:
        """Parse what follows the head as a body and further requests. False: it is not HTTP, and was refused."""
        while True:
            self._upgrading = False
            head = framing_head(self.parser.get_method(), self.parser.get_http_version(), self.headers)
            self.parser = body_parser(self)
            try:
                self.parser.feed_data(head)
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as upgrade:  # of a request behind it
                rest = rest[upgrade.args[0] :]
                if self._connect_target:
                    self.transport.close()  # a tunnel is asked for as the first thing on a connection
                    return False
            except httptools.HttpParserError:
                self._refuse(rest)
                return False
            else:
                return True

    def _refuse(self, data: bytes) -> None:
        message = "Invalid HTTP request received."
        if data.startswith(_CLIENT_HELLO):
            message = _TLS_REFUSED
        elif data.startswith(_HTTP2_PREFACE):
            message = _HTTP2_REFUSED
        self.logger.warning(message)
        self.send_400_response(message)

    def eof_received(self) -> None:
        self.outbox.empty()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        parser, before = self.parser, self.cycle
        self._upgrading = parser.should_upgrade()
        version = parser.get_http_version()
        if self.url.startswith(b"/"):
            raw_path, query = _parts(self.url)
        elif parser.get_method() == b"CONNECT":
            self._connect_target = self.url
            return
        else:
            raw_path, query = _parts(self.url)
            add_named_sandbox(self.headers)
        path = raw_path.decode("ascii")
        scope = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": parser.get_method().decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": self.headers,
            "extensions": self._extensions,
        }
        cycle = self.cycle = Cycle(self, scope, keep_alive=version != "1.0" and parser.should_keep_alive())
        if before is None or before.response_complete:
            self._ready = cycle
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def on_message_complete(self) -> None:
        if self._upgrading:  # the parser ends the message at its head; the body is still to come
            return
        cycle = self.cycle
        if cycle is self._ready:
            cycle.more_body = False
            self._begin(self._ready)
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._begun = cast("Cycle", cycle)
            self._start_asgi_task(cycle, app)  # not on the spot: a thousand of them would be a thousand calls deep
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None  # the timer stays, and finds out by itself

    def timeout_keep_alive_handler(self) -> None:
        now = self.loop.time()
        left = self.timeout_keep_alive - (now - (now if self._idle_since is None else self._idle_since))
        if left > 0:
            self._look_again(left)
        else:
            super().timeout_keep_alive_handler()

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def shutdown(self) -> None:
        self.outbox.empty()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        self.outbox.empty()
        super().send_400_response(msg)

    def _begin(self, cycle: Cycle) -> None:
        """Runs the application up to its end, or to where it waits; uvicorn sees to what is then left of it."""
        self._ready, self._begun = None, cycle
        if not cycle.more_body:
            cast("dict[str, Any]", cycle.scope)[BODY] = bytes(cycle.body)
        running = self.app(cycle.scope, cycle.receive, cycle.send)
        try:
            rest = Rest(running, awaited=running.send(None))
        except StopIteration:
            if cycle.response_complete:
                return
            rest = Rest()
        except Exception as error:
            rest = Rest(error=error)
        self._start_asgi_task(cycle, lambda scope, receive, send: rest)

    def _answer(self, status: int, head: bytes, body: bytes) -> Awaitable[None]:
        """`head`: its header lines, each with its end. Answers of one connection come one after another."""
        headers = self.server_state.default_headers
        if headers is not self._default_headers:  # once a second: the date is among them
            self._default_headers = headers
            self._default_lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        return cast("Cycle", self._begun).answer(status, self._default_lines + head, body)

    def release(self) -> None:
        """Leaves the connection to another protocol."""
        self.connections.discard(self)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def _hang_up(self, at_once: bool) -> None:
        self.outbox.empty()
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()


def _parts(target: bytes) -> tuple[bytes, bytes]:
    """Path and query of a request target. Raises HttpParserInvalidURLError."""
    if target.startswith(b"/") and b"#" not in target:
        path, _, query = target.partition(b"?")
        return path, query
    parsed = httptools.parse_url(target)
    return parsed.path, parsed.query or b""
