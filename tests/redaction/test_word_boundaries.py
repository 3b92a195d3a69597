"""Word boundaries of found values: what is a part of a longer word, number or email address, and what stands alone."""

from __future__ import annotations

import pytest

from pii_sandbox.redaction.word_boundaries import continues, is_whole


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        # words and numbers
        ("Ada", "Ada", True),
        ("_Ada", "Ada", False),
        ("Ada_", "Ada", False),
        ("Ada9", "Ada", False),
        ("-Ada-", "Ada", True),
        ("+Ada.", "Ada", True),
        ("明Ada明", "Ada", False),
        ("小明a", "小明", True),
        ("a小明", "小明", True),
        ("明ab", "明a", False),
        ("a明b", "a明", True),
        ("ba明", "a明", False),
        ("b明a", "明a", True),
        ("9明", "明", True),
        ("٣123", "123", False),
        # before an email's sign
        ("@12345", "12345", False),
        ("@明", "明", True),
        ("Ada+1@example.com", "Ada", False),
        ("Ada-b_c.d@example.com", "Ada", False),
        (f"Ada{'.' * 64}@example.com", "Ada", False),
        (f"Ada{'.' * 65}@example.com", "Ada", True),
        ("Ada b@example.com", "Ada", True),
        ("Ada, @", "Ada", True),
        ("小明@example.com", "小明", True),
        # email addresses
        ("b@example.com", "b@example.com", True),
        ("_b@example.com", "b@example.com", False),
        ("a-b@example.com", "b@example.com", False),
        ("a+b@example.com", "b@example.com", False),
        ("_.b@example.com", "b@example.com", False),
        ("-a.b@example.com", "b@example.com", False),
        ("-b@example.com", "b@example.com", True),
        ("+.b@example.com", "b@example.com", True),
        ("a,b@example.com", "b@example.com", True),
        ("a:b@example.com", "b@example.com", True),
        ("b@example.com_", "b@example.com", False),
        ("b@example.com-x", "b@example.com", False),
        ("b@example.com.b-", "b@example.com", False),
        ("b@example.com-", "b@example.com", True),
        ("b@example.com.-", "b@example.com", True),
        ("b@example.com+x", "b@example.com", True),
        ("b@example.com,x", "b@example.com", True),
    ],
)
def test_a_value_stands_alone_unless_a_word_number_or_address_goes_on_beside_it(
    text: str, part: str, whole: bool
) -> None:
    start = text.index(part)
    assert bool(is_whole(text, start, start + len(part))) is whole


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("ß", "Ω", True),
        ("7", "٣", True),
        ("1", "明", False),
        ("明", "1", False),
        ("a", "明", False),
        ("明", "a", False),
        ("_", "a", False),
        ("", "a", False),
        ("1", "", False),
    ],
)
def test_only_letters_with_case_and_digits_continue_each_other(one: str, other: str, expected: bool) -> None:
    assert continues(one, other) is expected
