"""The path tree of the router: which node a path matches, and the values of its parameters."""

from __future__ import annotations

import pytest

from pii_sandbox.mockserver.gateway.routing import Node, Route, _match_path, unbound_endpoint
from pii_sandbox.mockserver.vendors import vtex

ROUTE = Route(vtex.VENDOR, "vtex_profile_system", "GetProfile", unbound_endpoint)


def tree_of(*templates: str) -> tuple[Node, dict[str, Node]]:
    """Return a tree of path templates, and the node of each."""
    root = Node()
    nodes = {}
    for template in templates:
        node = root
        for segment in template.split("/"):
            if segment.startswith("{"):
                node.any = node.any or Node()
                node = node.any
            else:
                node = node.fixed.setdefault(segment, Node())
        node.routes["GET"] = ROUTE
        nodes[template] = node
    return root, nodes


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("a/1/b", "a/{x}/b", ["1"]),
        ("1/c/d", "{y}/c/d", ["1"]),
        ("a/c/d", "{y}/c/d", ["a"]),  # the value of {x} is given back
        ("a/c/b", "a/{x}/b", ["c"]),
        ("%61/c/b", "a/{x}/b", ["c"]),
        ("a/c/e", None, []),
        ("a//b", None, []),
        ("a/1", None, []),
    ],
)
def test_a_path_matches_the_literal_segment_first_and_else_the_parameter(
    path: str, template: str | None, values: list[str]
) -> None:
    tree, nodes = tree_of("a/{x}/b", "{y}/c/d")
    node, found = _match_path(tree, path.split("/"))
    assert (node, found) == (nodes[template] if template else None, values)
