"""Vocabulary of the documents: names that they mark as personal or secret, their own words, their printed examples."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.redaction import decodings
from pii_sandbox.redaction.schema_marks import MARKS, Mark, SchemaNode, flattened

SECRET_NAME = re.compile(r"pass(?:word|wd|phrase)|secret|token$|api_?-?key|credential|^cvv", re.IGNORECASE)
SECRET_HEADER = re.compile(
    r"token|secret|api-?key|app-?key|passw|credential|cookie|session|signature|auth", re.IGNORECASE
)
_EXAMPLES = frozenset({"example", "examples"})


def infer(name: str, value: Any, node: SchemaNode, *, guessing: bool = True) -> Mark | None:
    """The mark of a property that no schema knows: personal beside personal ones, else after its name."""
    if node.has_marked_properties:
        return Mark(name, SECRET_NAME.search(name) is not None)
    if isinstance(value, dict) and _bare(name) not in _names_of_objects():
        return None
    return guess(name) if guessing else None


def guess(name: str) -> Mark | None:
    """The mark that some document puts on a property or parameter of that name."""
    folded = _bare(name)
    if SECRET_NAME.search(name) or folded in _names("x-secret"):
        return Mark(name, secret=True)
    return Mark(name, inherited=True) if folded in _names("x-pii") | _names("x-masked") else None


@functools.cache
def _names(key: str) -> frozenset[str]:
    """All names that any document marks with `key`, in any spelling."""
    found: set[str] = set()
    for document in _documents():
        for name, node in _named(document, document, set()):
            if node.get(key) is True:
                found.add(_bare(name))
    return frozenset(found - {"value", "data", "content"})  # they say nothing of what they hold


def is_vocabulary(text: str) -> bool:
    """Whether it is a word of the documents themselves."""
    return decodings.comparable(text) in vocabulary()


@functools.cache
def _names_of_objects() -> frozenset[str]:
    """The names under which a document marks objects, in any spelling."""
    return frozenset(
        _bare(name)
        for document in _documents()
        for name, node in _named(document, document, set())
        if any(node.get(key) is True for key in MARKS) and node.get("type") == "object"
    )


@functools.cache
def vocabulary() -> frozenset[str]:
    """The documents' own words: names, enumerated values, operations. None tells of a person."""
    words: set[str] = set()
    for document in _documents():
        for name, node in _named(document, document, set()):
            words.add(name)
            words.update(str(choice) for choice in node.get("enum", ()))
    for name in _document_names():
        words.update(specs.operations(name))
    return frozenset(decodings.comparable(word) for word in words)


@functools.cache
def examples() -> frozenset[str]:
    """What the documents print as examples: texts, and numbers as texts."""
    return frozenset().union(*(_printed(document, printed=False) for document in _documents()))


@functools.cache
def credential_headers() -> frozenset[str]:
    """The headers, in lower case, in which some API takes credentials."""
    found = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
    for name in _document_names():
        schemes = specs.load(name).get("components", {}).get("securitySchemes", {}).values()
        found |= {scheme["name"].casefold() for scheme in schemes if scheme.get("in") == "header"}
    return frozenset(found)


def _printed(node: Any, printed: bool) -> set[str]:
    if isinstance(node, Mapping):
        inner = (_printed(below, printed or key in _EXAMPLES) for key, below in node.items())
        return set().union(*inner)
    if isinstance(node, list):
        return set().union(*(_printed(below, printed) for below in node))
    return {str(node)} if printed and not isinstance(node, bool | None) else set()


def _document_names() -> Iterator[str]:
    return (name for names in specs.APIS.values() for name in names)


def _documents() -> Iterator[Mapping[str, Any]]:
    return (specs.load(name, dialect) for name in _document_names() for dialect in specs.DIALECTS)


def _named(document: Mapping[str, Any], node: Any, seen: set[int]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property and parameter of a document, by name."""
    if isinstance(node, list):
        for item in node:
            yield from _named(document, item, seen)
    if not isinstance(node, dict) or id(node) in seen:
        return
    seen.add(id(node))
    if "in" in node and isinstance(node.get("name"), str):
        yield node["name"], {**node.get("schema", {}), **node}
    for name, inner in _properties(node):
        for schema in flattened(document, [inner]):
            yield name, schema
    for key, inner in node.items():
        if key not in _EXAMPLES | {"default", "enum"}:
            yield from _named(document, inner, seen)


def _properties(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = node.get("properties")
    if isinstance(properties, dict):
        yield from properties.items()


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
