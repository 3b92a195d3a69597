"""Whether an answer tells again what was sent, credentials or personal data, where the document has no place for it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pii_sandbox import specs
from pii_sandbox.conformance.contract import operations, schemas
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import texts
from pii_sandbox.specs import Dialect, Operation

PERSONAL = ("x-pii", "x-masked", "x-secret")
SHORTEST = 6  # shorter texts turn up in messages by chance
_PLAIN_WORDS = re.compile(r"[a-z_ ]+")  # so do these: what generates values also takes them from messages and programs


def echoed_values(
    facts: Operation, exchange: Exchange, body: Any, dialect: Dialect, secrets: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Where something is told again (the error, a header of the server's own), and as what it was sent."""
    shown = {
        f"the header {name}": [value]
        for name, value in exchange.response_headers.items()
        if name.lower().startswith("x-") and value
    }
    if exchange.status is not None and exchange.status >= 400 and exchange.response_body:
        shown["the error"] = _texts_of_error(facts, exchange, body, dialect)
    if not shown:
        return
    sent = {**_personal_values(facts, exchange, dialect), **dict.fromkeys(secrets, "a credential")}
    for where, visible in shown.items():
        told = (what for value, what in sent.items() if any(_contains(text, value) for text in visible))
        for what in dict.fromkeys(told):
            yield where, what


def _contains(text: str, value: str) -> bool:
    """Whether the value stands in the text, and not by chance within a longer word, such as the id of a trace."""
    if len(value) < SHORTEST or value not in text or _PLAIN_WORDS.fullmatch(value):
        return False
    return re.search(rf"(?<![^\W_]){re.escape(value)}(?![^\W_])", text) is not None


def _texts_of_error(facts: Operation, exchange: Exchange, body: Any, dialect: Dialect) -> list[str]:
    """The texts of an error, names of properties too, but for those that the document has or calls personal."""
    if body is None:
        return [exchange.response_body.decode("utf-8", "replace")]
    known = schemas.response_schemas(facts.document, facts.operation_id, dialect).get(str(exchange.status), {})
    document = specs.load(facts.document, dialect)
    marked = {
        text for _, text in schemas.marked_texts(document, known.get(operations.media_type(exchange)), body, PERSONAL)
    }
    expected = marked | _vocabulary(facts.document, dialect)
    return [text for text in texts(body, names=True) if text not in expected]


def _personal_values(facts: Operation, exchange: Exchange, dialect: Dialect) -> dict[str, str]:
    """What was sent where the document says that it is personal, and where; but for words that the document uses."""
    sent = dict((*_in_url(facts, exchange, dialect), *_in_body(facts, exchange, dialect)))
    own_words = _vocabulary(facts.document, dialect)
    return {value: place for value, place in sent.items() if value not in own_words}


def _in_body(facts: Operation, exchange: Exchange, dialect: Dialect) -> Iterator[tuple[str, str]]:
    try:
        sent = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        sent = parse_qs(exchange.request_body.decode("utf-8", "replace"))  # each name with all its values
    document = specs.load(facts.document, dialect)
    for schema in schemas.request_bodies(facts, dialect):
        for place, text in schemas.marked_texts(document, schema, sent, PERSONAL):
            yield text, "personal data" if not place else f"{place[-1]} in the body"


def _in_url(facts: Operation, exchange: Exchange, dialect: Dialect) -> Iterator[tuple[str, str]]:
    parts = urlsplit(exchange.url)
    query = parse_qs(parts.query)
    # a target's base URL may have a path of its own: the template is the end of what was called
    segments = dict(zip(reversed(facts.path.split("/")), reversed(parts.path.split("/")), strict=False))
    for parameter in schemas.operation_parameters(facts.document, facts.operation_id, dialect):
        if not any(holder.get(key) is True for key in PERSONAL for holder in (parameter, parameter["schema"])):
            continue
        name = parameter["name"]
        if parameter["in"] == "path":
            yield unquote(segments.get(f"{{{name}}}", "")), f"{name} in the path"
        elif parameter["in"] == "query":
            yield from ((value, f"{name} in the query") for value in query.get(name, ()))


@functools.cache
def _vocabulary(name: str, dialect: Dialect) -> frozenset[str]:
    """Names, enumerated values and titles of errors: a message that holds one of them gives nobody away."""
    loaded = specs.load(name, dialect)
    examples = texts(loaded.get("components", {}).get("responses", {}))
    return frozenset((*_words(loaded), *examples, *(status.phrase for status in HTTPStatus)))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            if key in {"name", "type"} and isinstance(value, str):
                yield value
            if key == "enum" and isinstance(value, list):
                yield from map(str, value)
            yield from _words(value)
    elif isinstance(node, list):
        for item in node:
            yield from _words(item)
