"""A server that answers each operation in hostile ways: alone, or before a sandbox whose answers it spoils."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from pii_sandbox.redaction.operation_schemas import operations_at
from tests.hostile.answers import Kind, Reply
from tests.raw_server import serve_connections

_NOT_PASSED_ON = frozenset({"host", "content-length", "connection", "accept-encoding", "transfer-encoding"})
_NOT_BY_A_VENDOR = ("/_sandbox", "/~")
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass
class HostileServer:
    """Without a sandbox `behind`, each call gets a hostile answer.

    Where there is one, each call is passed on to it, so that something happens whatever is answered; the first `honest`
    calls get its own answers. After them every other call of an operation gets a hostile answer, of the kind that the
    operation has met least, at most `times` of each kind. `controlled`: the control API is there, and honest.
    `struck` counts the hostile answers by kind and operation. `named`: the bodies of honest answers to what
    may have made something, where the client sent another request on the same connection: one that had given up waiting
    would have closed it. `arrivals`: when calls came, those of the control API too.
    """

    kinds: Mapping[str, Kind]
    behind: str | None = None
    times: int | None = None
    honest: int = 0
    controlled: bool = False
    url: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    named: list[bytes] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def seconds(self) -> float:
        """From the first call to the last."""
        return max(self.arrivals) - min(self.arrivals)

    def operations(self, kind: str) -> set[str]:
        """The operations that have got an answer of that kind."""
        return {operation for struck, operation in self.struck if struck == kind}

    def answer(self, connection: socket.socket, client: httpx.Client, offered: list[bytes]) -> bool:
        """Answers one request; whether the connection goes on.

        `offered`: what becomes `named` if another request comes.
        """
        request = _request(connection)
        if request is None:
            return False
        self.named += offered
        offered.clear()
        self.arrivals.append(time.monotonic())
        method, target, headers, body = request
        path = target.partition("?")[0]
        control = path.startswith(_NOT_BY_A_VENDOR)
        if not self.controlled:
            headers.pop("x-sandbox", None)
        reply, genuine = Reply(), _NOT_FOUND
        if self.behind is not None and (self.controlled or not control):
            response = client.request(method, self.behind + target, headers=headers, content=body)
            reply = Reply(response.status_code, response.headers.get("content-type", ""), response.content)
            genuine = _honest_response(method, response)
        kind = None if control and self.controlled else self._next_kind(_operation(method, path))
        written = genuine if kind is None else self.kinds[kind](reply)
        if kind is None and method == "POST":
            offered.append(reply.body)
        if callable(written):
            written(connection)
        else:
            connection.sendall(written)
        return True

    def _next_kind(self, operation: str) -> str | None:
        """The kind of the answer to a call, None for the honest one."""
        with self._lock:
            self.calls[operation] += 1
            if self.behind is not None and (self.calls.total() <= self.honest or self.calls[operation] % 2 == 0):
                return None
            everywhere: Counter[str] = Counter()
            for (struck, _), count in self.struck.items():
                everywhere[struck] += count
            kind = min(self.kinds, key=lambda one: (self.struck[one, operation], everywhere[one]))
            if self.times is not None and self.struck[kind, operation] >= self.times:
                return None
            self.struck[kind, operation] += 1
            return kind


def _operation(method: str, path: str) -> str:
    for dialect in ("guide", "reference"):
        for facts in operations_at(path, dialect):
            if facts.method == method:
                return facts.operation_id
    return f"{method} outside the documents"


def _honest_response(method: str, response: httpx.Response) -> bytes:
    kept = [
        f"{name}: {value}".encode("latin-1")
        for name, value in response.headers.multi_items()
        if name not in ("content-length", "content-encoding", "transfer-encoding", "connection")
    ]
    body = b"" if method == "HEAD" or response.status_code == 204 else response.content
    if response.status_code != 204:
        kept.append(b"Content-Length: %d" % len(response.content))
    return b"\r\n".join([b"HTTP/1.1 %d Answer" % response.status_code, *kept, b"", b""]) + body


def _request(connection: socket.socket) -> tuple[str, str, dict[str, str], bytes] | None:
    """Method, target, headers (names in lower case) and body; None where the connection has ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        more = connection.recv(65_536)
        if not more:
            return None
        body += more
    return method, target, {name: value for name, value in headers.items() if name not in _NOT_PASSED_ON}, body


@contextmanager
def hostile_server(
    kinds: Mapping[str, Kind],
    behind: str | None = None,
    times: int | None = None,
    honest: int = 0,
    *,
    controlled: bool = False,
) -> Iterator[HostileServer]:
    server = HostileServer(kinds, behind, times, honest, controlled)
    with httpx.Client(trust_env=False, timeout=30) as client:

        def serve(connection: socket.socket) -> None:
            offered: list[bytes] = []
            while server.answer(connection, client, offered):
                pass

        with serve_connections(serve) as server.url:
            yield server
