"""Requests good and bad, made from the vendors' documents: the same ones each time, each with one thing about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from pii_sandbox import specs
from pii_sandbox.mockserver.vendors import VENDORS
from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, ORACLE_APPLICATION, VTEX
from tests.gateway import samples

Node = Mapping[str, Any]
JSON = "application/json"
LARGEST_BODY = 100_000
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class RequestCase:
    """A request as it goes over the wire. `kind` says what is about it."""

    kind: str
    document: str
    operation_id: str
    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    def __str__(self) -> str:
        return f"{self.kind}: {self.method} {self.path}?{self.query} {self.body[:80]!r}"


@dataclass(frozen=True)
class Draft:
    """A request of an operation before it is put into words."""

    document: str
    operation: Node
    method: str
    template: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    credentials: Mapping[str, str]
    media: str | None = None
    value: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def request_case(
        self, kind: str, *, raw: bytes | None = None, path: str | None = None, query: str | None = None
    ) -> RequestCase:
        """In words; `raw`, `path` and `query` stand in for what the draft says."""
        body = self.content() if raw is None else raw
        headers = {**self.credentials, **({} if self.media is None else {"Content-Type": self.media}), **self.headers}
        headers |= {"Content-Length": str(len(body))} if body or raw is not None else {}
        return RequestCase(
            kind,
            self.document,
            self.operation["operationId"],
            self.method,
            self.filled_path() if path is None else path,
            "&".join(f"{quote(name)}={quote(value)}" for name, value in self.query) if query is None else query,
            list(headers.items()),
            body,
        )

    def content(self) -> bytes:
        if self.media is None:
            return b""
        if self.media == FORM:
            return "&".join(f"{quote(name)}={quote(str(value))}" for name, value in self.value.items()).encode()
        return json.dumps(self.value, ensure_ascii=False).encode()

    def filled_path(self) -> str:
        path = self.template
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe="@"))
        return path

    def parameters(self, place: str) -> Iterator[tuple[Node, Node]]:
        """The parameters of a place that may be sent, each with its schema."""
        document = specs.load(self.document)
        for parameter in self.operation.get("parameters", ()):
            resolved = specs.resolve_reference(document, parameter)
            if resolved["in"] == place and "x-refused" not in resolved:
                yield resolved, specs.resolve_reference(document, resolved["schema"])


def requests() -> list[RequestCase]:
    """All of them: of each operation and kind one."""
    posed: dict[tuple[str, str], RequestCase] = {}
    for draft in drafts():
        for request in (*_whole_requests(draft), *_paths(draft), *_queries(draft), *_bodies(draft)):
            posed.setdefault((request.operation_id, request.kind), request)
    return list(posed.values())


def drafts() -> Iterator[Draft]:
    """A good request of every operation, with all that it may have."""
    for vendor in VENDORS:
        for name in vendor.documents:
            document = specs.load(name)
            for template, item in document["paths"].items():
                for method, operation in item.items():
                    if method in specs.METHODS:
                        yield _draft(name, operation, method.upper(), specs.base_path(document) + template, vendor.name)


CREDENTIALS = {"vtex": VTEX, "newstore": NEWSTORE, "fashionai": FASHIONAI, "oracle": ORACLE}


def _draft(name: str, operation: Node, method: str, template: str, api: str) -> Draft:
    by_application = operation.get("security") == [{"applicationKey": []}]
    draft = Draft(name, operation, method, template, {}, [], ORACLE_APPLICATION if by_application else CREDENTIALS[api])
    path, query = (dict(_sample_parameters(draft, place)) for place in ("path", "query"))
    draft = replace(draft, path=path, query=list(query.items()))
    document = specs.load(name)
    for media, content in (
        specs.resolve_reference(document, operation.get("requestBody", {})).get("content", {}).items()
    ):
        shown = _example_of(content)
        value = shown["example"] if shown else samples.valid_value(document, content["schema"])
        return replace(draft, media=media, value=value)
    return draft


def _sample_parameters(draft: Draft, place: str) -> Iterator[tuple[str, str]]:
    for known, schema in draft.parameters(place):
        yield known["name"], str(samples.valid_value(specs.load(draft.document), {**schema, **_example_of(known)}))


def _example_of(definition: Node) -> dict[str, Any]:
    """The example of a parameter or a body."""
    if "example" in definition:
        return {"example": definition["example"]}
    first = next(iter(definition.get("examples", {}).values()), None)
    return {"example": first["value"]} if first is not None and "value" in first else {}


def _whole_requests(draft: Draft) -> Iterator[RequestCase]:
    required = [known["name"] for known, _ in draft.parameters("query") if known.get("required")]
    yield draft.request_case("as documented")
    yield replace(draft, query=[pair for pair in draft.query if pair[0] in required]).request_case(
        "only what is required"
    )
    yield replace(draft, credentials={}).request_case("no credentials")
    wrong = {name: f"{value}-wrong" for name, value in draft.credentials.items()}
    yield replace(draft, credentials=wrong).request_case("wrong credentials")
    if len(draft.credentials) > 1:
        half = dict(list(draft.credentials.items())[:1])
        yield replace(draft, credentials=half).request_case("half of the credentials")
    yield replace(draft, credentials={name.upper(): value for name, value in draft.credentials.items()}).request_case(
        "shouted headers"
    )
    yield replace(draft, method="PROPFIND").request_case("unknown method")
    if draft.method == "GET":
        yield replace(draft, method="HEAD").request_case("head")


def _paths(draft: Draft) -> Iterator[RequestCase]:
    path = draft.filled_path()
    yield draft.request_case("unknown path", path=f"{path}/nowhere")
    yield draft.request_case("trailing slash", path=f"{path}/")
    yield draft.request_case("doubled slash", path=path.replace("/", "//", 1))
    head, _, last = path.rpartition("/")
    yield draft.request_case("needlessly encoded", path=f"{head}/%{ord(last[0]):02X}{last[1:]}")
    for name in draft.path:
        for kind, value in {
            "encoded slash": "a%2Fb",
            "encoded percent": "a%2525b",
            "encoded question mark": "a%3Fb",
            "encoded space": "a%20b",
            "plus in a path": "a+b",
            "letters with accents": "%C3%A3",
            "not utf-8 in a path": "%ff",
            "empty segment": "",
            "dots in a path": "a..b",
        }.items():
            yield draft.request_case(
                kind, path=draft.template.replace(f"{{{name}}}", value, 1).replace("{", "").replace("}", "")
            )


def _queries(draft: Draft) -> Iterator[RequestCase]:
    yield draft.request_case(
        "unknown query parameter", query=f"{draft.request_case('').query}&nobody=1".removeprefix("&")
    )
    for known, schema in draft.parameters("query"):
        name = known["name"]
        others = [pair for pair in draft.query if pair[0] != name]
        good = dict(draft.query)[name]

        def with_value(value: str, name: str = name, others: Any = others) -> str:
            return "&".join([f"{quote(name)}={value}", *(f"{quote(key)}={quote(text)}" for key, text in others)])

        if known.get("required"):
            yield draft.request_case(
                "required query parameter missing", query=replace(draft, query=others).request_case("").query
            )
        yield draft.request_case("query parameter twice", query=f"{with_value(quote(good))}&{name}={quote(good)}")
        yield draft.request_case("empty query parameter", query=with_value(""))
        yield draft.request_case("query parameter without =", query="&".join([name, *with_value("").split("&")[1:]]))
        yield draft.request_case("not utf-8 in a query", query=with_value("%ff"))
        for kind, text in samples.odd_texts({**known, **schema}):
            yield draft.request_case(f"{kind} as query parameter", query=with_value(quote(text)))
        if schema.get("type", "string") == "string" and "enum" not in schema and "format" not in schema:
            for kind, text in {
                "plus": "a+b",
                "comma": "a,b",
                "encoded ampersand": "a%26b=c",
                "semicolon": "a;b",
            }.items():
                yield draft.request_case(f"{kind} in a query", query=with_value(text))


def _bodies(draft: Draft) -> Iterator[RequestCase]:
    if draft.media is None:
        return
    good = draft.content()
    yield draft.request_case("empty body", raw=b"")
    yield replace(draft, headers={"Content-Length": "0"}, media=None).request_case("neither body nor media type")
    yield replace(draft, media=None).request_case("no media type", raw=good)
    for media in ("text/plain", "application/xml", "application/json-patch+json", "json", "", "multipart/form-data"):
        yield replace(draft, media=media).request_case(f"sent as {media or 'nothing'}", raw=good)
    yield replace(draft, media=draft.media.upper()).request_case("shouted media type", raw=good)
    for charset in ("utf-8", "UTF-8", '"utf-8"', "utf-16", "latin-1", "nonsense"):
        yield replace(draft, media=f"{draft.media}; charset={charset}").request_case(f"charset {charset}", raw=good)
    yield replace(draft, media=f"{draft.media}; version=1").request_case("a parameter of the media type", raw=good)
    yield draft.request_case("larger than is taken", raw=good + b" " * LARGEST_BODY)
    if draft.media == JSON:
        yield from _json(draft, good)
    document = specs.load(draft.document)
    content = specs.resolve_reference(document, draft.operation["requestBody"])["content"][draft.media]
    whole = samples.valid_value(document, content["schema"])
    for kind, value in samples.changed_values(document, content["schema"], whole):
        if draft.media == JSON or isinstance(value, dict):  # a form is nothing else
            yield replace(draft, value=value).request_case(f"body: {kind}")


def _json(draft: Draft, good: bytes) -> Iterator[RequestCase]:
    opened = good.rstrip()[:-1]
    comma = b"" if opened.strip() == b"{" else b", "
    for kind, raw in {
        "broken json": good[:-1],
        "two values": good + b" {}",
        "space around": b" \n" + good + b"\t",
        "a byte order mark": b"\xef\xbb\xbf" + good,
        "not utf-8": good[:-1] + b'\xff"}',
        "null": b"null",
        "a list": b"[]",
        "a text": b'"text"',
        "a number": b"7",
        "NaN": opened + comma + b'"unheard": NaN}',
        "an integer over 64 bits": opened + comma + b'"unheard": 123456789012345678901234567890}',
        "a number beyond doubles": opened + comma + b'"unheard": 1e999}',
        "half a character": opened + comma + b'"unheard": "\\ud800"}',
        "nested 50 deep": opened + comma + b'"unheard": ' + b"[" * 50 + b"]" * 50 + b"}",
        "nested 500 deep": opened + comma + b'"unheard": ' + b"[" * 500 + b"]" * 500 + b"}",
        "a name twice": opened + comma + b'"unheard": 1, "unheard": 2}',
        "numbers in all forms": opened + comma + b'"unheard": [0, -0, 1.0, 1e2, -1.5E-3, 9007199254740993]}',
        "escapes": opened + comma + b'"unheard": "\\u00e3\\/\\n\\ud83d\\ude00"}',
    }.items():
        yield draft.request_case(f"json: {kind}", raw=raw)
