"""The allowed `x-` keys of documents (README.md explains them), and the search for other ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

KNOWN = frozenset(
    {
        "x-alternative-keys",
        "x-assumed",
        "x-audit-action",
        "x-dialects",
        "x-disclosure",
        "x-extensible",
        "x-forbidden-keywords",
        "x-lock",
        "x-masked",
        "x-optional-setting",
        "x-pii",
        "x-poll",
        "x-reach",
        "x-refused",
        "x-required-by",
        "x-resource",
        "x-rule",
        "x-safety",
        "x-secret",
        "x-stand-in",
        "x-ttl-unit",
        "x-unprocessable",
        "x-withdrawn",
    }
)
SAFETIES = frozenset({"read", "create", "update", "delete", "irreversible"})

_OPAQUE = frozenset({"example", "examples", "default", "enum"})  # data, not document
_NAMED = frozenset({"properties", "headers", "parameters", "schemas", "responses", "links", "paths"})


class SpecError(Exception):
    """A document or a file of facts is invalid, or does not exist."""


def unknown_keys(node: Any, location: str = "", names: bool = False) -> Iterator[str]:
    """Yield the locations of unknown `x-` keys. `names`: the keys of `node` are names that the vendor chose."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from unknown_keys(item, f"{location}/{index}")
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if not names and key in _OPAQUE:
            continue
        if not names and key.startswith("x-") and key not in KNOWN:
            yield f"{location}/{key}"
        yield from unknown_keys(value, f"{location}/{key}", names=not names and key in _NAMED)
