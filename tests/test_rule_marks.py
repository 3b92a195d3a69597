"""Rule marks: each rule of the catalogue has tests that are marked with it, and a mark names a rule that there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pii_sandbox.specs import catalogue

TESTS = Path(__file__).parent
RULES = {rule.id for api in catalogue.apis_with_rules() for rule in catalogue.rules(api)}


def marked_tests() -> Iterator[tuple[str, set[str]]]:
    """Each test with the rules of its marks."""
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{file.relative_to(TESTS)}::{node.name}", set(_marks(node))


def _marks(test: ast.FunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule":
            yield from (ast.literal_eval(argument) for argument in decorator.args)


def test_every_rule_has_a_test_that_is_marked_with_it() -> None:
    assert {rule for _, rules in marked_tests() for rule in rules} == RULES


def test_a_test_that_is_named_after_a_rule_is_marked_with_it() -> None:
    unmarked = [
        (test, rule)
        for test, rules in marked_tests()
        for rule in RULES - rules
        if re.search(rf"_{rule.lower().replace('-', '_')}(?=_|$)", test)
    ]
    assert unmarked == []
