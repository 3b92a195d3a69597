"""Encodes and sends responses of all vendors, with their response headers; optionally validates them.

A response is validated against its OpenAPI document. The head is a block of header lines; lines that many responses
share are encoded once and cached.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jsonschema_rs
import orjson

from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway.compression import LARGEST_PLAIN, compress

LONGEST_CACHED = 100  # characters of a media type
_UNSENDABLE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110: would end the header line, or worse


class UndocumentedResponse(Exception):
    """A response does not match its document: an error of the sandbox, not of the client."""


def encode_body(reply: Reply) -> bytes:
    """Return the body as bytes; JSON for anything but bytes and None."""
    if reply.body is None:
        return b""
    if isinstance(reply.body, bytes):
        return reply.body
    try:
        return orjson.dumps(reply.body)
    except TypeError:  # an integer over 64 bits, which orjson does not write
        return json.dumps(reply.body, ensure_ascii=False, separators=(",", ":")).encode()


def encode_headers(reply: Reply, size: int) -> bytes:
    """Return the header lines, each with its CRLF. Raises ValueError for a character that no header value may hold."""
    media_type = None if reply.body is None else reply.media_type
    common = _cached_headers if len(reply.media_type) <= LONGEST_CACHED else _common_headers
    lines = common(media_type, None if reply.status in (204, 304) else size, reply.rule)
    if reply.headers:
        return b"".join(_line(name.lower(), value) for name, value in reply.headers.items()) + lines
    return lines


def encode_stream_headers(media_type: str, headers: Mapping[str, str]) -> bytes:
    """Return the header lines of a response whose length is not known."""
    return b"".join(_line(name.lower(), value) for name, value in {"content-type": media_type, **headers}.items())


def _common_headers(media_type: str | None, size: int | None, rule: str | None) -> bytes:
    headers = {"content-type": media_type, "content-length": size, "x-sandbox-rule": rule}
    return b"".join(_line(name, str(value)) for name, value in headers.items() if value is not None)


_cached_headers = functools.lru_cache(maxsize=1024)(_common_headers)  # bounded: clients choose some media types


def _line(name: str, value: str) -> bytes:
    raw = value.encode("latin-1", "replace")
    if _UNSENDABLE.search(raw):
        raise ValueError(f"the header {name} cannot have that value")
    return b"%b: %b\r\n" % (name.encode(), raw)


def decode_headers(head: bytes) -> list[tuple[bytes, bytes]]:
    """Parse header lines into ASGI's list of name and value pairs."""
    pairs = (line.partition(b": ") for line in head.split(b"\r\n") if line)
    return [(name, value) for name, _, value in pairs]


class ResponseSink(Protocol):
    """Receives complete responses."""

    def send_response(self, status: int, head: bytes, body: bytes, plain: bytes | None = None) -> Awaitable[None]: ...


def send(
    reply: Reply, to: ResponseSink, method: str, request_headers: Mapping[str, str] | None = None
) -> Awaitable[None]:
    """Send the reply; without its body in response to HEAD.

    `request_headers` decide on compression; None: the body is not compressed.
    """
    body = coded = encode_body(reply)
    if request_headers is not None and (len(body) > LARGEST_PLAIN or "accept-encoding" in request_headers):
        reply, coded = compress(reply, body, request_headers.get("accept-encoding"))
    lines = encode_headers(reply, len(coded))
    if method == "HEAD":
        return to.send_response(reply.status, lines, b"")
    return to.send_response(reply.status, lines, coded, body)


@dataclass(frozen=True, slots=True)
class ResponseValidator:
    """Validates responses of one operation: status → media type → validator (None: any body)."""

    operation_id: str
    statuses: Mapping[str, Mapping[str, jsonschema_rs.Draft4Validator | None]]

    def check(self, reply: Reply) -> None:
        """Raises UndocumentedResponse for an undocumented status or media type, or a body that breaks its schema."""
        content = self.statuses.get(str(reply.status), self.statuses.get("default"))
        if content is None:
            raise UndocumentedResponse(f"{self.operation_id}: status {reply.status} is not documented")
        if reply.body is None:
            if content:
                raise UndocumentedResponse(f"{self.operation_id}: {reply.status} without the documented body")
            return
        name = reply.media_type.partition(";")[0].strip()
        if name not in content and "*/*" not in content:
            raise UndocumentedResponse(f"{self.operation_id}: {reply.status} as {name} is not documented")
        validator = content.get(name, content.get("*/*"))
        if validator is None or isinstance(reply.body, bytes) or validator.is_valid(reply.body):
            return
        errors = schemas.validation_errors(validator, reply.body)
        raise UndocumentedResponse(f"{self.operation_id}: {reply.status} breaks its schema: {errors}")


def response_validator(operation_id: str, responses: Mapping[str, Any]) -> ResponseValidator:
    """Build the validator from an operation's `responses` object."""
    return ResponseValidator(
        operation_id,
        {
            str(status): {name: _validator(content) for name, content in response.get("content", {}).items()}
            for status, response in responses.items()
        },
    )


def _validator(content: Mapping[str, Any]) -> jsonschema_rs.Draft4Validator | None:
    schema = content.get("schema")
    return None if schema is None else schemas.compile_validator(schemas.with_uuid_patterns(schema))
