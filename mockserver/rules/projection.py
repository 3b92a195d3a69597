"""Projection: selects or drops parts of a document by dotted paths such as `creditCards.id`, also through arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pii_sandbox.mockserver.rules.paths import Tree, tree

_NOTHING = object()


def select(value: Any, fields: Iterable[str]) -> Any:
    """Return a copy with only those properties, in the order of the document. (OCC-FIELDS-1, OCC-FIELDS-2)

    Unknown names are ignored (OCC-FIELDS-3): an object or array without any selected property is left out. An empty
    array stays; if some items of an array have selected properties, the others become `{}`.
    """
    selected = _select_paths(value, _paths(fields))
    return ({} if isinstance(value, dict) else []) if selected is _NOTHING else selected


def drop(value: Any, fields: Iterable[str]) -> Any:
    """Return a copy without those properties; unknown names are ignored. (OCC-EXCL-1, OCC-FIELDS-3)

    Values that no path leads through are shared with the original.
    """
    return _drop_paths(value, _paths(fields))


def _paths(fields: Iterable[str]) -> Tree:
    return tree(tuple(field.strip().split(".")) for field in fields if field.strip())


def _select_paths(value: Any, wanted: Tree) -> Any:
    if isinstance(value, dict):
        parts = {
            name: _select_paths(item, wanted[name]) if wanted[name] else item
            for name, item in value.items()
            if name in wanted
        }
        return {name: part for name, part in parts.items() if part is not _NOTHING} or _NOTHING
    if isinstance(value, list):
        items = [_select_paths(item, wanted) for item in value]
        if items and all(item is _NOTHING for item in items):
            return _NOTHING
        return [{} if item is _NOTHING else item for item in items]
    return _NOTHING


def _drop_paths(value: Any, unwanted: Tree) -> Any:
    if not unwanted:
        return value
    if isinstance(value, dict):
        return {
            name: _drop_paths(item, unwanted.get(name, {}))
            for name, item in value.items()
            if name not in unwanted or unwanted[name]
        }
    if isinstance(value, list):
        return [_drop_paths(item, unwanted) for item in value]
    return value
