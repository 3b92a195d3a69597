"""The limits of the search for known values: encodings, digits, lengths; each case stands at the limit itself."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from pii_sandbox.redaction import Pseudonymizer
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark
from pii_sandbox.redaction.search_terms import search_terms
from pii_sandbox.redaction.value_search import ValueSearch

NAME = "Zoraida Quixbury"


def search() -> ValueSearch:
    return ValueSearch(lambda kind, value: f"<{kind}>")


def percent_encode(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("encoded", [percent_encode, in_base64])
@pytest.mark.parametrize(("times", "expected"), [(0, True), (1, True), (2, True), (3, True), (4, False)])
def test_a_value_is_found_in_three_layers_of_an_encoding(
    encoded: Callable[[str], str], times: int, expected: bool
) -> None:
    known, text = search(), NAME
    known.add(NAME, "<known>")
    for _ in range(times):
        text = encoded(text)
    assert ("<known>" in known.replace(text, detect=False)) is expected


@pytest.mark.parametrize("text", ["{}", "at {} on", "{0[0]}-{0[1]}-{0[2]}{0[3]}{0[4]}-{0[5]}{0[6]}"])
@pytest.mark.parametrize(("number", "expected"), [("1234560", True), ("123456", False)])
def test_a_number_of_seven_digits_is_found_in_any_punctuation_and_a_shorter_one_is_not(
    text: str, number: str, expected: bool
) -> None:
    known = search()
    known.add_number(number, "<known>")
    written = text.format(number if expected else f"{number}x")
    assert ("<known>" in known.replace(written, detect=False)) is expected


@pytest.mark.parametrize(
    ("value", "mark", "learned"),
    [
        ("Ana", SchemaMark("note"), True),
        ("Li", SchemaMark("note"), False),
        (" Li ", SchemaMark("firstName"), False),
        ("Zoraida " * 31 + "Zoraidaq", SchemaMark("firstName"), True),
        ("Zoraida " * 31 + "Zoraidaqu", SchemaMark("firstName"), False),
        ("Zoraidaq", SchemaMark("note", described=False), True),
        ("Zoraida", SchemaMark("note", described=False), False),
        ("Zoraida", SchemaMark("firstName", described=False), True),
        (True, SchemaMark("note"), False),
        (None, SchemaMark("note"), False),
    ],
)
def test_a_value_is_learned_if_it_is_neither_too_short_to_be_telling_nor_too_long(
    value: object, mark: SchemaMark, learned: bool
) -> None:
    known = Pseudonymizer()
    known.learn(value, mark)
    assert bool(known.values) is learned


@pytest.mark.parametrize(("number", "redacted"), [(1_000_000, True), (-1_000_000, True), (999_999, False), (7, False)])
def test_a_number_of_a_million_is_searched_for_known_values_and_a_smaller_one_is_not(
    number: int, redacted: bool
) -> None:
    known = Pseudonymizer({str(abs(number)): "document"})
    text = known.json({"n": number}, UNKNOWN, trusted=True)
    assert (text != {"n": number}) is redacted


@pytest.mark.parametrize(("length", "has_lines"), [(60, False), (61, True)])
def test_the_lines_of_a_text_of_more_than_60_characters_are_searched_too(length: int, has_lines: bool) -> None:
    text = f"{'x' * (length - 8)} Quixbur"
    terms = list(search_terms(text, "value"))
    assert (terms.count(text) == 2) is has_lines
