"""Request bodies: reads them within the size limit, parses them by media type, validates them against the document."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import orjson

from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.gateway.parameters import query_of
from pii_sandbox.mockserver.problems import Malformed, TooLarge, Unprocessable, UnsupportedMediaType

BODY = "pii_sandbox.body"  # scope key of the complete body, if the server received it before it called the application

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DEEPEST = 100
_BODILESS = frozenset({"GET", "HEAD"})  # unless the headers announce a body
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_DIGITS_ALIKE = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_LONG = b"0" * 19  # digits that may not fit into 64 bits


def received_body(scope: Mapping[str, Any], headers: Mapping[str, str], largest: int) -> bytes | None:
    """Return the complete body, or None if it has yet to be read. Raises TooLarge over `largest` bytes."""
    body: bytes | None = scope.get(BODY)
    if body is not None:
        return _within(body, largest)
    announced = headers.get("content-length") or "transfer-encoding" in headers
    return None if announced or scope["method"] not in _BODILESS else b""


def _within(body: bytes, largest: int) -> bytes:
    if len(body) > largest:
        raise TooLarge(f"the body is larger than {largest} bytes")
    return body


def _refuse_announced(headers: Mapping[str, str], largest: int) -> None:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise TooLarge(f"the body is larger than {largest} bytes")


async def read_body(receive: Callable[[], Any], headers: Mapping[str, str], largest: int) -> bytes:
    """Read the complete body. Raises TooLarge over `largest` bytes (by Content-Length, before reading, if it is sent),
    and Malformed if the client disconnects.
    """
    _refuse_announced(headers, largest)
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("the client went away before its body had arrived")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            raise TooLarge(f"the body is larger than {largest} bytes")
        more = message.get("more_body", False)
        if not more and not chunks:
            return chunk
        chunks.append(chunk)
    return b"".join(chunks)


def parse_json_body(raw: bytes) -> Any:
    """Parse JSON (RFC 8259, UTF-8); integers of any length are exact.

    Raises Malformed for invalid JSON, for numbers over Python's digit limit, and for nesting over 100 levels.
    """
    value = _parse(orjson.loads, raw)
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise Malformed(f"the body is nested deeper than {DEEPEST} levels")
    if _LONG in raw.translate(_DIGITS_ALIKE):
        return _parse(json.loads, raw)  # orjson makes a float of an integer over 64 bits; json recurses into each level
    return value


def _parse(parser: Callable[[bytes], Any], raw: bytes) -> Any:
    try:
        return parser(raw)
    except ValueError as error:
        raise Malformed(f"the body is not valid JSON: {getattr(error, 'msg', 'a number is too long')}") from error


def _depth(value: Any) -> int:
    """Return how many objects and arrays are within each other, at least 1; what they hold is no level of its own."""
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return depth


def parse_form_body(raw: bytes) -> Any:
    """Parse an URL-encoded form. Raises Malformed for a repeated field and for a body that is not UTF-8."""
    fields = query_of(raw)
    repeated = [name for name, values in fields.items() if len(values) > 1]
    if repeated:
        raise Malformed(f"{repeated[0]} is sent more than once", errors={repeated[0]: ["is sent more than once"]})
    return {name: values[0] for name, values in fields.items()}


_PARSERS: Mapping[str, Callable[[bytes], Any]] = {JSON: parse_json_body, FORM: parse_form_body}


@dataclass(frozen=True, slots=True)
class MediaType:
    """One request media type of an operation.

    `lenient`: validator without the constraints that the service checks (x-unprocessable, 422); None if there are none.
    """

    parse: Callable[[bytes], Any]
    schema: Mapping[str, Any]
    check: jsonschema_rs.Draft4Validator
    lenient: jsonschema_rs.Draft4Validator | None


@dataclass(frozen=True, slots=True)
class Body:
    """The request body of an operation. `unprocessable`: an absent or invalid one is Unprocessable, not Malformed."""

    required: bool
    rule: str | None
    media_types: Mapping[str, MediaType]
    unprocessable: bool = False

    def read(self, raw: bytes, content_type: str | None) -> Any:
        """Parse and validate the body; None for an absent optional body.

        Raises Malformed, Unprocessable or UnsupportedMediaType.
        """
        if not raw:
            if self.required:
                kind = Unprocessable if self.unprocessable else Malformed
                raise kind("a body is required", rule=self.rule, errors={"body": ["is required"]})
            return None
        media_type = self._media_type(content_type)
        value = media_type.parse(raw)
        if not media_type.check.is_valid(value):
            raise self._refusal(media_type, value)
        return value

    def _media_type(self, content_type: str | None) -> MediaType:
        exact = self.media_types.get(content_type or "")  # fast path: most clients send it without parameters
        if exact is not None:
            return exact
        if content_type is None:
            return next(iter(self.media_types.values()))
        name, _, rest = content_type.partition(";")
        media_type = self.media_types.get(name.strip().lower())
        charset = _CHARSET.search(rest) if rest else None
        if media_type is None or (charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii")):
            raise UnsupportedMediaType(f"send {' or '.join(self.media_types)}, in UTF-8")
        return media_type

    def _refusal(self, media_type: MediaType, value: Any) -> Malformed:
        errors = schemas.validation_errors(media_type.check, value)
        field, messages = next(iter(errors.items()))
        message = f"{field}: {messages[0]}" if field else messages[0]
        rule = next(filter(None, (schemas.property_rule(media_type.schema, path) for path in errors)), self.rule)
        refused_by_service = media_type.lenient is not None and media_type.lenient.is_valid(value)
        kind = Unprocessable if refused_by_service or self.unprocessable else Malformed
        return kind(message, rule=rule, errors={path or "body": texts for path, texts in errors.items()})


def body_reader(definition: Mapping[str, Any]) -> Body | None:
    """Build the reader of a `requestBody` object; None if the operation has no body."""
    if not definition:
        return None
    return Body(
        required=definition.get("required", False),
        rule=definition.get("x-rule"),
        media_types={name: _media_type(name, content) for name, content in definition["content"].items()},
        unprocessable=definition.get("x-unprocessable", False),
    )


def _media_type(name: str, content: Mapping[str, Any]) -> MediaType:
    schema = {key: value for key, value in content.get("schema", {}).items() if key != "components"}
    strict, lenient = schemas.draft4(schema), schemas.draft4(schema, lenient=True)
    return MediaType(
        parse=_PARSERS[name],
        schema=schema,
        check=schemas.compile_validator(schema),
        lenient=None if strict == lenient else schemas.compile_validator(schema, lenient=True),
    )
