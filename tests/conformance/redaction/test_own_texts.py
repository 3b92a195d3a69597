"""Own texts: which literal texts of loaded code are this program's words, and where they stand in a message."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from pii_sandbox.conformance.redaction import own_texts
from pii_sandbox.conformance.redaction.loaded_modules import loaded_modules

SOURCE = """
import collections
TEXT, PAIR, SET = "one text", ("two texts", "alone", ("inner tuple", 7)), frozenset({"a set"})
LIST, NUMBER = ["a list"], 7
TABLE = {"a name": "a value", 7: ("in a", "tuple of")}
SPACED = "  spaced text  "
OTHER = collections.OrderedDict
def says_so(given):
    def inner():
        return "in inner"
    return ("in a", "constant tuple"), given in {"in set", "other"}, inner
class Class:
    attribute = "of class"
    @property
    def read(self): return "of property"
    @staticmethod
    def static(): return "of static"
    @classmethod
    def make(cls): return "of classmethod"
    def method(self): return "of method", "Capital", "snake_case", "x1"
"""
PHRASES = {
    "one text", "two texts", "inner tuple", "a set", "a name", "a value", "in a", "tuple of", "spaced text", "says so",
    "in inner", "constant tuple", "in set", "of class", "of property", "of static", "of classmethod", "of method",
}  # fmt: skip
WORDS = {"alone", "other", "read", "static", "make", "method"}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that takes the place of those of this program."""
    made = ModuleType("sample_module")
    exec(compile(SOURCE, "sample_module.py", "exec"), made.__dict__)
    del made.__dict__["__builtins__"]
    monkeypatch.setattr(own_texts, "loaded_modules", lambda: [made])
    for each in (own_texts.phrases, own_texts.words):
        each.cache_clear()
    yield made
    for each in (own_texts.phrases, own_texts.words):
        each.cache_clear()


def test_phrases_are_the_literal_texts_of_two_words_and_more(module: ModuleType) -> None:
    assert {text for text in own_texts.phrases() if "sample_module" not in text} == PHRASES


def test_words_are_the_literal_texts_of_one_word_in_small_letters(module: ModuleType) -> None:
    assert own_texts.words() >= WORDS
    assert not own_texts.words() & {"Capital", "snake_case", "x1", "one text", "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alone", ["alone"]),
        ("alone here", []),
        ("Alone", []),
        ("one text, one text", ["one text", "one text"]),
        ("in inner tuple of", ["in inner tuple of"]),
        ("a set of static", ["a set", "of static"]),
        ("", []),
    ],
)
def test_own_texts_in_a_message_are_phrases_or_the_one_word_that_it_is(
    text: str, expected: list[str], module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_texts, "constant_spans", lambda _: [])
    assert [text[start:end] for start, end in own_texts.program_text_spans(text)] == expected


@pytest.mark.parametrize(
    ("phrases", "constants", "text", "spans"),
    [
        ((), [(2, 4), (0, 1)], "abcdef", [(0, 1), (2, 4)]),
        ((), [(0, 2), (2, 4)], "abcdef", [(0, 2), (2, 4)]),
        ((), [(0, 4), (1, 2), (3, 6)], "abcdef", [(0, 6)]),
        ((), [(0, 1), (2, 4), (3, 5)], "abcdef", [(0, 1), (2, 5)]),
        ((), [(0, 1), (2, 6), (3, 4)], "abcdef", [(0, 1), (2, 6)]),
        (("a a",), [], "a a a", [(0, 5)]),
        (("bcd",), [(5, 6)], "abcdef", [(1, 4), (5, 6)]),
    ],
)
def test_the_spans_of_own_texts_are_sorted_and_do_not_overlap(
    phrases: tuple[str, ...], constants: list[Any], text: str, spans: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_texts, "words", frozenset)
    monkeypatch.setattr(own_texts, "phrases", lambda: frozenset(phrases))
    monkeypatch.setattr(own_texts, "constant_spans", lambda _: list(constants))
    assert own_texts.program_text_spans(text) == spans


def test_the_texts_of_scenarios_and_checks_are_own_texts_and_those_of_the_server_are_not() -> None:
    names = {module.__name__ for module in loaded_modules()}
    assert {own_texts.__name__, "pii_sandbox.conformance.redaction"} <= names
    assert all(sys.modules[name] in loaded_modules() for name in names)
    assert not {
        name
        for name in names
        if not name.startswith(("pii_sandbox.scenarios.", "pii_sandbox.conformance.", "pii_sandbox.checking."))
    }
