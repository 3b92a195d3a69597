"""Prepares a packaged OpenAPI document for Connexion, so that the server starts quickly.

Connexion validates each document at start-up, copies it and resolves its references, in pure Python. Validation is left
to the tests, which have Connexion validate each packaged document in each dialect; there are no others. Responses,
half of a document, are stripped when response validation is off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connexion.spec import OpenAPISpecification

Document = Mapping[str, Any]

_ANY = {"default": {"description": "responses are left out"}}
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class PackagedSpecification(OpenAPISpecification):
    """A packaged document, which Connexion does not validate again."""

    def __init__(self, document: Document, *, base_uri: str = "") -> None:
        own = {**document}  # Connexion adds keys to what it is given
        super().__init__(own, base_uri=base_uri)  # type: ignore[no-untyped-call]  # Connexion's

    @classmethod
    def _validate_spec(cls, spec: Any) -> None:
        """Do nothing: the tests have validated the document."""


def without_responses(document: Document) -> dict[str, Any]:
    """Return the document without its responses and the components that only responses refer to."""
    paths = {path: _without_response_keys(item) for path, item in document["paths"].items()}
    components = document.get("components", {})
    used = {kind: parts if kind == "securitySchemes" else {} for kind, parts in components.items()}
    missing = list(_references(paths))
    while missing:
        kind, name = missing.pop()
        if name not in used[kind]:
            used[kind][name] = components[kind][name]
            missing += _references(components[kind][name])
    return {**document, "paths": paths, "components": used}


def _without_response_keys(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {**value, "responses": _ANY} if key in _METHODS else value for key, value in item.items()}


def _references(node: Any) -> Iterator[tuple[str, str]]:
    """Yield kind and name of each component that the node refers to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            _, _, kind, name = target.split("/")
            yield kind, name
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(inner)
