"""Redacted view of an exchange: URL, headers and bodies with pseudonyms, or revealed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, unquote, urlsplit

from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import PLAIN_HEADERS, BodyPart, ExchangeParts, path_of
from pii_sandbox.redaction.bodies import Content, replace_surrogates, wellformed_json
from pii_sandbox.redaction.detectors import SCHEME
from pii_sandbox.redaction.operation_schemas import OperationSchemas
from pii_sandbox.redaction.pseudonymization import SHORTEST, Pseudonymizer
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.redaction.value_cache import ValueCache


@dataclass
class RedactedExchange:
    """Every part of an exchange that can hold personal data, redacted unless `revealed`.

    `also`: personal values from elsewhere (value → kind). `plain`: values that are not personal, such as a document's
    examples. `cache` may be shared between the exchanges of one response.
    """

    exchange: JournalExchange
    revealed: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    cache: ValueCache = field(default_factory=ValueCache)

    @cached_property
    def parts(self) -> ExchangeParts:
        return ExchangeParts(self.exchange)

    @property
    def schemas(self) -> OperationSchemas | None:
        """Schemas of the operation; None if no operation matched."""
        return self.parts.schemas

    @cached_property
    def pseudonymizer(self) -> Pseudonymizer:
        """Pseudonymizer that has learned every personal value of the exchange."""
        parts, learner = self.parts, Pseudonymizer(self.also, self.plain, self.cache)
        for content, node, trusted in parts.bodies():
            if content.kind in ("json", "form"):
                learner.learn_json(content.value, node, trusted=trusted)
            elif content.kind in ("text", "bytes"):
                learner.learn(_as_text(content), SchemaMark("body"))
        for name, value in parts.path_parameters():
            learner.learn(value, parts.path_mark(name, value))
        for text in parts.unknown_segments() if parts.path_schemas is None else ():
            if len(text) >= SHORTEST:
                learner.add(text, "segment")
        for _, name, value in parts.query:
            learner.learn(value, parts.mark("query", name))
        for name, value in self.exchange.headers.items():
            mark = parts.header_mark(name)
            if mark is not None and mark.described:
                learner.learn(SCHEME.sub("", value, count=1), mark)
        return learner

    # ---- the URL

    def url(self, encode: Callable[[str], str] = str) -> str:
        """Return the URL. `encode` encodes pseudonyms in it (the `#` of `email#7f3a` would start a fragment)."""
        if self.revealed:
            return self.exchange.url
        parts = urlsplit(self.exchange.url)
        path = "/".join(self._segments(parts.path, encode))
        query = "&".join(self._pair(*pair, encode) for pair in self.parts.query)
        return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")

    def quoted_url(self) -> str:
        """Return the URL with percent-encoded pseudonyms, so that it remains a valid URL."""
        return self.url(lambda text: quote(text, safe=""))

    def path(self) -> str:
        """Return the vendor's path, redacted, without the sandbox's prefix."""
        return path_of(self.url())

    def _segments(self, path: str, encode: Callable[[str], str]) -> list[str]:
        segments = path.split("/")
        if self.parts.path_schemas is None:
            texts, unknown = map(unquote, segments), self.parts.unknown_segments()
            return [
                encode(self._redact(text, SchemaMark("segment", described=False))) if text in unknown else segment
                for segment, text in zip(segments, texts, strict=True)
            ]
        template = self.parts.path_schemas.facts.path.split("/")[1:]
        first = len(segments) - len(template)
        values = iter(self.parts.path_parameters())
        for at, part in enumerate(template, start=first):
            if part.startswith("{"):
                name, value = next(values)
                redacted = self._redact(value, self.parts.path_mark(name, value))
                segments[at] = segments[at] if redacted == value else encode(redacted)
        return segments

    def _pair(self, pair: str, name: str, value: str, encode: Callable[[str], str]) -> str:
        is_documented = name in self.parts.documented("query")
        redacted = self._redact(value, self.parts.mark("query", name))
        if redacted == value and (is_documented or self.pseudonymizer.name(name) == name):
            return pair
        left = pair.partition("=")[0]
        return f"{left if is_documented else encode(self.pseudonymizer.name(name))}={encode(redacted)}"

    def parameters(self) -> dict[str, str]:
        """Return path and query parameters by name, redacted."""
        path = {
            name: self._redact(value, self.parts.path_mark(name, value)) for name, value in self.parts.path_parameters()
        }
        return path | dict(self.query_parameters())

    def query_parameters(self) -> list[tuple[str, str]]:
        """Return names and values of the query parameters, redacted."""
        documented = self.parts.documented("query")
        return [
            (
                name if name in documented else self.pseudonymizer.name(name),
                self._redact(value, self.parts.mark("query", name)),
            )
            for _, name, value in self.parts.query
        ]

    # ---- headers

    def headers(self) -> dict[str, str]:
        return {
            self.pseudonymizer.name(name): self._header(name, value) for name, value in self.exchange.headers.items()
        }

    def response_headers(self) -> dict[str, str]:
        return {name: self._header(name, value) for name, value in self.exchange.response_headers.items()}

    def _header(self, name: str, value: str) -> str:
        mark = self.parts.header_mark(name)
        if mark is None and name in PLAIN_HEADERS:  # not personal; versions in it look like phone numbers
            return (
                replace_surrogates(value)
                if self.revealed
                else self.pseudonymizer.redact_emails(replace_surrogates(value))
            )
        scheme = SCHEME.match(value) if mark is not None and mark.secret else None
        before = scheme[0] if scheme else ""
        return before + str(self._redact(value[len(before) :], mark))

    # ---- bodies

    def body(self) -> Content:
        return self._content(self.parts.request)

    def response(self) -> Content:
        return self._content(self.parts.response)

    def _content(self, body: BodyPart) -> Content:
        content = body.content
        if self.revealed:
            if content.kind == "bytes":
                return Content("bytes", base64.b64encode(content.value).decode(), content.media_type)
            return Content(content.kind, wellformed_json(content.value), content.media_type)
        if content.kind in ("json", "form"):
            redacted = self.pseudonymizer.json(content.value, body.node, trusted=body.trusted)
        elif content.kind in ("text", "bytes"):  # as one value: it has no structure to tell parts apart
            redacted = self.pseudonymizer.value(_as_text(content), SchemaMark("body"))
        else:
            redacted = None
        return Content(content.kind, redacted, content.media_type)

    # ---- texts

    def _redact(self, value: str, mark: SchemaMark | None) -> str:
        value = replace_surrogates(value)
        return value if self.revealed else str(self.pseudonymizer.value(value, mark))

    def texts(self, texts: Iterable[str]) -> list[str]:
        """Redact further texts about the exchange, such as error messages."""
        return [self._redact(text, None) for text in texts]


def learn_values(views: Iterable[RedactedExchange]) -> None:
    """Learn the personal values of all exchanges, which share a cache, before the first of them is redacted.

    So the cache tells for all of them whether a text is harmless. An exchange that fails here fails again when it is
    shown, as a placeholder.
    """
    for view in views:
        if not view.revealed:
            with suppress(Exception):
                view.pseudonymizer  # noqa: B018


def _as_text(content: Content) -> str:
    """Return an unstructured body as one text; bytes in hex digits."""
    return content.value.hex() if content.kind == "bytes" else str(content.value)
