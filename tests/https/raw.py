"""Bytes to a port, and what comes back."""

from __future__ import annotations

import contextlib
import socket
import ssl
from types import TracebackType

SECONDS = 20.0


class Raw:
    """A connection to 127.0.0.1. A server that neither answers nor closes within SECONDS is a TimeoutError."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)

    def __enter__(self) -> Raw:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def head(self) -> bytes:
        """The head of a response, to its empty line; nothing behind it is read."""
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            received += byte
        return received

    def rest(self) -> bytes:
        """All until the server closes."""
        received = b""
        while True:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return received
            if not data:
                return received
            received += data


class TlsOverBytes:
    """A TLS client that hands out its bytes instead of sending them."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)

    def hello(self) -> bytes:
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self.outgoing.read()

    def exchange(self, raw: Raw, request: bytes) -> bytes:
        """Ends the handshake, sends the request together with its last message; the first bytes of the response."""
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.send(self.outgoing.read())
                self._receive(raw)
        self.tls.write(request)
        raw.send(self.outgoing.read())
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self._receive(raw)

    def _receive(self, raw: Raw) -> None:
        data = raw.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.incoming.write(data)
