"""Refuses invalid requests before they reach the application, with problem details (RFC 9457)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

_CLIENT_HELLO = b"\x16\x03"
_CODING = b"transfer-encoding"
_HTTP2_PREFACE = b"PRI * HTTP/2"
_HOST = re.compile(rb"(?:[A-Za-z0-9\-._~%!$&'()*+,;=]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")


class RequestRefused(Exception):
    """A request is refused with `status`; the response closes the connection."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title

    def response(self, default_headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Return the complete response as bytes."""
        problem = {"type": "about:blank", "title": self.title, "status": self.status}
        body = json.dumps(problem, ensure_ascii=False).encode()
        headers = (
            *default_headers,
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        )
        return b"".join([STATUS_LINE[self.status], *(b"%b: %b\r\n" % header for header in headers), b"\r\n", body])


def refusal_of(error: httptools.HttpParserError, data: bytes) -> RequestRefused:
    """Return the refusal for an error of the parser or of one of its callbacks. `data`: the latest packet."""
    if isinstance(error.__context__, RequestRefused):
        return error.__context__
    if data.startswith(_CLIENT_HELLO):
        title = "A client speaks TLS to the port of plain HTTP: serve --tls opens another port for HTTPS."
    elif data.startswith(_HTTP2_PREFACE):
        title = "A client speaks HTTP/2 without having asked for it: this server speaks HTTP/1.1."
    else:
        title = "Invalid HTTP request received."
    return RequestRefused(400, title)


def request_line_too_long(limit: int) -> RequestRefused:
    return RequestRefused(414, f"The path and query of the request are longer than {limit} bytes.")


def header_too_large(limit: int) -> RequestRefused:
    return RequestRefused(431, f"The header fields of the request are larger than {limit} bytes in all.")


def too_many_header_fields(limit: int) -> RequestRefused:
    return RequestRefused(431, f"The request has more than {limit} header fields.")


def too_slow(limit_seconds: float) -> RequestRefused:
    return RequestRefused(408, f"No complete request arrived within {limit_seconds:g} seconds.")


def too_many_connections(limit: int) -> RequestRefused:
    return RequestRefused(503, f"The server has {limit} connections open, the maximum.")


def connect_behind_a_request() -> RequestRefused:
    return RequestRefused(400, "CONNECT was sent before the response to the previous request was complete.")


def check_transfer_coding(value: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise RequestRefused unless a Transfer-Encoding is `chunked`, and the only one. (RFC 9112, 6.1)

    `headers` are those that came before it.
    """
    codings = [coding.strip().lower() for coding in value.split(b",")]
    if codings[-1] != b"chunked" or codings.count(b"chunked") > 1 or any(name == _CODING for name, _ in headers):
        raise RequestRefused(400, "The Transfer-Encoding of the request does not end with chunked, and once.")
    if len(codings) > 1:
        raise RequestRefused(
            501, "The request has a Transfer-Encoding other than chunked; this server supports no other."
        )


def check_host(version: str, count: int, host: bytes) -> None:
    """Raise RequestRefused unless there is one Host header that is a host; HTTP/1.0 needs none. (RFC 9112, 3.2)"""
    if count > 1:
        raise RequestRefused(400, "The request has more than one Host header.")
    if count == 0 and version != "1.0":
        raise RequestRefused(400, "The request has no Host header, which HTTP/1.1 requires.")
    if count and _HOST.fullmatch(host) is None:
        raise RequestRefused(400, "The Host header of the request is not a host name.")
