"""Bounds of a response: defaults, allowed values, sizes in messages."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pii_sandbox.conformance.target.answer_bounds import DEFAULT_BOUNDS, AnswerBounds, answer_bounds, size


def test_an_answer_has_the_documented_bounds_unless_the_target_has_others() -> None:
    assert dataclasses.asdict(answer_bounds({})) == {
        "seconds": 30,
        "wire_bytes": 16_777_216,
        "decoded_bytes": 16_777_216,
        "depth": 200,
        "values": 200_000,
        "headers": 200,
        "header_bytes": 16_384,
    }
    assert answer_bounds({}) == DEFAULT_BOUNDS
    bounds = {"seconds": 2**40 - 1, "values": 1, "depth": 200, "headers": 2**40 - 1}
    assert answer_bounds(bounds) == AnswerBounds(seconds=2**40 - 1, values=1, depth=200, headers=2**40 - 1)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("values", 1.5, "answers.values must be a whole number"),
        ("values", True, "answers.values must be a whole number"),
        ("seconds", "1", "answers.seconds must be a number"),
        ("seconds", False, "answers.seconds must be a number"),
        ("seconds", 0, "answers.seconds must be above 0 and below 2^40"),
        ("headers", 2**40, "answers.headers must be above 0 and below 2^40"),
        ("seconds", float("nan"), "answers.seconds must be above 0 and below 2^40"),
        ("depth", 201, "answers.depth must be at most 200"),
    ],
)
def test_a_bound_that_cannot_be_kept_is_refused_by_name(name: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("^", r"\^")):
        answer_bounds({"header_bytes": 1, name: value})


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1_023, "1023 bytes"),
        (1_024, "1 KB"),
        (1_025, "1025 bytes"),
        (2_048, "2 KB"),
        (1_047_552, "1023 KB"),
        (1_048_576, "1 MB"),
        (1_048_577, "1048577 bytes"),
        (1_049_600, "1025 KB"),
        (3_145_728, "3 MB"),
    ],
)
def test_sizes_are_told_in_the_largest_unit_that_they_are_a_multiple_of(count: int, text: str) -> None:
    assert size(count) == text
