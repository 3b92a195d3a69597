"""A server that answers with bytes as they are given, or that drips them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.raw_server import serve_connections

OK = b"HTTP/1.1 200 OK\r\n"
DRIP_SECONDS = 30.0  # which no test waits
LARGE_CHUNK = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
Answer = Callable[[socket.socket], None]


@contextmanager
def server(*answers: bytes | Answer) -> Iterator[str]:
    """The URL of a server that gives these answers, one after the other and the last one for ever."""
    given: list[int] = []

    def serve(connection: socket.socket) -> None:
        while b"\r\n\r\n" in _receive(connection):
            answer = answers[min(len(given), len(answers) - 1)]
            given.append(1)
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)

    with serve_connections(serve) as url:
        yield f"{url}/"


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def response_bytes(body: bytes, *headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return OK + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body


def dripping_response(head: bytes, drop: bytes) -> Answer:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        ends = time.monotonic() + DRIP_SECONDS
        while time.monotonic() < ends:
            connection.sendall(drop)
            time.sleep(0.02)

    return drip
