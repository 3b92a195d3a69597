"""The mutation operators: a selection of cosmic-ray's, and four that it does not have.

Left out of cosmic-ray's: replacements of a comparison or an arithmetic operator by every other one (a dozen mutants
that one check catches together), decorators (without them a module cannot be imported, or a cache is missing),
variables, and `not` before a condition (caught by whatever catches the condition fixed to true or to false).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import parso
from cosmic_ray.exceptions import CosmicRayTestingException
from cosmic_ray.operators import (
    binary_operator_replacement as binary,
)
from cosmic_ray.operators import (
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    exception_replacer,
    number_replacer,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from cosmic_ray.operators.operator import Example, Operator
from parso.python.tree import IfStmt, Keyword

Node = Any  # parso declares no attributes of its nodes
Position = tuple[tuple[int, int], tuple[int, int]]

_COMPARISONS = (
    ("Eq", "NotEq"),
    ("NotEq", "Eq"),
    ("Lt", "LtE"),
    ("Lt", "GtE"),
    ("LtE", "Lt"),
    ("LtE", "Gt"),
    ("Gt", "GtE"),
    ("Gt", "LtE"),
    ("GtE", "Gt"),
    ("GtE", "Lt"),
    ("Is", "IsNot"),
    ("IsNot", "Is"),
)
_ARITHMETIC = (
    ("Add", "Sub"),
    ("Sub", "Add"),
    ("Mul", "FloorDiv"),
    ("Div", "Mul"),
    ("FloorDiv", "Mul"),
    ("Mod", "FloorDiv"),
    ("BitOr", "BitAnd"),
    ("BitAnd", "BitOr"),
)


class FixCondition(Operator):  # type: ignore[misc]
    """Fixes the condition of an `if`, a conditional expression or a comprehension to True, and to False."""

    def mutation_positions(self, node: Node) -> Iterator[Position]:
        for index in _condition_indexes(node):
            condition = node.children[index]
            yield from [(condition.start_pos, condition.end_pos)] * 2

    def mutate(self, node: Node, index: int) -> Node:
        place = _condition_indexes(node)[index // 2]
        node.children[place] = parso.parse(" False" if index % 2 else " True")
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (
            Example("if x: pass", "if True: pass"),
            Example("if x: pass", "if False: pass", occurrence=1),
            Example("if x: pass\nelif y: pass", "if x: pass\nelif False: pass", occurrence=3),
            Example("a if x else b", "a if True else b"),
            Example("[a for a in b if a]", "[a for a in b if False]", occurrence=1),
        )


class ReverseMembership(Operator):  # type: ignore[misc]
    """Replaces `in` by `not in`, and the reverse."""

    def mutation_positions(self, node: Node) -> Iterator[Position]:
        for index in _membership_indexes(node):
            yield node.children[index].start_pos, node.children[index].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        place = _membership_indexes(node)[index]
        reverse = " in" if _text(node.children[place]) == "not in" else " not in"
        node.children[place] = parso.parse(reverse)
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("a in b", "a not in b"), Example("a not in b", "a in b"))


class LeaveOutRaise(Operator):  # type: ignore[misc]
    """Replaces a `raise` statement by `pass`."""

    def mutation_positions(self, node: Node) -> Iterator[Position]:
        if node.type == "raise_stmt" or (node.type == "keyword" and node.value == "raise" and _is_statement(node)):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        return _pass_instead_of(node)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("if x:\n    raise E\n", "if x:\n    pass\n"),)


class LeaveOutCall(Operator):  # type: ignore[misc]
    """Replaces a statement that only calls something by `pass`."""

    def mutation_positions(self, node: Node) -> Iterator[Position]:
        if node.type in {"atom_expr", "power"} and _is_statement(node):
            last = node.children[-1]
            if last.type == "trailer" and last.children[0].value == "(":
                yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        return _pass_instead_of(node)

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("refuse(x)\n", "pass\n"), Example("await a.put(b)\n", "pass\n"))


class ReplaceException(exception_replacer.ExceptionReplacer):  # type: ignore[misc]
    """Replaces an exception of an `except` clause by one that nothing raises; cosmic-ray's fails on names with dots."""

    def mutate(self, node: Node, index: int) -> Node:
        name = self._name_nodes(node)[index]
        siblings = name.parent.children
        prefix = name.get_first_leaf().prefix
        siblings[siblings.index(name)] = parso.parse(f"{prefix}{CosmicRayTestingException.__name__}")
        return node

    @staticmethod
    def _name_nodes(node: Node) -> list[Node]:
        raised = node.children[1]
        inner = raised.children[1] if raised.type == "atom" else raised
        return list(inner.children[::2]) if inner.type == "testlist_comp" else [inner]

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        error = CosmicRayTestingException.__name__
        return (
            *super().examples(),
            Example("try: f()\nexcept a.E: pass", f"try: f()\nexcept {error}: pass"),
            Example("try: f()\nexcept (E, a.E): pass", f"try: f()\nexcept (E, {error}): pass", occurrence=1),
        )


def _condition_indexes(node: Node) -> list[int]:
    if isinstance(node, IfStmt):
        return [i + 1 for i, child in enumerate(node.children) if getattr(child, "value", "") in {"if", "elif"}]
    if node.type == "test":
        return [2]
    return [1] if node.type in {"comp_if", "old_comp_if"} else []


def _membership_indexes(node: Node) -> list[int]:
    if node.type != "comparison":
        return []
    return [i for i in range(1, len(node.children), 2) if _text(node.children[i]) in {"in", "not in"}]


def _text(node: Node) -> str:
    return " ".join(node.get_code().split())


def _is_statement(node: Node) -> bool:
    return node.parent is not None and node.parent.type in {"simple_stmt", "file_input"}


def _pass_instead_of(node: Node) -> Keyword:
    return Keyword("pass", node.start_pos, prefix=node.get_first_leaf().prefix)


OPERATORS: Mapping[str, type[Operator]] = {
    **{
        f"comparison {a} {b}": getattr(comparison_operator_replacement, f"ReplaceComparisonOperator_{a}_{b}")
        for a, b in _COMPARISONS
    },
    **{f"operator {a} {b}": getattr(binary, f"ReplaceBinaryOperator_{a}_{b}") for a, b in _ARITHMETIC},
    "not left out": unary_operator_replacement.ReplaceUnaryOperator_Delete_Not,
    "minus left out": unary_operator_replacement.ReplaceUnaryOperator_Delete_USub,
    "True to False": boolean_replacer.ReplaceTrueWithFalse,
    "False to True": boolean_replacer.ReplaceFalseWithTrue,
    "and to or": boolean_replacer.ReplaceAndWithOr,
    "or to and": boolean_replacer.ReplaceOrWithAnd,
    "number": number_replacer.NumberReplacer,
    "exception not handled": ReplaceException,
    "break to continue": break_continue.ReplaceBreakWithContinue,
    "continue to break": break_continue.ReplaceContinueWithBreak,
    "loop left out": zero_iteration_for_loop.ZeroIterationForLoop,
    "condition fixed": FixCondition,
    "membership": ReverseMembership,
    "raise left out": LeaveOutRaise,
    "call left out": LeaveOutCall,
}
