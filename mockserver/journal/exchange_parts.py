"""The parts of an exchange that can hold personal data, each with the mark that its OpenAPI schema puts on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus, urlsplit

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.redaction import operation_schemas
from pii_sandbox.redaction.bodies import Content, parsed_content
from pii_sandbox.redaction.detectors import UUID
from pii_sandbox.redaction.operation_schemas import OperationSchemas
from pii_sandbox.redaction.schema_marks import UNKNOWN, Schema, SchemaMark, SchemaNode
from pii_sandbox.redaction.vocabulary import SECRET_HEADER, credential_headers

_SANDBOX_PREFIX = re.compile(r"/~[^/]*")
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_PLAIN_HEADERS = """
    accept accept-charset accept-encoding accept-language allow cache-control connection content-encoding
    content-language content-length content-type date expect host keep-alive origin retry-after server
    transfer-encoding user-agent vary www-authenticate x-sandbox x-sandbox-fault x-sandbox-rule x-sandbox-error
    access-control-allow-origin access-control-allow-headers access-control-allow-methods access-control-max-age
    access-control-request-headers access-control-request-method sec-fetch-dest sec-fetch-mode sec-fetch-site
    upgrade-insecure-requests traceparent
"""
PLAIN_HEADERS = frozenset(_PLAIN_HEADERS.split())  # headers about clients and servers, never about a person


class BodyPart(NamedTuple):
    """A parsed body and its schema. `trusted`: values that no schema describes are not personal."""

    content: Content
    node: SchemaNode
    trusted: bool


@dataclass
class ExchangeParts:
    """The unredacted parts of an exchange: parsed bodies, decoded parameters, and the marks of each."""

    exchange: JournalExchange

    @cached_property
    def schemas(self) -> OperationSchemas | None:
        """Schemas of the operation; None if no operation matched."""
        exchange = self.exchange
        if exchange.document is None or exchange.operation_id is None:
            return None
        return operation_schemas.operation_schemas(exchange.document, exchange.operation_id, exchange.dialect)

    @cached_property
    def path_schemas(self) -> OperationSchemas | None:
        """Schemas that define the path and query parameters: of the operation, or of another one at the same path."""
        if self.schemas is not None or not self.exchange.path_values:
            return self.schemas
        operations = operation_schemas.operations_at(path_of(self.exchange.url), self.exchange.dialect)
        if not operations:
            return None
        first = operations[0]
        return operation_schemas.operation_schemas(first.document, first.operation_id, self.exchange.dialect)

    # ---- parameters

    @cached_property
    def query(self) -> list[tuple[str, str, str]]:
        """Query parameters: each pair as it was sent, its decoded name, its decoded value."""
        pairs = urlsplit(self.exchange.url).query.split("&")
        parts = ((pair, *pair.partition("=")[::2]) for pair in pairs if pair)
        return [(pair, unquote_plus(name), unquote_plus(value)) for pair, name, value in parts]

    def path_parameters(self) -> list[tuple[str, str]]:
        if self.path_schemas is None:
            return []
        names = _PARAMETER.findall(self.path_schemas.facts.path)
        return list(zip(names, self.exchange.path_values, strict=False))

    def unknown_segments(self) -> list[str]:
        """Return the segments of an undocumented path that resemble no documented one: they may be personal."""
        words, segments = operation_schemas.fixed_segments(), path_of(self.exchange.url).split("/")
        unknown = (unquote(part) for part in segments if part and not operation_schemas.corrected_segment(part, words))
        return [text for text in unknown if not UUID.fullmatch(text)]

    def documented(self, location: str) -> dict[str, Schema]:
        """Return the documented parameters of `path`, `query` or `header`, by name."""
        return self.path_schemas.of(location) if self.path_schemas else {}

    # ---- marks

    def mark(self, location: str, name: str) -> SchemaMark | None:
        """Return the mark of a parameter in `path`, `query` or `header`; None if its schema has no mark."""
        if self.path_schemas is None or (location, name) not in self.path_schemas.parameters:
            return SchemaMark(name, described=False)
        return self.path_schemas.parameter_mark(location, name)

    def path_mark(self, name: str, value: str) -> SchemaMark | None:
        mark = self.mark("path", name)
        if mark is None or UUID.fullmatch(value):  # an id that the sandbox issued
            return None
        return mark._replace(name=self._kind_name(name))

    def _kind_name(self, parameter: str) -> str:
        """Return the alternative key that the query names for the path parameter, else its own name. (VTEX-ALT-1)"""
        keys = (value for _, name, value in self.query if self.documented("query").get(name, {}).get("x-extensible"))
        return next(keys, parameter)

    def header_mark(self, name: str) -> SchemaMark | None:
        if name in credential_headers():
            return SchemaMark("header", secret=True)
        if name in self.documented("header"):
            return self.mark("header", name)
        if name in PLAIN_HEADERS:
            return None
        return (
            SchemaMark("header", secret=True) if SECRET_HEADER.search(name) else SchemaMark("header", described=False)
        )

    # ---- bodies

    @cached_property
    def request(self) -> BodyPart:
        exchange, documented = self.exchange, self.schemas.request if self.schemas else {}
        sent = exchange.headers.get("content-type") or next(iter(documented), "")
        media_type = sent.partition(";")[0].strip().lower()
        schema = documented.get(media_type) or next(iter(documented.values()), None)
        return BodyPart(_parse_content(exchange.body, exchange.body_size, media_type), self._node(schema), False)

    @cached_property
    def response(self) -> BodyPart:
        exchange, documented = self.exchange, self.schemas.response(self.exchange.status) if self.schemas else {}
        media_type = exchange.response_headers.get("content-type", "").partition(";")[0].strip().lower()
        schema = documented.get(media_type, documented.get("*/*"))
        content = _parse_content(exchange.response_body, exchange.response_size, media_type)
        # an undocumented response is written by this server and repeats nothing that was sent
        return BodyPart(content, self._node(schema), trusted=schema is None)

    def bodies(self) -> Iterator[BodyPart]:
        yield self.request
        yield self.response

    def _node(self, schema: Schema | None) -> SchemaNode:
        return UNKNOWN if self.schemas is None or schema is None else self.schemas.node(schema)


def path_of(url: str) -> str:
    """Return the vendor's path of a URL, without the sandbox's prefix. The URL may contain pseudonyms."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    prefix = _SANDBOX_PREFIX.match(path)
    return path[prefix.end() :] if prefix else path


def _parse_content(raw: bytes | None, size: int, media_type: str) -> Content:
    if not raw:
        return Content("omitted" if raw is None and size else "none", None, media_type)
    return parsed_content(raw, media_type)
