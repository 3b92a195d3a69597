"""Which values the documents mark as personal or secret, in any JSON that has a schema or at least names."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import specs
from conformance.redaction import views

PERSONAL = ("x-pii", "x-masked", "x-secret")


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a value is hidden. `name` is its property or parameter.

    `secret`: it is a credential. `inherited`: what holds it is marked, not the value itself. `choices`: all that it
    can be.
    """

    name: str
    secret: bool = False
    inherited: bool = False
    choices: tuple[str, ...] = ()


Touch = Callable[[Any, str, Mark | None], Any]  # a value, its name, its mark
_EXAMPLES = frozenset({"example", "examples"})
_UNIONS = ("allOf", "anyOf", "oneOf")
_SECRET_NAME = re.compile(r"pass(?:word|wd|phrase)|secret|token$|api_?-?key|credential|^cvv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Walk:
    """Gives a copy of a JSON value in which `touch` has seen every scalar, with its name and mark.

    A property that no schema knows counts as personal beside personal ones; elsewhere, where `guess` is true, if any
    document marks its name.
    """

    document: Mapping[str, Any]
    touch: Touch
    guess: bool = True

    def value(self, value: Any, schemas: Iterable[Any], name: str = "", mark: Mark | None = None) -> Any:
        known = list(flattened(self.document, schemas))
        if mark is None:
            mark = marked(name, known)
        elif any(key in schema for schema in known for key in PERSONAL):
            own = marked(name, known) or mark
            mark = replace(own, secret=own.secret or mark.secret)
        if isinstance(value, dict):
            return {key: self._property(key, inner, known, mark) for key, inner in value.items()}
        if isinstance(value, list):
            items = [schema["items"] for schema in known if "items" in schema]
            return [self.value(item, items, name, mark and replace(mark, inherited=True)) for item in value]
        return self.touch(value, name, mark)

    def _property(self, name: str, value: Any, schemas: list[Any], mark: Mark | None) -> Any:
        found = [schema["properties"][name] for schema in schemas if name in schema.get("properties", {})]
        if not found:
            others = (schema.get("additionalProperties") for schema in schemas)
            found = [other for other in others if isinstance(other, dict) and other]
        if mark is not None:
            mark = replace(mark, name=name, inherited=True, choices=())
        elif not found:
            mark = self._unforeseen(name, value, schemas)
        return self.value(value, found, name, mark)

    def _unforeseen(self, name: str, value: Any, schemas: list[Any]) -> Mark | None:
        siblings = (inner for schema in schemas for inner in schema.get("properties", {}).values())
        if any(marked("", list(flattened(self.document, [sibling]))) for sibling in siblings):
            return Mark(name, _SECRET_NAME.search(name) is not None)
        if isinstance(value, dict) and _bare(name) not in _names_of_objects():
            return None
        return guessed(name) if self.guess else None


def flattened(document: Mapping[str, Any], schemas: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """The schemas with `$ref`s followed, and the parts that they are put together from."""
    for schema in schemas:
        node = specs.resolved(document, schema)
        if isinstance(node, dict):
            yield node
            for union in _UNIONS:
                yield from flattened(document, node.get(union, ()))


def marked(name: str, schemas: list[Mapping[str, Any]]) -> Mark | None:
    """The mark that the schemas put on a value, None where they put none."""
    if not any(schema.get(key) is True for schema in schemas for key in PERSONAL):
        return None
    choices = tuple(str(choice) for schema in schemas for choice in schema.get("enum", ()))
    return Mark(name, any(schema.get("x-secret") is True for schema in schemas), choices=choices)


def guessed(name: str) -> Mark | None:
    """The mark that some document puts on a property or parameter of that name."""
    folded = _bare(name)
    if _SECRET_NAME.search(name) or folded in _names("x-secret"):
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
    return views.comparable(text) in vocabulary()


@functools.cache
def _names_of_objects() -> frozenset[str]:
    """The names under which a document marks objects, in any spelling."""
    return frozenset(
        _bare(name)
        for document in _documents()
        for name, node in _named(document, document, set())
        if any(node.get(key) is True for key in PERSONAL) and node.get("type") == "object"
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
    return frozenset(views.comparable(word) for word in words)


@functools.cache
def examples() -> frozenset[str]:
    """What the documents print as examples: texts, and numbers as texts."""
    return frozenset().union(*(_printed(document, printed=False) for document in _documents()))


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
