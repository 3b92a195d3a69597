"""The values in an exchange, each with what the documents say of it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import specs
from conformance import documents
from conformance.findings import Exchange
from conformance.redaction.marks import Mark, Touch, Walk, flattened, guessed, marked
from specs import Dialect, Operation

Quote = Callable[[str], str]

_CREDENTIAL = re.compile(
    r"authorization|cookie|token|secret|api-?key|app-?key|passw|credential|session|signature", re.IGNORECASE
)
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest)\s+", re.IGNORECASE)
_STORED = re.compile(r"/_sandbox/v1/(?:documents|audit|residue|journal)")


@dataclass(frozen=True, slots=True)
class Reading:
    """An exchange, held against its operation. `touch` sees every value and gives what shall stand in its place."""

    exchange: Exchange
    dialect: Dialect

    @property
    def operation(self) -> Operation | None:
        """None for a call outside the documents."""
        if self.exchange.operation_id is None:
            return None
        try:
            return documents.operation(self.exchange.api, self.exchange.operation_id, self.dialect)
        except KeyError:
            return None

    def path(self, touch: Touch, quote: Quote) -> str:
        """The path; what a parameter stands for, or any segment of an unknown path, is touched."""
        path = split_url(self.exchange.url).path
        facts = self.operation
        found = _template(facts.path).search(path) if facts else None
        if facts is None or found is None:
            return "/".join(_touched(segment, "", None, touch, quote) for segment in path.split("/"))
        pieces, done, names = [], 0, re.findall(r"\{(\w+)\}", facts.path)
        for group, name in enumerate(names, start=1):
            mark = self._parameter(name)
            pieces += [path[done : found.start(group)], _touched(found[group], name, mark, touch, quote)]
            done = found.end(group)
        return "".join(pieces) + path[done:]

    def query(self, touch: Touch) -> list[tuple[str, Any]]:
        pairs = parse_qsl(split_url(self.exchange.url).query, keep_blank_values=True)
        return [(name, touch(value, name, self._parameter(name))) for name, value in pairs]

    def request_headers(self, touch: Touch) -> dict[str, str]:
        return {name: self._header(name, value, touch) for name, value in self.exchange.request_headers.items()}

    def response_headers(self, touch: Touch) -> dict[str, str]:
        return {name: self._header(name, value, touch) for name, value in self.exchange.response_headers.items()}

    def request(self, touch: Touch) -> tuple[str, Any]:
        """What the request's body is (empty, json, form, text or bytes) and its value, touched."""
        schemas: list[Any] = []
        if (facts := self.operation) is not None:
            body = self._resolved(facts, documents.definition(facts, self.dialect).get("requestBody", {}))
            schemas = _schemas(body.get("content", {}), media_type(self.exchange.request_headers))
        return self._body(self.exchange.request_body, self.exchange.request_headers, schemas, touch)

    def response(self, touch: Touch) -> tuple[str, Any]:
        """What the answer's body is and its value, touched."""
        schemas: list[Any] = []
        if (facts := self.operation) is not None:
            responses = documents.definition(facts, self.dialect)["responses"]
            found = responses.get(str(self.exchange.status), responses.get("default", {}))
            content = self._resolved(facts, found).get("content", {})
            schemas = _schemas(content, media_type(self.exchange.response_headers))
        return self._body(self.exchange.response_body, self.exchange.response_headers, schemas, touch)

    def _body(self, body: bytes, headers: Mapping[str, str], schemas: list[Any], touch: Touch) -> tuple[str, Any]:
        if not body:
            return "empty", ""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return "bytes", body
        facts, kind = self.operation, media_type(headers)
        document = specs.load(facts.document, self.dialect) if facts else {}
        guess = self.exchange.api != "sandbox" or _STORED.search(self.exchange.url) is not None
        walk = Walk(document, touch, guess)
        if kind == "application/x-www-form-urlencoded":
            return "form", walk.value(dict(parse_qsl(text, keep_blank_values=True)), schemas)
        try:
            return "json", walk.value(json.loads(text), schemas, "content")
        except (ValueError, RecursionError):
            return "text", touch(text, "content", marked("content", list(flattened(document, schemas))))

    def _header(self, name: str, value: str, touch: Touch) -> str:
        if _CREDENTIAL.search(name) is None and name.casefold() not in _credential_headers():
            return str(touch(value, name, self._parameter(name)))
        scheme = _SCHEME.match(value)
        before = scheme[0] if scheme else ""
        return before + str(touch(value[len(before) :], name, Mark("credential", secret=True)))

    def _parameter(self, name: str) -> Mark | None:
        facts = self.operation
        listed = _parameters(facts.document, facts.operation_id, self.dialect) if facts else {}
        if name not in listed:
            return guessed(name)
        parameter = listed[name]
        loaded = specs.load(facts.document, self.dialect) if facts else {}
        mark = marked(name, [parameter, *flattened(loaded, [parameter.get("schema", {})])])
        if mark is None or mark.secret:
            return mark
        key = dict(parse_qsl(split_url(self.exchange.url).query)).get("alternativeKey")
        kind = key if key and parameter["in"] == "path" else name
        return Mark(kind, inherited=parameter["in"] == "path", choices=mark.choices)

    def _resolved(self, facts: Operation, node: Any) -> Mapping[str, Any]:
        resolved: Mapping[str, Any] = specs.resolved(specs.load(facts.document, self.dialect), node)
        return resolved


def split_url(url: str) -> SplitResult:
    """The parts of a URL that was sent; a `#` in it is a pseudonym's, there are no fragments."""
    return urlsplit(url, allow_fragments=False)


def media_type(headers: Mapping[str, str]) -> str:
    found = next((value for name, value in headers.items() if name.casefold() == "content-type"), "")
    return found.partition(";")[0].strip().casefold()


def _schemas(content: Mapping[str, Any], kind: str) -> list[Any]:
    """The schemas of that media type; all there are where it is not among them."""
    exact = content.get(kind, content.get("*/*"))
    chosen = [exact] if exact is not None else list(content.values())
    return [media["schema"] for media in chosen if "schema" in media]


def _touched(segment: str, name: str, mark: Mark | None, touch: Touch, quote: Quote) -> str:
    value = unquote(segment)
    changed = touch(value, name, mark)
    return segment if changed == value else quote(str(changed))


@functools.cache
def _template(path: str) -> re.Pattern[str]:
    """Finds a documented path at the end of a longer one."""
    return re.compile("".join("([^/]*)" if part[:1] == "{" else re.escape(part) for part in _parts(path)) + "$")


def _parts(path: str) -> list[str]:
    return re.split(r"(\{\w+\})", path)


@functools.cache
def _parameters(document: str, operation_id: str, dialect: Dialect) -> Mapping[str, Mapping[str, Any]]:
    facts = specs.operations(document, dialect)[operation_id]
    loaded = specs.load(document, dialect)
    item = loaded["paths"][facts.path.removeprefix(specs.base_path(loaded))]
    listed = (*item.get("parameters", ()), *item[facts.method.lower()].get("parameters", ()))
    return {found["name"]: found for found in (specs.resolved(loaded, parameter) for parameter in listed)}


@functools.cache
def _credential_headers() -> frozenset[str]:
    """The headers, in lower case, that carry credentials by any document."""
    schemes = (
        scheme
        for names in specs.APIS.values()
        for name in names
        for scheme in specs.load(name).get("components", {}).get("securitySchemes", {}).values()
    )
    return frozenset(scheme["name"].casefold() for scheme in schemes if scheme.get("in") == "header")
