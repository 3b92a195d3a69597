"""Redacted views of an exchange: URL, headers and bodies with pseudonyms, or revealed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from pii_sandbox.mockserver.journal.exchange import Exchange
from pii_sandbox.redaction import operation_schemas
from pii_sandbox.redaction.bodies import Content, parsed_content, wellformed, wellformed_json
from pii_sandbox.redaction.detectors import SCHEME, UUID
from pii_sandbox.redaction.operation_schemas import OperationSchemas
from pii_sandbox.redaction.pseudonymization import SHORTEST, Pseudonymizer, ValueCache
from pii_sandbox.redaction.schema_marks import UNKNOWN, Mark, Schema, SchemaNode
from pii_sandbox.redaction.vocabulary import SECRET_HEADER, credential_headers

_OF_SANDBOX = re.compile(r"/~[^/]*")
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


@dataclass
class Reading:
    """Every part of an exchange that can hold personal data, redacted unless `revealed`.

    `also`: personal values from elsewhere (value → kind). `plain`: values that are not personal, such as a document's
    examples. `cache` may be shared between the exchanges of one response.
    """

    exchange: Exchange
    revealed: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    cache: ValueCache = field(default_factory=dict)

    @cached_property
    def schemas(self) -> OperationSchemas | None:
        """Schemas of the operation; None if no operation matched."""
        exchange = self.exchange
        if exchange.document is None or exchange.operation_id is None:
            return None
        return operation_schemas.operation_schemas(exchange.document, exchange.operation_id, exchange.dialect)

    @cached_property
    def _path_schemas(self) -> OperationSchemas | None:
        """Schemas that define the path and query parameters: of the operation, or of another one at the same path."""
        if self.schemas is not None or not self.exchange.path_values:
            return self.schemas
        operations = operation_schemas.operations_at(path_of(self.exchange.url), self.exchange.dialect)
        if not operations:
            return None
        first = operations[0]
        return operation_schemas.operation_schemas(first.document, first.operation_id, self.exchange.dialect)

    @cached_property
    def pseudonymizer(self) -> Pseudonymizer:
        """Pseudonymizer that has learned every personal value of the exchange."""
        learner = Pseudonymizer(self.also, self.plain, self.cache)
        for content, node, trusted in (self._request, self._response):
            if content.kind in ("json", "form"):
                learner.learn_json(content.value, node, trusted=trusted)
            elif content.kind in ("text", "bytes"):
                learner.learn(_as_text(content), Mark("body"))
        for name, value in self._path_parameters():
            learner.learn(value, self._path_mark(name, value))
        for text in self._unknown_segments() if self._path_schemas is None else ():
            if len(text) >= SHORTEST:
                learner.add(text, "segment")
        for _, name, value in self.query:
            learner.learn(value, self._mark("query", name))
        self._learn_headers(learner)
        return learner

    def _learn_headers(self, learner: Pseudonymizer) -> None:
        for name, value in self.exchange.headers.items():
            mark = self._header_mark(name)
            if mark is not None and mark.described:
                learner.learn(SCHEME.sub("", value, count=1), mark)

    # ---- the URL

    @cached_property
    def query(self) -> list[tuple[str, str, str]]:
        """Query parameters: each pair as it was sent, its decoded name, its decoded value."""
        pairs = urlsplit(self.exchange.url).query.split("&")
        parts = ((pair, *pair.partition("=")[::2]) for pair in pairs if pair)
        return [(pair, unquote_plus(name), unquote_plus(value)) for pair, name, value in parts]

    def url(self, encode: Callable[[str], str] = str) -> str:
        """Return the URL. `encode` encodes pseudonyms in it (the `#` of `email#7f3a` would start a fragment)."""
        if self.revealed:
            return self.exchange.url
        parts = urlsplit(self.exchange.url)
        path = "/".join(self._segments(parts.path, encode))
        query = "&".join(self._pair(*pair, encode) for pair in self.query)
        return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")

    def quoted_url(self) -> str:
        """Return the URL with percent-encoded pseudonyms, so that it remains a valid URL."""
        return self.url(lambda text: quote(text, safe=""))

    def _segments(self, path: str, encode: Callable[[str], str]) -> list[str]:
        segments = path.split("/")
        if self._path_schemas is None:
            texts, unknown = map(unquote, segments), self._unknown_segments()
            return [
                encode(self._redact(text, Mark("segment", described=False))) if text in unknown else segment
                for segment, text in zip(segments, texts, strict=True)
            ]
        template = self._path_schemas.facts.path.split("/")[1:]
        first = len(segments) - len(template)
        values = iter(self._path_parameters())
        for at, part in enumerate(template, start=first):
            if part.startswith("{"):
                name, value = next(values)
                redacted = self._redact(value, self._path_mark(name, value))
                segments[at] = segments[at] if redacted == value else encode(redacted)
        return segments

    def _unknown_segments(self) -> list[str]:
        """Return the segments of an undocumented path that resemble no documented one: they may be personal."""
        words, segments = operation_schemas.fixed_segments(), path_of(self.exchange.url).split("/")
        unknown = (unquote(part) for part in segments if part and not operation_schemas.nearest(part, words))
        return [text for text in unknown if not UUID.fullmatch(text)]

    def _pair(self, pair: str, name: str, value: str, encode: Callable[[str], str]) -> str:
        is_documented = name in self._parameters("query")
        redacted = self._redact(value, self._mark("query", name))
        if redacted == value and (is_documented or self.pseudonymizer.name(name) == name):
            return pair
        left = pair.partition("=")[0]
        return f"{left if is_documented else encode(self.pseudonymizer.name(name))}={encode(redacted)}"

    def parameters(self) -> dict[str, str]:
        """Return path and query parameters by name, redacted."""
        path = {name: self._redact(value, self._path_mark(name, value)) for name, value in self._path_parameters()}
        return path | dict(self.query_parameters())

    def query_parameters(self) -> list[tuple[str, str]]:
        """Return names and values of the query parameters, redacted."""
        documented = self._parameters("query")
        return [
            (
                name if name in documented else self.pseudonymizer.name(name),
                self._redact(value, self._mark("query", name)),
            )
            for _, name, value in self.query
        ]

    def _path_parameters(self) -> list[tuple[str, str]]:
        if self._path_schemas is None:
            return []
        names = _PARAMETER.findall(self._path_schemas.facts.path)
        return list(zip(names, self.exchange.path_values, strict=False))

    def _kind_name(self, parameter: str) -> str:
        """Return the alternative key that the query names for the path parameter, else its own name. (VTEX-ALT-1)"""
        keys = (value for _, name, value in self.query if self._parameters("query").get(name, {}).get("x-extensible"))
        return next(keys, parameter)

    def _path_mark(self, name: str, value: str) -> Mark | None:
        mark = self._mark("path", name)
        if mark is None or UUID.fullmatch(value):  # an id that the sandbox issued
            return None
        return mark._replace(name=self._kind_name(name))

    def _parameters(self, place: str) -> dict[str, Schema]:
        return self._path_schemas.of(place) if self._path_schemas else {}

    def _mark(self, place: str, name: str) -> Mark | None:
        if self._path_schemas is None or (place, name) not in self._path_schemas.parameters:
            return Mark(name, described=False)
        return self._path_schemas.parameter_mark(place, name)

    def path(self) -> str:
        """Return the vendor's path, redacted, without the sandbox's prefix."""
        return path_of(self.url())

    # ---- headers

    def headers(self) -> dict[str, str]:
        return {
            self.pseudonymizer.name(name): self._header(name, value) for name, value in self.exchange.headers.items()
        }

    def response_headers(self) -> dict[str, str]:
        return {name: self._header(name, value) for name, value in self.exchange.response_headers.items()}

    def _header(self, name: str, value: str) -> str:
        mark = self._header_mark(name)
        if mark is None and name in PLAIN_HEADERS:  # not personal; versions in it look like phone numbers
            return wellformed(value) if self.revealed else self.pseudonymizer.without_emails(wellformed(value))
        scheme = SCHEME.match(value) if mark is not None and mark.secret else None
        before = scheme[0] if scheme else ""
        return before + str(self._redact(value[len(before) :], mark))

    def _header_mark(self, name: str) -> Mark | None:
        if name in credential_headers():
            return Mark("header", secret=True)
        if name in self._parameters("header"):
            return self._mark("header", name)
        if name in PLAIN_HEADERS:
            return None
        return Mark("header", secret=True) if SECRET_HEADER.search(name) else Mark("header", described=False)

    # ---- bodies

    def body(self) -> Content:
        return self._content(*self._request)

    def response(self) -> Content:
        return self._content(*self._response)

    @cached_property
    def _request(self) -> tuple[Content, SchemaNode, bool]:
        """The parsed body, its schema node, and whether values without a schema are trusted."""
        exchange, documented = self.exchange, self.schemas.request if self.schemas else {}
        sent = exchange.headers.get("content-type") or next(iter(documented), "")
        media_type = sent.partition(";")[0].strip().lower()
        schema = documented.get(media_type) or next(iter(documented.values()), None)
        return _parsed(exchange.body, exchange.body_size, media_type), self._node(schema), False

    @cached_property
    def _response(self) -> tuple[Content, SchemaNode, bool]:
        exchange, documented = self.exchange, self.schemas.response(self.exchange.status) if self.schemas else {}
        media_type = exchange.response_headers.get("content-type", "").partition(";")[0].strip().lower()
        schema = documented.get(media_type, documented.get("*/*"))
        # an undocumented response is written by this server and repeats nothing that was sent
        return _parsed(exchange.response_body, exchange.response_size, media_type), self._node(schema), schema is None

    def _node(self, schema: Schema | None) -> SchemaNode:
        return UNKNOWN if self.schemas is None or schema is None else self.schemas.node(schema)

    def _content(self, content: Content, node: SchemaNode, trusted: bool) -> Content:
        if self.revealed:
            if content.kind == "bytes":
                return Content("bytes", base64.b64encode(content.value).decode(), content.media_type)
            return Content(content.kind, wellformed_json(content.value), content.media_type)
        if content.kind in ("json", "form"):
            redacted = self.pseudonymizer.json(content.value, node, trusted=trusted)
        elif content.kind in ("text", "bytes"):  # as one value: it has no structure to tell parts apart
            redacted = self.pseudonymizer.value(_as_text(content), Mark("body"))
        else:
            redacted = None
        return Content(content.kind, redacted, content.media_type)

    def _redact(self, value: str, mark: Mark | None) -> str:
        value = wellformed(value)
        return value if self.revealed else str(self.pseudonymizer.value(value, mark))

    def texts(self, texts: Iterable[str]) -> list[str]:
        """Redact further texts about the exchange, such as error messages."""
        return [self._redact(text, None) for text in texts]


def path_of(url: str) -> str:
    """Return the vendor's path of a URL, without the sandbox's prefix. The URL may contain pseudonyms."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    prefix = _OF_SANDBOX.match(path)
    return path[prefix.end() :] if prefix else path


def _parsed(raw: bytes | None, size: int, media_type: str) -> Content:
    if not raw:
        return Content("omitted" if raw is None and size else "none", None, media_type)
    return parsed_content(raw, media_type)


def _as_text(content: Content) -> str:
    """Return an unstructured body as one text; bytes in hex digits."""
    return content.value.hex() if content.kind == "bytes" else str(content.value)
