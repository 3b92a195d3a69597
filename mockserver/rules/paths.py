"""Property paths as a tree, and copies of documents changed at those paths; used by masking and erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pii_sandbox.specs import PropertyPath

MOST_CACHED = 512
LONGEST_CACHED = 500  # characters; a client may send other paths in each call
EACH = "*"
Tree = dict[str, "Tree"]
_cache: dict[tuple[PropertyPath, ...], Tree] = {}


def tree(paths: Iterable[PropertyPath]) -> Tree:
    """Return the paths merged into a tree; the end of a path is an empty tree. It is cached: do not modify it.

    If a path is a prefix of another, only the prefix counts, since it covers everything below it.
    """
    key = tuple(paths)
    cached = _cache.get(key)
    if cached is not None:
        return cached
    root = _tree(key)
    if sum(len(part) + 1 for path in key for part in path) <= LONGEST_CACHED and len(_cache) < MOST_CACHED:
        _cache[key] = root
    return root


def _tree(paths: tuple[PropertyPath, ...]) -> Tree:
    root: Tree = {}
    for path in sorted({path for path in paths if path}, key=len):
        node = root
        for part in path[:-1]:
            if part in node and not node[part]:
                break
            node = node.setdefault(part, {})
        else:
            node.setdefault(path[-1], {})
    return root


def change_at(value: Any, at: Tree, change: Callable[[Any], Any]) -> Any:
    """Return a copy of `value` with `change` applied to the values at the paths of `at`; `*` matches each array item.

    A property is also looked up in the objects of an array, so that a document in which an array stands where the path
    has an object is changed too. Values that no path leads through are shared with the original. Paths without a value
    are ignored.
    """
    if isinstance(value, dict):
        copy = value.copy()
        for name, inner in value.items():
            below = at.get(name)
            if below is not None:
                copy[name] = change_at(inner, below, change) if below else change(inner)
        return copy
    if isinstance(value, list):
        below = at.get(EACH, at)
        return [change_at(item, below, change) if below else change(item) for item in value]
    return value
