"""Applies `x-dialects`: the patches that turn a document into the one of a dialect."""

from __future__ import annotations

from typing import Any

KEY = "x-dialects"


def apply_dialect(node: Any, dialect: str) -> Any:
    """Return a copy of `node` with the patches of `dialect` merged in, and without `x-dialects`."""
    if isinstance(node, list):
        return [apply_dialect(item, dialect) for item in node]
    if not isinstance(node, dict):
        return node
    patch = node.get(KEY, {}).get(dialect)
    plain = {key: value for key, value in node.items() if key != KEY}
    if patch is not None:
        plain = merge_patch(plain, patch)
    return {key: apply_dialect(value, dialect) for key, value in plain.items()}


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON Merge Patch (RFC 7396): null removes, objects merge, other values replace."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result
