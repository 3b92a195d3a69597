"""No module imports itself by way of others: a circle means that a small module of values is missing."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from tests.test_rooms import FILES, imported_names, module_name


def imported_modules(name: str, tree: ast.AST, modules: Mapping[str, Path]) -> set[str]:
    """The modules of ours that a module imports: at its top, inside functions, or for type checking alone.

    `from package import module` is an import of the module, not of what else the package holds.
    """
    targets = {target for target in imported_names(tree) if target in modules}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.module not in modules:
            continue
        if any(f"{node.module}.{alias.name}" not in modules for alias in node.names):
            targets.add(str(node.module))
    return targets - {name}


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Every import circle that a walk over the graph meets, as the modules on it in order."""
    done: set[str] = set()
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        if name in path:
            found.append([*path[path.index(name) :], name])
        elif name not in done:
            path.append(name)
            for target in sorted(graph[name]):
                visit(target)
            path.pop()
            done.add(name)

    for name in sorted(graph):
        visit(name)
    return found


def test_no_imports_go_in_a_circle() -> None:
    modules = {module_name(file).removesuffix(".__init__"): file for file in FILES}
    graph = {
        name: imported_modules(name, ast.parse(file.read_text("utf-8")), modules) for name, file in modules.items()
    }
    assert circles(graph) == []


def test_an_import_circle_is_found_wherever_the_import_is() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import b\ndef f():\n    import c\n"
    modules = {"a.b": Path(), "c": Path(), "d": Path()}
    assert imported_modules("d", ast.parse(source), modules) == {"a.b", "c"}
    assert circles({"a.b": {"c"}, "c": {"d"}, "d": {"a.b"}}) == [["a.b", "c", "d", "a.b"]]
    assert circles({"a.b": {"c", "d"}, "c": {"d"}, "d": set()}) == []
