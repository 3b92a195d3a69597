"""Cache of derived values: pseudonyms and search terms by kind, and the texts that hold no value of any exchange."""

from __future__ import annotations

import pytest

from pii_sandbox.redaction.pseudonyms import pseudonym
from pii_sandbox.redaction.term_index import Term
from pii_sandbox.redaction.value_cache import ValueCache, derived_value

EMAIL, PHONE = "zoraida@lovelace.example", "1234567890"


@pytest.mark.parametrize(
    ("value", "texts", "numbers"),
    [
        ("Zoraida", ["zoraida"], []),
        ("1234567", ["1234567"], ["1234567"]),
        ("123456", ["123456"], []),
        ("+12 (34) 56-7", ["12 (34) 56-7"], ["1234567"]),
        ("1234567x", ["1234567x"], []),
        ("--", [], []),
        ("#!\x7f", [], []),
        ("--7", ["--7"], []),
        ("\x80\x80", ["\x80\x80"], []),
        ("–—", ["–—"], []),
        (PHONE, [PHONE], [PHONE, PHONE[1:]]),
    ],
)
def test_a_value_is_searched_as_whole_words_and_a_number_in_any_punctuation(
    value: str, texts: list[str], numbers: list[str]
) -> None:
    derived = derived_value("phone", value)
    assert derived.pseudonym == pseudonym("phone", value)
    assert derived.texts == [Term(text, derived.pseudonym, whole=True) for text in texts]
    assert derived.numbers == [Term(number, derived.pseudonym, whole=True) for number in numbers]


@pytest.mark.parametrize(
    ("kind", "expected"), [("number", "document"), ("card", "document"), ("phone", "phone"), ("email", "email")]
)
def test_the_journal_calls_a_number_of_unknown_kind_a_document(kind: str, expected: str) -> None:
    cache = ValueCache()
    assert cache.derive(kind, PHONE) == derived_value(expected, PHONE)
    assert cache.derive(kind, PHONE) == derived_value(expected, PHONE)
    assert cache.derive(kind, EMAIL) == derived_value(expected, EMAIL)


@pytest.mark.parametrize(
    ("text", "known", "detect", "harmless"),
    [
        ("nobody", "Zoraida", True, True),
        ("of ZORAIDA, perhaps", "Zoraida", True, False),
        ("of ZORAIDA, perhaps", "Zoraida", False, False),
        ("of Zoraidas", "Zoraida", False, False),  # what the whole words are, the search tells
        (f"to {EMAIL}", "Zoraida Q", True, False),
        (f"to {EMAIL}", "Zoraida Q", False, True),
        ("call 12-34 56 7", "1234567", False, False),
        ("call 12-34 56 8", "1234567", False, True),
        ("call 12-34 56 8", "Zoraida", False, True),
        ("call 1234568", "1234567", False, True),
        ("call 12345678", "Zoraida", False, True),
        ("of nobody\\u0021", "Zoraida", False, False),  # it has to be decoded
        ("of nobody é", "Zoraida", False, False),
        ("", "Zoraida", True, True),
    ],
)
def test_a_text_is_harmless_if_it_holds_for_certain_no_value(
    text: str, known: str, detect: bool, harmless: bool
) -> None:
    cache = ValueCache()
    cache.add("name", known)
    for _ in range(2):
        assert cache.is_harmless(text, detect=detect) is harmless
    looks_personal = EMAIL in text or "12345678" in text
    assert cache.is_harmless(text, detect=True) is (harmless and not looks_personal)


def test_a_harmless_text_is_harmless_no_longer_once_a_value_in_it_is_known() -> None:
    cache, text = ValueCache(), "Zoraida called from 98 76 54 321"
    assert cache.is_harmless(text, detect=False)
    cache.add("phone", "987654321")
    assert not cache.is_harmless(text, detect=False)
    other = ValueCache()
    assert other.is_harmless(text, detect=False)
    other.add("name", "Zoraida")
    other.add("name", "Zoraida")
    assert not other.is_harmless(text, detect=False)


@pytest.mark.parametrize("length", [256, 257])
def test_long_texts_are_looked_at_anew(length: int) -> None:
    cache, text = ValueCache(), "Zoraida".rjust(length, "-")
    assert cache.is_harmless(text, detect=True)
    cache.add("name", "Zoraida")
    assert not cache.is_harmless(text, detect=True)
