"""Applies `x-dialects`: one document, read as the dialect that somebody plays."""

from __future__ import annotations

from typing import Any

KEY = "x-dialects"


def applied(node: Any, dialect: str) -> Any:
    """A copy of `node` with the patches of `dialect` merged in and every `x-dialects` taken out."""
    if isinstance(node, list):
        return [applied(item, dialect) for item in node]
    if not isinstance(node, dict):
        return node
    patch = node.get(KEY, {}).get(dialect)
    plain = {key: value for key, value in node.items() if key != KEY}
    if patch is not None:
        plain = merged(plain, patch)
    return {key: applied(value, dialect) for key, value in plain.items()}


def merged(target: Any, patch: Any) -> Any:
    """`target` with a JSON Merge Patch applied (RFC 7396): null removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result
