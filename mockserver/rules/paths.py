"""Property paths as a tree, and a change applied at each of them: what masking and erasure walk documents with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pii_sandbox.specs import PropertyPath

MOST_KEPT = 512
LONGEST_KEPT = 500  # characters of paths that are kept: a client may name others in each call
EACH = "*"
Tree = dict[str, "Tree"]
_cache: dict[tuple[PropertyPath, ...], Tree] = {}


def tree(paths: Iterable[PropertyPath]) -> Tree:
    """The paths merged by their first parts; a path's end is an empty tree. May be shared: not to be changed.

    Where one path begins with another, the shorter one counts: it covers all beneath it.
    """
    known = tuple(paths)
    cached = _cache.get(known)
    if cached is not None:
        return cached
    made = _tree(known)
    if sum(len(part) + 1 for path in known for part in path) <= LONGEST_KEPT and len(_cache) < MOST_KEPT:
        _cache[known] = made
    return made


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


def changed(value: Any, at: Tree, change: Callable[[Any], Any]) -> Any:
    """A copy of `value` in which `change` was applied to what stands at the ends of `at`; `*` is each item of an array.

    What no path leads through is shared with the original. A path that leads nowhere is left alone.
    """
    if isinstance(value, dict):
        copy = value.copy()
        for name, inner in value.items():
            below = at.get(name)
            if below is not None:
                copy[name] = changed(inner, below, change) if below else change(inner)
        return copy
    if isinstance(value, list) and EACH in at:
        below = at[EACH]
        return [changed(item, below, change) if below else change(item) for item in value]
    return value
