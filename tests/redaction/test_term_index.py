"""Term index: which terms a value has, which of two terms of one text counts, and in which order matches come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction.term_index import Term, TermIndex, number_terms, pieces, text_terms

ALPHABET = "".join(map(chr, range(ord("a"), ord("a") + 26)))


def distinct(length: int) -> str:
    """A text in canonical form in which no three characters repeat soon."""
    return "".join(f"{number:x}-" for number in range(1000, 1000 + length))[:length]


def index_of(*texts: str, whole: bool = False) -> TermIndex:
    index = TermIndex()
    for text in texts:
        index.add(Term(text, f"<{text}>", whole))
    return index


def found(index: TermIndex, text: str) -> list[tuple[int, int, str]]:
    return [(start, end, term.text) for start, end, term in index.search(text)]


@pytest.mark.parametrize(
    ("length", "starts"), [(1, [0]), (64, [0]), (65, [0, 1]), (96, [0, 32]), (97, [0, 32, 33]), (130, [0, 32, 64, 66])]
)
def test_a_text_of_more_than_64_characters_is_cut_into_parts_that_overlap_by_half(
    length: int, starts: list[int]
) -> None:
    text = distinct(length)
    assert list(pieces(text)) == [text[start : start + 64] for start in starts]


@pytest.mark.parametrize(
    ("text", "whole_words", "terms"),
    [
        ("", False, []),
        ("a", False, []),
        (" É ", False, []),
        ("AB", False, [("ab", True)]),
        ("Quixbur", False, [("quixbur", True)]),
        ("Quixbury", False, [("quixbury", False)]),
        ("Quixbury", True, [("quixbury", True)]),
        ("12345678", False, [("12345678", True)]),
        ("1234567x", False, [("1234567x", False)]),
        ("7" * 64, False, [("7" * 64, True)]),
        ("7" * 65, False, [("7" * 64, False), ("7" * 64, False)]),
        (distinct(65), True, [(distinct(65), True)]),
        (distinct(65), False, [(distinct(65)[:64], False), (distinct(65)[1:], False)]),
    ],
)
def test_a_text_of_eight_characters_is_found_within_words_unless_it_is_a_number(
    text: str, whole_words: bool, terms: list[tuple[str, bool]]
) -> None:
    assert text_terms(text, "<it>", whole_words=whole_words) == [Term(term, "<it>", whole) for term, whole in terms]


@pytest.mark.parametrize(
    ("digits", "terms"),
    [
        ("1234567", ["1234567"]),
        ("123456789", ["123456789"]),
        ("1234567890", ["1234567890", "234567890"]),
        ("123456789012", ["123456789012", "23456789012", "3456789012", "456789012"]),
        ("123456789012345", ["123456789012345"[start:] for start in range(7)]),
        ("1234567890123456", ["1234567890123456"]),
        ("1211111111", []),
        ("3211111111", ["3211111111"]),
        ("12" * 33 + "3", [("12" * 33)[:64], ("12" * 33 + "3")[3:]]),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_number_of_10_to_15_digits_is_found_by_its_ends_of_9_digits_and_more(
    digits: str, terms: list[str], whole: bool
) -> None:
    assert number_terms(digits, "<it>", whole=whole) == [Term(term, "<it>", whole) for term in terms]


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ([Term("ana", "<1>", True), Term("ana", "<2>", True)], Term("ana", "<1>", True)),
        ([Term("ana", "<1>", False), Term("ana", "<2>", False)], Term("ana", "<1>", False)),
        ([Term("ana", "<1>", False), Term("ana", "<2>", True)], Term("ana", "<1>", False)),
        ([Term("ana", "<1>", True), Term("ana", "<2>", False)], Term("ana", "<2>", False)),
    ],
)
def test_the_first_term_of_a_text_stays_unless_a_later_one_matches_within_words(
    added: list[Term], expected: Term
) -> None:
    index = TermIndex()
    for term in added:
        index.add(term)
    assert len(index) == 1
    assert index.get("ana") == expected
    assert index.get("an") is None
    assert [term for _, _, term in index.search("ana")] == [expected]
    assert list(index.search("ana")) == [(0, 3, expected)]


def test_terms_that_are_added_between_searches_are_found_too() -> None:
    index = index_of("ana")
    assert found(index, "ana and bob") == [(0, 3, "ana")]
    index.add(Term("bob", "<bob>", False))
    assert found(index, "ana and bob") == [(0, 3, "ana"), (8, 11, "bob")]
    assert index.occurs_in("bob")
    assert index.occurs_in("banana")
    assert not index.occurs_in("an ob")
    index.add(Term("an o", "<>", False))
    assert index.occurs_in("an ob")


def test_an_index_without_terms_finds_nothing() -> None:
    assert len(TermIndex()) == 0
    assert list(TermIndex().search("ana")) == []
    assert not TermIndex().occurs_in("ana")


@pytest.mark.parametrize(
    ("terms", "sizes"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [4]), (5, [4, 1]), (6, [4, 2]), (7, [4, 2, 1]), (8, [8])]
)
def test_automata_are_each_at_least_twice_as_large_as_the_next(terms: int, sizes: list[int]) -> None:
    index = TermIndex()
    for letter in ALPHABET[:terms]:
        index.add(Term(letter, "<>", False))
        assert index.occurs_in(letter)
    assert [len(each) for each in index._automata] == sizes


@given(st.lists(st.text("ab", min_size=1, max_size=5), max_size=12), st.text("ab", max_size=30), st.booleans())
def test_matches_come_by_their_ends_and_the_longest_of_one_end_first(
    texts: list[str], text: str, searching: bool
) -> None:
    index = TermIndex()
    for term in texts:
        index.add(Term(term, "<>", False))
        if searching:
            index.occurs_in(text)
    expected = [
        (start, end, text[start:end])
        for end in range(1, len(text) + 1)
        for start in range(end)
        if text[start:end] in texts
    ]
    assert found(index, text) == expected
    assert index.occurs_in(text) is bool(expected)
