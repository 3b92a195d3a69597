"""All mutants of a source file: enumerated in a fixed order, each a small change of the source text."""

from __future__ import annotations

import ast
import difflib
import pickle
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import MutationVisitor

from mutation.operators import OPERATORS, Position

ROOT = Path(__file__).parent.parent
_FLAGS = frozenset({("dataclass", "frozen"), ("dataclass", "slots"), ("zip", "strict")})


@dataclass(frozen=True)
class SourceMutant:
    """One change to one file.

    `file`: below the repository's top. `operator`, `occurrence`: which operator of `OPERATORS`, and its how many-th
    position in the file. `line`: where the change is. `statement`: first and last line of the statement that changes,
    of a compound one those before its body. `function`: the one around it, empty at the module's top.
    `text`: the line itself, without indentation.
    """

    file: str
    operator: str
    occurrence: int
    line: int
    statement: tuple[int, int]
    function: str
    text: str = ""

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.operator} #{self.occurrence}"

    @property
    def module(self) -> str:
        return f"pii_sandbox.{self.file.removesuffix('/__init__.py').removesuffix('.py').replace('/', '.')}"

    @cached_property
    def original_text(self) -> str:
        return (ROOT / self.file).read_text("utf-8")

    @cached_property
    def mutated_text(self) -> str:
        """The source text with the change."""
        visitor = MutationVisitor(self.occurrence, OPERATORS[self.operator]())
        changed = visitor.walk(_tree(self.original_text))
        if not visitor.mutation_applied:
            raise LookupError(f"{self.name}: no such position")
        return str(changed.get_code())

    @cached_property
    def code(self) -> str:
        """The lines that change, as they are, without indentation and line ends."""
        return self._changed_lines("- ")

    @cached_property
    def becomes(self) -> str:
        """The same lines as the mutant has them."""
        return self._changed_lines("+ ")

    def _changed_lines(self, sign: str) -> str:
        compared = difflib.ndiff(self.original_text.splitlines(), self.mutated_text.splitlines())
        return " ".join(" ".join(line[2:].split()) for line in compared if line.startswith(sign))


def _tree(source: str) -> Any:
    """Return a syntax tree that the caller may change, as operators do: a copy, as parsing takes ten times as long."""
    return pickle.loads(_pickled_tree(source))


@lru_cache(maxsize=8)  # the mutants of a file are asked for one after the other
def _pickled_tree(source: str) -> bytes:
    return pickle.dumps(parso.parse(source), pickle.HIGHEST_PROTOCOL)


def mutants_of(file: str) -> Iterator[SourceMutant]:
    """Yield all mutants of a file.

    Left alone are annotations, which are never evaluated, and what only a fault elsewhere or a measurement of memory
    could show: `frozen` and `slots` of dataclasses, `strict` of `zip`.
    """
    source = (ROOT / file).read_text("utf-8")
    tree = ast.parse(source)
    left_alone, source_lines = [*_annotations(tree), *_flags(tree)], source.splitlines()
    statements = list(_statements(tree))
    nodes = list(ast_nodes(_tree(source)))
    for name, operator_class in OPERATORS.items():
        operator = operator_class()
        positions: list[Position] = [each for node in nodes for each in operator.mutation_positions(node)]
        for occurrence, (start, end) in enumerate(positions):
            if not any(first <= start and end <= last for first, last in left_alone):
                lines, function = min(
                    (each for each in statements if each[0][0] <= start[0] <= each[0][1]),
                    key=lambda each: each[0][1] - each[0][0],
                )
                text = " ".join(source_lines[start[0] - 1].split())
                yield SourceMutant(file, name, occurrence, start[0], lines, function, text)


def sample(mutants: Iterable[SourceMutant], count: int, seed: int) -> list[SourceMutant]:
    """Return a random sample; all of them where there are fewer. The same seed gives the same sample."""
    known: Sequence[SourceMutant] = sorted(mutants, key=lambda mutant: mutant.name)
    return random.Random(seed).sample(known, min(count, len(known)))


def _annotations(tree: ast.AST) -> Iterator[Position]:
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            part = getattr(node, field, None)
            if isinstance(part, ast.expr) and part.end_lineno is not None and part.end_col_offset is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)


def _flags(tree: ast.AST) -> Iterator[Position]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for keyword in node.keywords:
                value = keyword.value
                if (node.func.id, keyword.arg or "") in _FLAGS and value.end_lineno and value.end_col_offset:
                    yield (value.lineno, value.col_offset), (value.end_lineno, value.end_col_offset)


def _statements(node: ast.AST, scope: str = "", function: str = "") -> Iterator[tuple[tuple[int, int], str]]:
    """Yield the lines of every statement, of a compound one those before its body, and the function around it."""
    for child in ast.iter_child_nodes(node):
        inner, around = scope, function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}.{child.name}".lstrip(".")
            around = function if isinstance(child, ast.ClassDef) else inner  # a class body runs at import
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            pattern = child.pattern if isinstance(child, ast.match_case) else child
            body = getattr(child, "body", None)
            last = max(pattern.lineno, body[0].lineno - 1) if body else pattern.end_lineno or pattern.lineno
            first = min([pattern.lineno, *(each.lineno for each in getattr(child, "decorator_list", ()))])
            yield (first, last), function
        yield from _statements(child, inner, around)
