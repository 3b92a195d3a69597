"""A server that answers each operation in a hostile way: alone, or before a sandbox whose answers it spoils."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import httpx

from pii_sandbox.redaction.operation_schemas import operations_at
from tests.hostile.answers import Kind, Reply

_NOT_PASSED_ON = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "x-sandbox", "transfer-encoding"}
)


@dataclass
class HostileServer:
    """`kind` answers the first `times` calls of each operation, all of them where that is None.

    Where there is a sandbox `behind`, each call is passed on to it, so that something happens whatever is answered;
    the first `honest` calls get its own answers.
    """

    kind: Kind
    behind: str | None = None
    times: int | None = None
    honest: int = 0
    url: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    hostile: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, connection: socket.socket, client: httpx.Client) -> bool:
        """Answers one request; whether the connection goes on."""
        request = _request(connection)
        if request is None:
            return False
        method, target, headers, body = request
        path = target.partition("?")[0]
        operation = _operation(method, path)
        reply, genuine = Reply(), b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if self.behind is not None and not path.startswith(("/_sandbox", "/~")):
            response = client.request(method, self.behind + target, headers=headers, content=body)
            reply = Reply(response.status_code, response.headers.get("content-type", ""), response.content)
            genuine = _honest(method, response)
        with self._lock:
            self.calls[operation] += 1
            often = self.times is None or self.hostile[operation] < self.times
            spoils = often and self.calls.total() > self.honest
            self.hostile[operation] += spoils
        written = self.kind(reply) if spoils else genuine
        if callable(written):
            written(connection)
        else:
            connection.sendall(written)
        return True


def _operation(method: str, path: str) -> str:
    for dialect in ("guide", "reference"):
        for facts in operations_at(path, dialect):
            if facts.method == method:
                return facts.operation_id
    return f"{method} outside the documents"


def _honest(method: str, response: httpx.Response) -> bytes:
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
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    length = int(next((value for name, value in headers.items() if name.lower() == "content-length"), 0))
    while len(body) < length:
        body += connection.recv(65_536)
    return method, target, {n: v for n, v in headers.items() if n.lower() not in _NOT_PASSED_ON}, body


@contextmanager
def hostile_server(
    kind: Kind, behind: str | None = None, times: int | None = None, honest: int = 0
) -> Iterator[HostileServer]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    server = HostileServer(kind, behind, times, honest, f"http://127.0.0.1:{listening.getsockname()[1]}")
    with httpx.Client(trust_env=False, timeout=30) as client:

        def serve(connection: socket.socket) -> None:
            with closing(connection):
                try:
                    while server.answer(connection, client):
                        pass
                except OSError:
                    return

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=[connection], daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)
