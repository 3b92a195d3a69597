"""What a document says of requests: all that Connexion has to know where answers are not held against it.

It checks each document when it starts, in pure Python, and what is said of answers is more than half of that. The
documents are checked whole in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

_ANY = {"default": {"description": "not told here"}}
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def without_responses(document: Document) -> dict[str, Any]:
    """The document without what it says of answers alone."""
    paths = {path: _without_response_keys(item) for path, item in document["paths"].items()}
    components = document.get("components", {})
    kept = {kind: parts if kind == "securitySchemes" else {} for kind, parts in components.items()}
    missing = list(_references(paths))
    while missing:
        kind, name = missing.pop()
        if name not in kept[kind]:
            kept[kind][name] = components[kind][name]
            missing += _references(components[kind][name])
    return {**document, "paths": paths, "components": kept}


def _without_response_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {**value, "responses": _ANY} if key in _METHODS else value for key, value in item.items()}


def _references(node: Any) -> Iterator[tuple[str, str]]:
    """Kind and name of each component that the node refers to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            _, _, kind, name = target.split("/")
            yield kind, name
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(inner)
