"""What a search reads of a text without escapes: canonical form, digits of numbers, whether it looks personal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction import Pseudonymizer, detectors, plain_texts
from pii_sandbox.redaction.plain_texts import PlainText, PlainTexts


@pytest.mark.parametrize(
    ("text", "loose_numbers", "expected"),
    [
        ("Fraud  Review", False, PlainText("fraud review", "", False)),
        ("call 123-45-67 now", False, PlainText("call 123-45-67 now", "1234567", False)),
        ("call 123-45-6 now", False, PlainText("call 123-45-6 now", "", False)),
        ("1234567 or 76 54 321", False, PlainText("1234567 or 76 54 321", "1234567/7654321", False)),
        ("06_12_34_56_78", False, PlainText("06_12_34_56_78", "0612345678", False)),
        ("Ada@Example.com", False, PlainText("ada@example.com", "", True)),
        ("12345678", False, PlainText("12345678", "12345678", False)),
        ("12345678", True, PlainText("12345678", "12345678", True)),
        ("", True, PlainText("", "", False)),
        ("100 %", False, None),
        ("a\\b", False, None),
        ("a&b", False, None),
        ("José", False, None),
    ],
)
def test_a_text_with_escapes_or_beyond_ascii_has_to_be_decoded_first(
    text: str, loose_numbers: bool, expected: PlainText | None
) -> None:
    for texts in (
        PlainTexts(loose_numbers=loose_numbers),
        PlainTexts(loose_numbers=loose_numbers, is_cached=True),
    ):
        assert texts.read(text) == expected
        assert texts.read(text) == expected


@pytest.mark.parametrize(("length", "is_cached", "is_kept"), [(256, True, True), (257, True, False), (9, False, False)])
def test_texts_of_256_characters_are_kept_if_that_is_asked_for(length: int, is_cached: bool, is_kept: bool) -> None:
    texts = PlainTexts(loose_numbers=False, is_cached=True) if is_cached else PlainTexts(loose_numbers=False)
    assert (texts.read("a" * length) is texts.read("a" * length)) is is_kept


@given(st.text("0123456789 ()-./_ax@", max_size=60))
def test_no_number_and_nothing_personal_is_found_where_a_quick_look_finds_no_candidate(text: str) -> None:
    clusters = [detectors.digits(cluster) for cluster in plain_texts.CLUSTER.findall(text)]
    plain = PlainTexts(loose_numbers=True).read(text)
    assert plain is not None
    assert plain.numbers == "/".join(clusters)
    assert plain.looks_personal or not list(detectors.detect(text, loose_numbers=True))


@pytest.mark.parametrize("separator", ["", " ", "_", "-", ".", "__", " - "])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_known_number_is_found_in_groups_of_any_size(separator: str, size: int) -> None:
    number = "0612345678"
    written = separator.join(number[at : at + size] for at in range(0, len(number), size))
    known = Pseudonymizer({number: "phone"})
    assert known.text(f"call {written} now", formatted=True).startswith("call phone#")
