"""An exchange as somebody may read it: with pseudonyms in it, or revealed."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlsplit

from mockserver.journal import described
from mockserver.journal.contents import Content, parsed_content, wellformed
from mockserver.journal.described import Described, Schema
from mockserver.journal.exchange import Exchange
from mockserver.journal.veil import EMAIL, SHORTEST, UUID, Mark, Veil, Walk, mark_of
from mockserver.rules.pseudonyms import pseudonym

_OF_SANDBOX = re.compile(r"/~[^/]*")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest)\s+", re.IGNORECASE)
_SECRET_HEADER = re.compile(r"token|secret|api-?key|app-?key|passw|credential|session|signature|auth", re.IGNORECASE)
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
    such as a document's examples.
    """

    exchange: Exchange
    revealed: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()

    @cached_property
    def described(self) -> Described | None:
        """None for a call that led to no operation."""
        exchange = self.exchange
        if exchange.document is None or exchange.operation_id is None:
            return None
        return described.described(exchange.document, exchange.operation_id, exchange.dialect)

    @cached_property
    def _pathed(self) -> Described | None:
        """What says which parameters its path and query have: its operation, or another of the same path."""
        if self.described is not None or not self.exchange.path_values:
            return self.described
        here = described.operations_at(path_of(self.exchange.url), self.exchange.dialect)
        if not here:
            return None
        return described.described(here[0].document, here[0].operation_id, self.exchange.dialect)

    @cached_property
    def veil(self) -> Veil:
        """Knows every personal value of the exchange."""
        veil = Veil(self.also, self.plain)

        def learn(value: Any, name: str, mark: Mark, schemas: list[Schema]) -> Any:
            veil.learn(value, name, mark)

        self._body(learn, str)
        self._answer(learn, str)
        for name, value in self._path_parameters():
            veil.learn(value, self._kind_name(name), self._path_mark(name, value))
        if self._pathed is None:
            veil.values |= {text: "segment" for text in self._strays() if len(text) >= SHORTEST}
        for _, name, value in self.query:
            veil.learn(value, name, self._mark("query", name))
        for name, value in self.exchange.headers.items():
            if self._header_mark(name) is not Mark.UNKNOWN:
                veil.learn(_SCHEME.sub("", value), name, self._header_mark(name))
        return veil

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
                encode(self._shown(text, "segment", Mark.UNKNOWN)) if text in strays else segment
                for segment, text in zip(segments, texts, strict=True)
            ]
        template = self._pathed.facts.path.split("/")[1:]
        first = len(segments) - len(template)
        values = iter(self._path_parameters())
        for at, part in enumerate(template, start=first):
            if part.startswith("{"):
                name, value = next(values)
                shown = self._shown(value, self._kind_name(name), self._path_mark(name, value))
                segments[at] = segments[at] if shown == value else encode(shown)
        return segments

    def _strays(self) -> list[str]:
        """The segments of a path of no document that are no words of theirs, nor slips of one: perhaps a person."""
        words, segments = described.fixed_segments(), path_of(self.exchange.url).split("/")
        strays = (unquote(segment) for segment in segments if segment and not described.nearest(segment, words))
        return [text for text in strays if not UUID.fullmatch(text)]

    def _pair(self, pair: str, name: str, value: str, encode: Callable[[str], str]) -> str:
        known = name in self._parameters("query")
        shown = self._shown(value, name, self._mark("query", name))
        if shown == value and (known or self.veil.name(name) == name):
            return pair
        left = pair.partition("=")[0]
        return f"{left if known else encode(self.veil.name(name))}={encode(shown)}"

    def parameters(self) -> dict[str, str]:
        """What the parameters of path and query hold."""
        shown = {
            name: self._shown(value, self._kind_name(name), self._path_mark(name, value))
            for name, value in self._path_parameters()
        }
        return shown | dict(self.parameters_of_query())

    def parameters_of_query(self) -> list[tuple[str, str]]:
        known = self._parameters("query")
        return [
            (name if name in known else self.veil.name(name), self._shown(value, name, self._mark("query", name)))
            for _, name, value in self.query
        ]

    def _path_parameters(self) -> list[tuple[str, str]]:
        if self._pathed is None:
            return []
        names = re.findall(r"\{([^}]+)\}", self._pathed.facts.path)
        return list(zip(names, self.exchange.path_values, strict=False))

    def _kind_name(self, parameter: str) -> str:
        """The key whose value stands in the path in place of an id, where the query names one. (VTEX-ALT-1)"""
        keys = (value for _, name, value in self.query if self._parameters("query").get(name, {}).get("x-extensible"))
        return next(keys, parameter)

    def _path_mark(self, name: str, value: str) -> Mark:
        mark = self._mark("path", name)
        return Mark.CLEAR if UUID.fullmatch(value) else mark  # an id of ours, as in audit events

    def _parameters(self, place: str) -> dict[str, Schema]:
        return self._pathed.of(place) if self._pathed else {}

    def _mark(self, place: str, name: str) -> Mark:
        parameter = self._parameters(place).get(name)
        return Mark.UNKNOWN if parameter is None else mark_of([parameter, parameter.get("schema", {})])

    def path(self) -> str:
        """The path as the vendor sees it."""
        return path_of(self.url())

    # ---- headers

    def headers(self) -> dict[str, str]:
        return {self.veil.name(name): self._header(name, value) for name, value in self.exchange.headers.items()}

    def answer_headers(self) -> dict[str, str]:
        return {name: self._header(name, value) for name, value in self.exchange.answer_headers.items()}

    def _header(self, name: str, value: str) -> str:
        mark = self._header_mark(name)
        if name in PLAIN_HEADERS:
            return value if self.revealed else EMAIL.sub(lambda found: pseudonym("email", found[0]), value)
        scheme = _SCHEME.match(value) if mark is Mark.SECRET else None
        before = scheme[0] if scheme else ""
        return before + str(self._shown(value[len(before) :], name if mark is Mark.PERSONAL else "header", mark))

    def _header_mark(self, name: str) -> Mark:
        if name in described.credential_headers():
            return Mark.SECRET
        if name in self._parameters("header"):
            return self._mark("header", name)
        if name in PLAIN_HEADERS:
            return Mark.CLEAR
        return Mark.SECRET if _SECRET_HEADER.search(name) else Mark.UNKNOWN

    # ---- bodies

    def body(self) -> Content:
        return self._body(self._touch, self.veil.name)

    def answer(self) -> Content:
        return self._answer(self._touch, self.veil.name)

    def _body(self, touch: Any, rename: Any) -> Content:
        exchange, documented = self.exchange, dict(self.described.request) if self.described else {}
        sent = exchange.headers.get("content-type") or next(iter(documented), "")
        media_type = sent.partition(";")[0].strip().lower()
        schema = documented.get(media_type) or next(iter(documented.values()), None)
        return self._content(exchange.body, exchange.body_size, media_type, schema, Mark.UNKNOWN, touch, rename)

    def _answer(self, touch: Any, rename: Any) -> Content:
        exchange, documented = self.exchange, self.described.answer(self.exchange.status) if self.described else {}
        media_type = exchange.answer_headers.get("content-type", "").partition(";")[0].strip().lower()
        schema = documented.get(media_type, documented.get("*/*"))
        # what no document describes is in the words of this server, which repeat nothing that was sent
        unknown = Mark.CLEAR if schema is None else Mark.UNKNOWN
        size = exchange.answer_size
        return self._content(exchange.answer, size, media_type, schema, unknown, touch, rename)

    def _content(self, raw: bytes | None, size: int, media_type: str, schema: Schema | None, unknown: Mark,
                 touch: Any, rename: Any) -> Content:  # fmt: skip
        if not raw:
            return Content("omitted" if raw is None and size else "none", None, media_type)
        parsed = parsed_content(raw, media_type)
        schemas = [] if schema is None else [schema]
        if parsed.kind in ("json", "form"):
            document = self.described.document if self.described else {}
            return Content(parsed.kind, Walk(document, touch, rename, unknown).value(parsed.value, schemas), media_type)
        if parsed.kind == "text":  # whole: what cannot be read apart cannot be told apart
            return Content("text", touch(parsed.value, "body", Mark.PERSONAL, []), media_type)
        shown = base64.b64encode(raw).decode() if self.revealed else touch(raw.hex(), "body", Mark.PERSONAL, [])
        return Content("bytes", shown, media_type)

    def _touch(self, value: Any, name: str, mark: Mark, schemas: list[Schema]) -> Any:
        return self._shown(value, name, mark, schemas)

    def _shown(self, value: Any, name: str, mark: Mark, schemas: list[Schema] | None = None) -> Any:
        if isinstance(value, str):
            value = wellformed(value)
        return value if self.revealed else self.veil.shown(value, name, mark, schemas)

    def texts(self, texts: Iterable[str]) -> list[str]:
        """Further texts about the exchange, such as what was wrong with it."""
        return [self._shown(text, "", Mark.CLEAR) for text in texts]


def path_of(url: str) -> str:
    """The path of a URL as the vendor sees it, without the sandbox's name. The URL may have pseudonyms in it."""
    path = "/" + url.partition("://")[2].partition("/")[2].partition("?")[0]
    prefix = _OF_SANDBOX.match(path)
    return path[prefix.end() :] if prefix else path
