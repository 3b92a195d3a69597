"""The private names of Connexion that the gateway uses exist, and docs/explanation/architecture.md lists them all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from connexion import spec
from connexion.middleware import abstract, main

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
LISTED = re.findall(r"^\| `(\w+)\.(_\w+)` \|", PAGE, re.MULTILINE)
OWNERS = {**vars(spec), **vars(abstract), **vars(main)}  # the modules whose classes the gateway extends or uses
GATEWAY = [ast.parse(file.read_text("utf-8")) for file in sorted((ROOT / "mockserver" / "gateway").glob("*.py"))]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def connexion_classes(tree: ast.Module) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        name.asname or name.name
        for node in imports
        if (node.module or "").startswith("connexion")
        for name in node.names
    }


def overridden_methods(tree: ast.Module) -> Iterator[str]:
    """Private methods of Connexion's classes that a subclass defines again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base).split("[")[0] for base in node.bases} & connexion_classes(tree)
            for name in (item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)):
                if is_private(name) and any(hasattr(OWNERS[base], name) for base in bases):
                    yield name


def private_attributes(tree: ast.Module) -> Iterator[str]:
    """Private attributes of the Connexion application, which the gateway keeps as `self._connexion`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self._connexion" and is_private(node.attr):
            yield node.attr


def test_the_page_lists_every_private_name_that_the_gateway_uses() -> None:
    used = {name for tree in GATEWAY for name in [*overridden_methods(tree), *private_attributes(tree)]}
    assert used == {name for _, name in LISTED}


@pytest.mark.parametrize(("owner", "name"), LISTED, ids=lambda text: text)
def test_connexion_still_has_the_private_name(owner: str, name: str) -> None:
    assert callable(getattr(OWNERS[owner], name))


def test_no_private_name_of_connexion_is_imported() -> None:
    imported = {name for tree in GATEWAY for name in connexion_classes(tree)}
    assert {"ConnexionMiddleware", "AbstractRoutingAPI", "RoutedAPI", "OpenAPISpecification"} <= imported
    assert not any(map(is_private, imported))
