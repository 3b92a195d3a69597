"""Vocabulary of the OpenAPI documents: names marked as personal or secret, words of the API, example values."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.redaction import decodings
from pii_sandbox.redaction.schema_marks import MARKS, SchemaMark, SchemaNode, flatten_schemas

SECRET_NAME = re.compile(r"pass(?:word|wd|phrase)|secret|token$|api_?-?key|credential|^cvv", re.IGNORECASE)
SECRET_HEADER = re.compile(
    r"token|secret|api-?key|app-?key|passw|credential|cookie|session|signature|auth", re.IGNORECASE
)
_EXAMPLES = frozenset({"example", "examples"})


def infer_mark(name: str, value: Any, node: SchemaNode, *, guessing: bool = True) -> SchemaMark | None:
    """Return the mark of an undocumented property: personal if documented ones beside it are, else by its name."""
    if node.has_marked_properties:
        return SchemaMark(name, SECRET_NAME.search(name) is not None)
    if isinstance(value, dict) and _normalize_name(name) not in _names_of_objects():
        return None
    return mark_by_name(name) if guessing else None


def mark_by_name(name: str) -> SchemaMark | None:
    """Return the mark that any document gives to a property or parameter of that name; None without one."""
    folded = _normalize_name(name)
    if SECRET_NAME.search(name) or folded in _names("x-secret"):
        return SchemaMark(name, secret=True)
    return SchemaMark(name, inherited=True) if folded in _names("x-pii") | _names("x-masked") else None


@functools.cache
def _names(key: str) -> frozenset[str]:
    """Return all names that any document marks with `key`, normalized."""
    names: set[str] = set()
    for document in _documents():
        for name, node in _named_schemas(document, document, set()):
            if node.get(key) is True:
                names.add(_normalize_name(name))
    return frozenset(names - {"value", "data", "content"})  # names that say nothing about their content


def is_vocabulary(text: str) -> bool:
    """Return whether the text is a word of the documents."""
    return decodings.comparable_text(text) in vocabulary()


@functools.cache
def _names_of_objects() -> frozenset[str]:
    """Return the names of marked properties that are objects, normalized."""
    return frozenset(
        _normalize_name(name)
        for document in _documents()
        for name, node in _named_schemas(document, document, set())
        if any(node.get(key) is True for key in MARKS) and node.get("type") == "object"
    )


@functools.cache
def vocabulary() -> frozenset[str]:
    """Return the words of the documents: property names, enum values, operation ids. None of them is personal."""
    words: set[str] = set()
    for document in _documents():
        for name, node in _named_schemas(document, document, set()):
            words.add(name)
            words.update(str(choice) for choice in node.get("enum", ()))
    for name in _document_names():
        words.update(specs.operations(name))
    return frozenset(decodings.comparable_text(word) for word in words)


@functools.cache
def examples() -> frozenset[str]:
    """Return the example values of the documents, numbers as texts."""
    return frozenset().union(*(_example_texts(document, is_example=False) for document in _documents()))


@functools.cache
def credential_headers() -> frozenset[str]:
    """Return the headers, in lower case, that carry credentials in any API."""
    headers = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
    for name in _document_names():
        schemes = specs.load(name).get("components", {}).get("securitySchemes", {}).values()
        headers |= {scheme["name"].casefold() for scheme in schemes if scheme.get("in") == "header"}
    return frozenset(headers)


def _example_texts(node: Any, is_example: bool) -> set[str]:
    if isinstance(node, Mapping):
        inner = (_example_texts(value, is_example or key in _EXAMPLES) for key, value in node.items())
        return set().union(*inner)
    if isinstance(node, list):
        return set().union(*(_example_texts(item, is_example) for item in node))
    return {str(node)} if is_example and not isinstance(node, bool | None) else set()


def _document_names() -> Iterator[str]:
    return (name for names in specs.APIS.values() for name in names)


def _documents() -> Iterator[Mapping[str, Any]]:
    return (specs.load(name, dialect) for name in _document_names() for dialect in specs.DIALECTS)


def _named_schemas(document: Mapping[str, Any], node: Any, seen: set[int]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every property and parameter of a document with its name."""
    if isinstance(node, list):
        for item in node:
            yield from _named_schemas(document, item, seen)
    if not isinstance(node, dict) or id(node) in seen:
        return
    seen.add(id(node))
    if "in" in node and isinstance(node.get("name"), str):
        yield node["name"], {**node.get("schema", {}), **node}
    for name, inner in _properties(node):
        for schema in flatten_schemas(document, [inner]):
            yield name, schema
    for key, inner in node.items():
        if key not in _EXAMPLES | {"default", "enum"}:
            yield from _named_schemas(document, inner, seen)


def _properties(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = node.get("properties")
    if isinstance(properties, dict):
        yield from properties.items()


def _normalize_name(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
