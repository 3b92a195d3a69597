"""An exchange as somebody may read it: with pseudonyms in it, or revealed."""

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
PLAIN_HEADERS = frozenset(_PLAIN_HEADERS.split())  # what clients and servers tell of themselves, never of a person


@dataclass
class Reading:
    """Everything of an exchange that can hold a person's data, each as it may be shown.

    `also`: values that are personal besides those of this exchange (value → kind). `plain`: values that are nobody's,
    such as a document's examples. `cache` may be shared between the exchanges of one response.
    """

    exchange: Exchange
    revealed: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    cache: ValueCache = field(default_factory=dict)

    @cached_property
    def described(self) -> OperationSchemas | None:
        """None for a call that led to no operation."""
        exchange = self.exchange
        if exchange.document is None or exchange.operation_id is None:
            return None
        return operation_schemas.operation_schemas(exchange.document, exchange.operation_id, exchange.dialect)

    @cached_property
    def _pathed(self) -> OperationSchemas | None:
        """What says which parameters its path and query have: its operation, or another of the same path."""
        if self.described is not None or not self.exchange.path_values:
            return self.described
        here = operation_schemas.operations_at(path_of(self.exchange.url), self.exchange.dialect)
        if not here:
            return None
        return operation_schemas.operation_schemas(here[0].document, here[0].operation_id, self.exchange.dialect)

    @cached_property
    def pseudonymizer(self) -> Pseudonymizer:
        """Knows every personal value of the exchange."""
        known = Pseudonymizer(self.also, self.plain, self.cache)
        for content, node, trusted in (self._request, self._response):
            if content.kind in ("json", "form"):
                known.learn_json(content.value, node, trusted=trusted)
            elif content.kind in ("text", "bytes"):
                known.learn(_whole(content), Mark("body"))
        for name, value in self._path_parameters():
            known.learn(value, self._path_mark(name, value))
        for text in self._strays() if self._pathed is None else ():
            if len(text) >= SHORTEST:
                known.add(text, "segment")
        for _, name, value in self.query:
            known.learn(value, self._mark("query", name))
        self._learn_headers(known)
        return known

    def _learn_headers(self, known: Pseudonymizer) -> None:
        for name, value in self.exchange.headers.items():
            mark = self._header_mark(name)
            if mark is not None and mark.described:
                known.learn(SCHEME.sub("", value, count=1), mark)

    # ---- the URL

    @cached_property
    def query(self) -> list[tuple[str, str, str]]:
        """Each pair as it was sent, its name, and its value."""
        pairs = urlsplit(self.exchange.url).query.split("&")
        parts = ((pair, *pair.partition("=")[::2]) for pair in pairs if pair)
        return [(pair, unquote_plus(name), unquote_plus(value)) for pair, name, value in parts]

    def url(self, encode: Callable[[str], str] = str) -> str:
        """The URL; `encode` makes what a pseudonym is in it (`email#7f3a`: the sign would begin a fragment)."""
        if self.revealed:
            return self.exchange.url
        parts = urlsplit(self.exchange.url)
        path = "/".join(self._segments(parts.path, encode))
        query = "&".join(self._pair(*pair, encode) for pair in self.query)
        return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")

    def quoted_url(self) -> str:
        """The URL, still a URL."""
        return self.url(lambda text: quote(text, safe=""))

    def _segments(self, path: str, encode: Callable[[str], str]) -> list[str]:
        segments = path.split("/")
        if self._pathed is None:
            texts, strays = map(unquote, segments), self._strays()
            return [
                encode(self._shown(text, Mark("segment", described=False))) if text in strays else segment
                for segment, text in zip(segments, texts, strict=True)
            ]
        template = self._pathed.facts.path.split("/")[1:]
        first = len(segments) - len(template)
        values = iter(self._path_parameters())
        for at, part in enumerate(template, start=first):
            if part.startswith("{"):
                name, value = next(values)
                shown = self._shown(value, self._path_mark(name, value))
                segments[at] = segments[at] if shown == value else encode(shown)
        return segments

    def _strays(self) -> list[str]:
        """The segments of a path of no document that are no words of theirs, nor slips of one: perhaps a person."""
        words, segments = operation_schemas.fixed_segments(), path_of(self.exchange.url).split("/")
        strays = (unquote(segment) for segment in segments if segment and not operation_schemas.nearest(segment, words))
        return [text for text in strays if not UUID.fullmatch(text)]

    def _pair(self, pair: str, name: str, value: str, encode: Callable[[str], str]) -> str:
        known = name in self._parameters("query")
        shown = self._shown(value, self._mark("query", name))
        if shown == value and (known or self.pseudonymizer.name(name) == name):
            return pair
        left = pair.partition("=")[0]
        return f"{left if known else encode(self.pseudonymizer.name(name))}={encode(shown)}"

    def parameters(self) -> dict[str, str]:
        """What the parameters of path and query hold."""
        shown = {name: self._shown(value, self._path_mark(name, value)) for name, value in self._path_parameters()}
        return shown | dict(self.parameters_of_query())

    def parameters_of_query(self) -> list[tuple[str, str]]:
        known = self._parameters("query")
        return [
            (name if name in known else self.pseudonymizer.name(name), self._shown(value, self._mark("query", name)))
            for _, name, value in self.query
        ]

    def _path_parameters(self) -> list[tuple[str, str]]:
        if self._pathed is None:
            return []
        names = _PARAMETER.findall(self._pathed.facts.path)
        return list(zip(names, self.exchange.path_values, strict=False))

    def _kind_name(self, parameter: str) -> str:
        """The key whose value stands in the path in place of an id, where the query names one. (VTEX-ALT-1)"""
        keys = (value for _, name, value in self.query if self._parameters("query").get(name, {}).get("x-extensible"))
        return next(keys, parameter)

    def _path_mark(self, name: str, value: str) -> Mark | None:
        mark = self._mark("path", name)
        if mark is None or UUID.fullmatch(value):  # an id of ours, as in audit events
            return None
        return mark._replace(name=self._kind_name(name))

    def _parameters(self, place: str) -> dict[str, Schema]:
        return self._pathed.of(place) if self._pathed else {}

    def _mark(self, place: str, name: str) -> Mark | None:
        if self._pathed is None or (place, name) not in self._pathed.parameters:
            return Mark(name, described=False)
        return self._pathed.parameter_mark(place, name)

    def path(self) -> str:
        """The path as the vendor sees it."""
        return path_of(self.url())

    # ---- headers

    def headers(self) -> dict[str, str]:
        return {
            self.pseudonymizer.name(name): self._header(name, value) for name, value in self.exchange.headers.items()
        }

    def answer_headers(self) -> dict[str, str]:
        return {name: self._header(name, value) for name, value in self.exchange.answer_headers.items()}

    def _header(self, name: str, value: str) -> str:
        mark = self._header_mark(name)
        if mark is None and name in PLAIN_HEADERS:  # of no person; versions in it look like numbers of somebody's
            return wellformed(value) if self.revealed else self.pseudonymizer.without_emails(wellformed(value))
        scheme = SCHEME.match(value) if mark is not None and mark.secret else None
        before = scheme[0] if scheme else ""
        return before + str(self._shown(value[len(before) :], mark))

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

    def answer(self) -> Content:
        return self._content(*self._response)

    @cached_property
    def _request(self) -> tuple[Content, SchemaNode, bool]:
        """The parsed body, what is said of it, and whether the rest of it is trusted."""
        exchange, documented = self.exchange, self.described.request if self.described else {}
        sent = exchange.headers.get("content-type") or next(iter(documented), "")
        media_type = sent.partition(";")[0].strip().lower()
        schema = documented.get(media_type) or next(iter(documented.values()), None)
        return _parsed(exchange.body, exchange.body_size, media_type), self._node(schema), False

    @cached_property
    def _response(self) -> tuple[Content, SchemaNode, bool]:
        exchange, documented = self.exchange, self.described.response(self.exchange.status) if self.described else {}
        media_type = exchange.answer_headers.get("content-type", "").partition(";")[0].strip().lower()
        schema = documented.get(media_type, documented.get("*/*"))
        # what no document describes is in the words of this server, which repeat nothing that was sent
        return _parsed(exchange.answer, exchange.answer_size, media_type), self._node(schema), schema is None

    def _node(self, schema: Schema | None) -> SchemaNode:
        return UNKNOWN if self.described is None or schema is None else self.described.node(schema)

    def _content(self, content: Content, node: SchemaNode, trusted: bool) -> Content:
        if self.revealed:
            if content.kind == "bytes":
                return Content("bytes", base64.b64encode(content.value).decode(), content.media_type)
            return Content(content.kind, wellformed_json(content.value), content.media_type)
        if content.kind in ("json", "form"):
            shown = self.pseudonymizer.json(content.value, node, trusted=trusted)
        elif content.kind in ("text", "bytes"):  # whole: what cannot be read apart cannot be told apart
            shown = self.pseudonymizer.value(_whole(content), Mark("body"))
        else:
            shown = None
        return Content(content.kind, shown, content.media_type)

    def _shown(self, value: str, mark: Mark | None) -> str:
        value = wellformed(value)
        return value if self.revealed else str(self.pseudonymizer.value(value, mark))

    def texts(self, texts: Iterable[str]) -> list[str]:
        """Further texts about the exchange, such as what was wrong with it."""
        return [self._shown(text, None) for text in texts]


def path_of(url: str) -> str:
    """The path of a URL as the vendor sees it, without the sandbox's name. The URL may have pseudonyms in it."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    prefix = _OF_SANDBOX.match(path)
    return path[prefix.end() :] if prefix else path


def _parsed(raw: bytes | None, size: int, media_type: str) -> Content:
    if not raw:
        return Content("omitted" if raw is None and size else "none", None, media_type)
    return parsed_content(raw, media_type)


def _whole(content: Content) -> str:
    """A body that cannot be read apart, as one value."""
    return content.value.hex() if content.kind == "bytes" else str(content.value)
