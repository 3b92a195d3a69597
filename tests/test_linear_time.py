"""Every regular expression takes time linear in the text, whatever a client or a vendor sends."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from pii_sandbox.conformance.redaction import exchange_fields
from pii_sandbox.mockserver.rules import residue
from tests.regular_expressions import Expression, expressions, expressions_of_source, fault

ALL = list(expressions())
SUBJECT = residue.DataSubject("aaaaaaaa@aaaaaaaa.aaa")

# What is made at run time, by module and function: such as is made there.
MADE: dict[tuple[str, str], list[re.Pattern[Any]]] = {
    ("pii_sandbox.mockserver.rules.residue", "__post_init__"): [SUBJECT._pattern, SUBJECT._encoded],
    ("pii_sandbox.conformance.contract.echo_checks", "_contains"): [re.compile(rf"(?<![^\W_]){'a' * 60}(?![^\W_])")],
    ("pii_sandbox.conformance.cleanup.ownership_proof", "is_in"): [re.compile(rf"(?<![0-9a-z]){'a' * 60}(?![0-9a-z])")],
    ("pii_sandbox.conformance.redaction.exchange_fields", "_template"): [
        exchange_fields._template("/api/profiles/{profileId}/addresses/{addressId}")
    ],
}


@pytest.mark.parametrize("expression", [each for each in ALL if each.pattern is not None], ids=str)
def test_time_grows_no_faster_than_the_text(expression: Expression) -> None:
    assert expression.pattern is not None
    assert fault(expression.pattern) is None


@pytest.mark.parametrize("at", MADE, ids=".".join)
def test_time_of_expressions_that_are_made_grows_no_faster_than_the_text(at: tuple[str, str]) -> None:
    assert [fault(pattern) for pattern in MADE[at]] == [None] * len(MADE[at])


def test_every_expression_is_tried() -> None:
    assert {(each.module, each.function) for each in ALL if each.pattern is None} == set(MADE)
    assert len(ALL) > 80


@pytest.mark.parametrize(
    "pattern",
    [
        r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+",
        r"[\w-]+#[0-9a-f]{4,64}",
        r"\\+[uU]([0-9A-Fa-f]{4})",
        r"\s*\n\s*",
        r"\{[^}]+\}",
        r"application/(.*\+)?(json|xml)\b",
        r"(a+)+b",
    ],
)
def test_an_expression_that_takes_quadratic_time_is_found(pattern: str) -> None:
    assert fault(re.compile(pattern)) is not None


def test_expressions_are_found_wherever_they_stand() -> None:
    source = """
import re
X = (("kind", re.compile(SOURCE + "b", re.IGNORECASE)),)
def inner(text, name):
    return re.sub(r"c+", "", text) or re.fullmatch(f"{name}d", text)
"""
    module = sys.modules[__name__]
    found = list(expressions_of_source(source, "m", module))
    assert [(each.function, each.pattern and each.pattern.pattern) for each in found] == [
        ("", "ab"),
        ("inner", "c+"),
        ("inner", None),
    ]
    assert found[0].pattern is not None
    assert found[0].pattern.flags & re.IGNORECASE


SOURCE = "a"
