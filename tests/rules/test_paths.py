from __future__ import annotations

import pytest

from pii_sandbox.mockserver.rules import paths


@pytest.mark.parametrize(
    ("given", "tree"),
    [
        ([], {}),
        ([()], {}),
        ([("a",)], {"a": {}}),
        ([("a", "b"), ("a", "c")], {"a": {"b": {}, "c": {}}}),
        ([("a", "b"), ("a",)], {"a": {}}),
        ([("a",), ("a", "*", "b")], {"a": {}}),
        ([("a", "*", "b"), ("a", "*", "b", "c"), ("d",)], {"a": {"*": {"b": {}}}, "d": {}}),
    ],
)
def test_paths_merge_and_the_shorter_covers_the_longer(given: list[tuple[str, ...]], tree: paths.Tree) -> None:
    assert paths.tree(given) == tree


def test_the_order_of_paths_does_not_matter() -> None:
    given = [("a", "b"), ("a",), ("c", "*"), ("c", "*", "d")]
    assert paths.tree(given) == paths.tree(reversed(given))
