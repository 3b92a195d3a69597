"""Ignores the `Upgrade` header of a request, as RFC 9110 section 7.8 lets a server do.

httptools ends a message at the head of a request that asks for an upgrade, and takes what follows for another protocol.
A server that ignores the upgrade continues in HTTP/1.1, so that the body is parsed by a second parser, which gets a
head with the framing of the request. (httptools 124, uvicorn 2722)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import httptools

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
Headers = Sequence[tuple[bytes, bytes]]


class ParserCallbacks(Protocol):
    """The callbacks of an httptools parser."""

    def on_message_begin(self) -> None: ...
    def on_url(self, url: bytes) -> None: ...
    def on_header(self, name: bytes, value: bytes) -> None: ...
    def on_headers_complete(self) -> None: ...
    def on_body(self, body: bytes) -> None: ...
    def on_message_complete(self) -> None: ...


class BodyCallbacks:
    """Forwards all callbacks except those of the first head, which has been parsed already."""

    def __init__(self, callbacks: ParserCallbacks) -> None:
        self._callbacks = callbacks
        self._in_first_head = True
        self.on_body = callbacks.on_body
        self.on_message_complete = callbacks.on_message_complete

    def on_message_begin(self) -> None:
        if not self._in_first_head:
            self._callbacks.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._in_first_head:
            self._callbacks.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_first_head:
            self._callbacks.on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._in_first_head:
            self._in_first_head = False
        else:
            self._callbacks.on_headers_complete()


def body_parser(callbacks: ParserCallbacks) -> httptools.HttpRequestParser:
    """Return a parser for the body of a request whose head is known, and for the requests after it."""
    parser = httptools.HttpRequestParser(BodyCallbacks(callbacks))
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn sets it
    return parser


def framing_head(method: bytes, version: str, headers: Headers) -> bytes:
    """Return the head of a request without an upgrade whose body is framed as by `headers` (names in lower case)."""
    lines = [b"%b / HTTP/%b" % (method, version.encode("ascii"))]
    lines += [b"%b: %b" % header for header in headers if header[0] in _FRAMING]
    return b"\r\n".join([*lines, b"", b""])
