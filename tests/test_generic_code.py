"""Generic code names no vendor: per-API facts stand in specs/apis/. Documentation (docstrings, help texts) may."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rooms import ROOT
from tests.test_rooms import FILES

VENDOR_NAME = re.compile(r"vtex|newstore|fashion\.?ai|oracle", re.IGNORECASE)
KNOWS_VENDORS = ("mockserver/vendors/", "pii_sandbox/mutants/", "mutation/")
GENERIC_FILES = [
    file
    for file in FILES
    if not file.is_relative_to(ROOT / "scenarios") and not str(file.relative_to(ROOT)).startswith(KNOWS_VENDORS)
]
DOCUMENTING_KEYWORDS = frozenset({"help", "epilog", "short_help"})


def code_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name and text of a module that is not documentation, with its line."""
    documentation: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            documentation.add(node.value)
        if isinstance(node, ast.keyword) and node.arg in DOCUMENTING_KEYWORDS:
            documentation.update(ast.walk(node.value))
    for node in ast.walk(tree):
        if node in documentation:
            continue
        match node:
            case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text):
                yield node.lineno, text
            case ast.alias(name=text):
                yield node.lineno, text
            case ast.FunctionDef(name=text) | ast.AsyncFunctionDef(name=text) | ast.ClassDef(name=text):
                yield node.lineno, text


@pytest.mark.parametrize("file", GENERIC_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_generic_code_names_no_vendor(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    named = [(line, text) for line, text in code_words(tree) if VENDOR_NAME.search(text)]
    assert named == []


def test_the_vendor_check_notices_code_and_passes_documentation() -> None:
    tree = ast.parse('"""VTEX."""\nx = option(help="Oracle")\nif api == "newstore":\n    vtex_only()\n')
    assert [text for _, text in code_words(tree) if VENDOR_NAME.search(text)] == ["newstore", "vtex_only"]
