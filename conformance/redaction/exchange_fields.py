"""Exchange fields: the values in an exchange of a run, each with what the documents say of it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.redaction import vocabulary
from pii_sandbox.redaction.bodies import DEEPEST, Content, parsed_content
from pii_sandbox.redaction.detectors import SCHEME
from pii_sandbox.redaction.operation_schemas import OperationSchemas, operation_schemas
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark, SchemaNode, SchemaWalker
from pii_sandbox.redaction.vocabulary import SECRET_HEADER, credential_headers, mark_by_name
from pii_sandbox.specs import Dialect, Operation

Touch = Callable[[Any, str, SchemaMark | None], Any]  # a value, its name, its mark
Quote = Callable[[str], str]

_STORED = re.compile(r"/_sandbox/v1/(?:documents|audit|residue|journal)")
_MOST_DIGITS = 4_000  # of a number that Python converts without complaint
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ExchangeFields:
    """An exchange, held against its operation. `touch` sees every value and gives what shall stand in its place."""

    exchange: Exchange
    dialect: Dialect

    @property
    def operation(self) -> Operation | None:
        """None for a call outside the documents."""
        if self.exchange.operation_id is None:
            return None
        try:
            return operations.operation(self.exchange.api, self.exchange.operation_id, self.dialect)
        except KeyError:
            return None

    def path(self, touch: Touch, quote: Quote) -> str:
        """The path; what a parameter stands for, or any segment of an unknown path, is touched."""
        path = split_url(self.exchange.url).path
        facts = self.operation
        found = _template(facts.path).search(path) if facts else None
        if facts is None or found is None:
            return "/".join(_redact_segment(segment, "", None, touch, quote) for segment in path.split("/"))
        pieces, done, names = [], 0, _PARAMETER.findall(facts.path)
        for group, name in enumerate(names, start=1):
            mark = self._parameter(name)
            pieces += [path[done : found.start(group)], _redact_segment(found[group], name, mark, touch, quote)]
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
        schemas = self._schemas
        documented = schemas.request if schemas else {}
        return self._body(self.exchange.request_body, self.exchange.request_headers, documented, touch)

    def response(self, touch: Touch) -> tuple[str, Any]:
        """What the response's body is and its value, touched.

        It is `undocumented`, and nothing of it is touched, where the document does not have its media type or the body
        is not of it: nobody knows then what in it is personal.
        """
        if self.exchange.response_body and not self._is_documented():
            return "undocumented", self.exchange.response_body
        schemas = self._schemas
        documented = schemas.response(self.exchange.status) if schemas else {}
        return self._body(self.exchange.response_body, self.exchange.response_headers, documented, touch)

    def _body(
        self, body: bytes, headers: Mapping[str, str], documented: Mapping[str, Any], touch: Touch
    ) -> tuple[str, Any]:
        if not body:
            return "empty", ""
        content = _content(body, media_type(headers))
        if content.kind == "bytes":
            return "bytes", body
        node = self._node(documented, media_type(headers))
        guessing = self.exchange.api != "sandbox" or _STORED.search(self.exchange.url) is not None

        def visit(value: Any, name: str, mark: SchemaMark | None, _: SchemaNode) -> Any:
            return touch(value, name, mark)

        def infer(name: str, value: Any, node: SchemaNode) -> SchemaMark | None:
            return vocabulary.infer_mark(name, value, node, guessing=guessing)

        return content.kind, SchemaWalker(visit, infer).value(content.value, node, "content")

    def _is_documented(self) -> bool:
        kind = media_type(self.exchange.response_headers)
        if _is_json(kind):
            return _content(self.exchange.response_body, kind).kind == "json"
        schemas = self._schemas
        return schemas is not None and any(kind in map(str.lower, known) for known in schemas.responses.values())

    @property
    def _schemas(self) -> OperationSchemas | None:
        facts = self.operation
        return operation_schemas(facts.document, facts.operation_id, self.dialect) if facts else None

    def _node(self, documented: Mapping[str, Any], kind: str) -> SchemaNode:
        """What is said of that media type; of all there are where it is not among them."""
        exact = documented.get(kind, documented.get("*/*"))
        chosen = [exact] if exact is not None else list(documented.values())
        schemas = self._schemas
        return UNKNOWN if schemas is None else schemas.node(*chosen)

    def _header(self, name: str, value: str, touch: Touch) -> str:
        if SECRET_HEADER.search(name) is None and name.casefold() not in credential_headers():
            return str(touch(value, name, self._parameter(name)))
        scheme = SCHEME.match(value)
        before = scheme[0] if scheme else ""
        return before + str(touch(value[len(before) :], name, SchemaMark("credential", secret=True)))

    def _parameter(self, name: str) -> SchemaMark | None:
        schemas = self._schemas
        location = schemas.location_of(name) if schemas else None
        if schemas is None or location is None:
            return mark_by_name(name)
        mark = schemas.parameter_mark(location, name)
        if mark is None or mark.secret:
            return mark
        key = dict(parse_qsl(split_url(self.exchange.url).query)).get("alternativeKey")
        kind = key if key and location == "path" else name
        return SchemaMark(kind, inherited=location == "path", choices=mark.choices)


def split_url(url: str) -> SplitResult:
    """The parts of a URL that was sent; a `#` in it is a pseudonym's, there are no fragments."""
    return urlsplit(url, allow_fragments=False)


def media_type(headers: Mapping[str, str]) -> str:
    found = next((value for name, value in headers.items() if name.casefold() == "content-type"), "")
    return found.partition(";")[0].strip().casefold()


def _is_json(kind: str) -> bool:
    return kind.endswith(("/json", "+json"))


def _content(body: bytes, kind: str) -> Content:
    """The parsed body. Of JSON that only careless writers make, NaN and numbers of thousands of digits are texts."""
    content = parsed_content(body, kind)
    text = content.value
    if content.kind != "text" or not _is_json(kind) or text.count("[") + text.count("{") > DEEPEST:
        return content
    try:
        return Content("json", json.loads(text, parse_constant=str, parse_int=_number_or_text), kind)
    except ValueError:
        return content


def _number_or_text(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def _redact_segment(segment: str, name: str, mark: SchemaMark | None, touch: Touch, quote: Quote) -> str:
    value = unquote(segment)
    changed = touch(value, name, mark)
    return segment if changed == value else quote(str(changed))


@functools.cache
def _template(path: str) -> re.Pattern[str]:
    """Finds a documented path at the end of a longer one."""
    return re.compile("".join("([^/]*)" if part[:1] == "{" else re.escape(part) for part in _parts(path)) + "$")


def _parts(path: str) -> list[str]:
    return re.split(r"(\{\w+\})", path)
