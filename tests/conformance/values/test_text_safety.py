"""Text that is shown: what nobody can see or no form can hold is written as an escape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from pii_sandbox.conformance.values.text_safety import one_line, printable, safe

ACCENT = "\u0301"  # a combining mark
OVERLINE = "\u0305"
STEM = "\U0001d165"  # a combining mark beyond the first 65,536 characters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("Zoë 東京 🙂", "Zoë 東京 🙂"),
        ("two\n\tlines", "two\n\tlines"),
        ("bell\x07, escape\x1b[31m, delete\x7f", "bell\\x07, escape\\x1b[31m, delete\\x7f"),
        ("returned\rto", "returned\\rto"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("no\u00a0break", "no\\xa0break"),
        ("half\ud800", "half\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("blank\u2800filler\u3164\u115f\u1160\uffa0", "blank\\u2800filler\\u3164\\u115f\\u1160\\uffa0"),
        (f"e{ACCENT}", f"e{ACCENT}"),
        (f"e{ACCENT * 4}", f"e{ACCENT * 4}"),
        (f"e{ACCENT * 6}", f"e{ACCENT * 4}\\u0301\\u0301"),
        (f"{ACCENT * 5}", f"{ACCENT * 4}\\u0301"),
        (f"{STEM * 5}", f"{STEM * 4}\\U0001d165"),
        (f"e{ACCENT * 4}a{OVERLINE * 5}", f"e{ACCENT * 4}a{OVERLINE * 4}\\u0305"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_line_breaks_are_kept_where_a_form_has_lines_and_forge_none_elsewhere() -> None:
    assert printable("a\nb\tc", breaks="\n") == "a\nb\\tc"
    assert one_line("a\nb\tc\u2028d") == "a\\nb\\tc\\u2028d"


@pytest.mark.parametrize(
    ("length", "tail"),
    [
        (3_999, ""),
        (4_000, ""),
        (4_001, "… (1 characters more)"),
        (12_007, "… (8007 characters more)"),
    ],
)
def test_a_long_line_is_cut_and_says_by_how_much(length: int, tail: str) -> None:
    assert one_line("é" * length) == "é" * min(length, 4_000) + tail


@dataclass(frozen=True)
class Sample:
    text: str
    inner: Any


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\nb", "a\\nb"),
        (b"a\nb", b"a\nb"),
        (7, 7),
        (None, None),
        (str, str),
        (Sample, Sample),
        (Sample("a\n", Sample("b\x00", 1)), Sample("a\\n", Sample("b\\x00", 1))),
        ({"a\n": {"b": "c\t"}}, {"a\\n": {"b": "c\\t"}}),
        (["a\n", ("b\n", frozenset({"c\n"}))], ["a\\n", ("b\\n", frozenset({"c\\n"}))]),
    ],
)
def test_every_text_in_a_value_is_made_one_line(value: Any, expected: Any) -> None:
    assert safe(value) == expected
    assert type(safe(value)) is type(value)
