"""Bounded reading of a response: its bytes, time, headers and nesting are limited; beyond one it is told so."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any

import httpx

from pii_sandbox.conformance.http import json_bounds, transport
from pii_sandbox.conformance.http.content_codings import CorruptCoding, TooLong, decode_content
from pii_sandbox.conformance.http.network_stream import Oversize, ReadGuard, use_guard
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds, size

# JSON is UTF-8 (RFC 8259, 8.1); what a gateway has put into one of these, and says so, can be read all the same
_OTHER_CHARSETS = frozenset(
    {"iso-8859-1", "latin-1", "latin1", "iso-8859-15", "windows-1252", "utf-16", "utf-16le", "utf-16be"}
)
_LOCATION = "pii_sandbox.location"  # an extension of httpx's response


@dataclass(frozen=True, slots=True)
class ReadResponse:
    """A response, read within bounds. The body is empty, or pruned, where `oversize` says which bound it passes.

    `surplus` counts the bytes that came after its end.
    """

    status: int
    headers: dict[str, str]
    body: bytes = b""
    oversize: str | None = None
    surplus: int = 0


class NoCookies(CookieJar):
    """A jar that keeps nothing: a session of one credential must not travel with the calls of another."""

    def extract_cookies(self, *_: Any) -> None: ...

    def add_cookie_header(self, *_: Any) -> None: ...


def set_location_aside(response: httpx.Response) -> None:
    """A hook of httpx's client: it reads every Location, and takes one that is no URL for the end of the connection."""
    location = response.headers.pop("location", None)
    if location is not None:
        response.extensions[_LOCATION] = location


def read_response(
    client: httpx.Client,
    request: httpx.Request,
    bounds: AnswerBounds,
    seconds: float,
    look: Callable[[], None] = lambda: None,
) -> ReadResponse:
    """Sends the request and reads the response, for `seconds` at most.

    `look` is called between chunks and raises where the run is stopped. Raises httpx.RequestError where no response
    comes whole, and Oversize where its head passes a bound.
    """
    guard = ReadGuard(
        time.monotonic() + seconds,
        bounds.wire_bytes,
        f"the response did not end within {seconds:g} s",
        f"is over {size(bounds.wire_bytes)} long",
        look,
    )
    with use_guard(guard):
        response = client.send(request, stream=True)
        if _LOCATION in response.extensions:
            response.headers["location"] = response.extensions[_LOCATION]
        guard.in_head = False
        try:
            return _read_response(response, bounds, guard)
        finally:
            response.close()


def _read_response(response: httpx.Response, bounds: AnswerBounds, guard: ReadGuard) -> ReadResponse:
    too_many = _headers_oversize(response.headers, bounds)
    if too_many is not None:
        return ReadResponse(response.status_code, _few_headers(response.headers, bounds), oversize=too_many)
    status, headers = response.status_code, dict(response.headers)
    try:
        raw = _raw_body(response, bounds, guard)
    except Oversize as error:
        return ReadResponse(status, headers, oversize=str(error))
    surplus = len(transport.surplus(response))
    try:
        body = decode_content(raw, response.headers.get("content-encoding", ""), bounds.decoded_bytes)
    except TooLong:
        return ReadResponse(
            status, headers, oversize=f"decompresses to over {size(bounds.decoded_bytes)}", surplus=surplus
        )
    except CorruptCoding as error:
        raise httpx.DecodingError(str(error), request=response.request) from error
    body = _in_utf_8(body, response)
    if len(body) > bounds.decoded_bytes:  # it was in no coding, or in an unknown one
        return ReadResponse(status, headers, oversize=f"is over {size(bounds.decoded_bytes)} long", surplus=surplus)
    return ReadResponse(status, headers, *_bounded_json(body, bounds), surplus)


def _in_utf_8(body: bytes, response: httpx.Response) -> bytes:
    """JSON in UTF-8, whichever of the known charsets its media type names; a body that is in none of them as it is."""
    charset = _charset(response)
    if "json" not in response.headers.get("content-type", "").lower() or charset not in _OTHER_CHARSETS:
        return body
    try:
        return body.decode(charset).encode()
    except UnicodeError:
        return body


def _charset(response: httpx.Response) -> str:
    """The charset that the media type names, in lower case; empty where none can be read."""
    try:
        return (response.charset_encoding or "").lower()
    except (TypeError, ValueError):  # a parameter in parts (RFC 2231) that cannot be put in order
        return ""


def _raw_body(response: httpx.Response, bounds: AnswerBounds, guard: ReadGuard) -> bytes:
    if response.is_stream_consumed:
        return response.content  # of a stub
    body = bytearray()
    for chunk in response.iter_raw():
        guard.look()
        body += chunk
        if len(body) > bounds.wire_bytes:
            raise Oversize(guard.too_long)
    return bytes(body)


def _bounded_json(body: bytes, bounds: AnswerBounds) -> tuple[bytes, str | None]:
    if not json_bounds.may_be_json(body):
        return body, None
    if json_bounds.values(body) > bounds.values:
        return b"", f"has over {bounds.values} JSON values"
    less = json_bounds.prune_json(body, bounds.depth)
    return (body, None) if less is None else (less, f"is nested over {bounds.depth} levels deep")


def _headers_oversize(headers: httpx.Headers, bounds: AnswerBounds) -> str | None:
    if len(headers.raw) > bounds.headers:
        return f"has over {bounds.headers} headers"
    if any(len(name) + len(value) > bounds.header_bytes for name, value in headers.raw):
        return f"has a header of over {size(bounds.header_bytes)}"
    return None


def _few_headers(headers: httpx.Headers, bounds: AnswerBounds) -> dict[str, str]:
    """Those that are within the bounds, as many as may be; the media type is among them, for it is still judged."""
    few = [(name, value) for name, value in headers.raw if len(name) + len(value) <= bounds.header_bytes]
    few.sort(key=lambda field: field[0].lower() != b"content-type")
    return dict(httpx.Headers(few[: bounds.headers]))
