from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.rules import masking

TEXTS = st.text(st.characters(codec="utf-8"))
MARKS = st.characters(categories=("Mn", "Mc", "Me"))
LETTERS = st.characters(categories=("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"))
MIXED = st.text(st.one_of(LETTERS, MARKS, st.sampled_from(" -.@_*")))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("John", "J***"),
        ("john.doe@example.com", "j***.d**@e******.c**"),
        ("12345678911", "1**********"),
        ("20200-000", "2****-0**"),
        ("Jane Doe", "J*** D**"),
        ("+5511999998888", "+5************"),
        ("first_last", "f****_l***"),
        ("J", "J"),
        ("J***", "J***"),
        ("-- ..", "-- .."),
        ("", ""),
    ],
)
def test_a_mask_keeps_the_first_of_each_run(text: str, masked: str) -> None:
    assert masking.mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("João da Conceição", "J*** d* C********"),
        ("Łukasz Żółć", "Ł***** Ż***"),
        ("山田 太郎", "山* 太*"),
        ("Ωμέγα", "Ω****"),
        ("محمد علي", "م*** ع**"),
        ("१२३", "१**"),
        ("\U0001d4b3\U0001d4b4", "\U0001d4b3*"),
        ("Ⅷ½²", "Ⅷ**"),
    ],
)
def test_letters_and_numbers_of_every_script_are_masked(text: str, masked: str) -> None:
    assert masking.mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("e\u0301", "e*"),
        ("Jose\u0301 Pe\u0301", "J**** P**"),
        ("e\u0301\u0308x", "e***"),
        ("हिन्दी", "ह*****"),
        ("\u0301a", "\u0301a"),
        ("-\u0301ab", "-\u0301a*"),
        ("a-\u0301", "a-\u0301"),
    ],
)
def test_a_combining_mark_belongs_to_its_run(text: str, masked: str) -> None:
    assert masking.mask(text) == masked


@given(MIXED | TEXTS)
def test_a_mask_keeps_length_and_all_that_is_no_run(text: str) -> None:
    masked = masking.mask(text)
    assert len(masked) == len(text)
    for before, after in zip(text, masked, strict=True):
        assert after == before or (after == "*" and unicodedata.category(before)[0] in "LNM")


@given(MIXED | TEXTS)
def test_only_the_first_character_of_each_run_is_unmasked(text: str) -> None:
    masked = masking.mask(text)
    in_run = False
    for before, after in zip(text, masked, strict=True):
        kind = unicodedata.category(before)[0]
        hidden = in_run and kind in "LNM"
        assert after == ("*" if hidden else before)
        in_run = kind in "LN" or hidden


@given(MIXED | TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masking.mask(masking.mask(text)) == masking.mask(text)


@given(st.text())
def test_any_text_can_be_masked_lone_surrogates_too(text: str) -> None:
    assert len(masking.mask(text)) == len(text)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_ascii_text_is_masked_as_if_it_stood_beside_other_text(text: str) -> None:
    """ASCII text has a way of its own through the mask; with a dash of typography at its end it takes the other."""
    assert masking.mask(text) == masking.mask(f"{text}\N{EN DASH}")[:-1]


def test_letters_and_numbers_are_those_of_unicode() -> None:
    every = map(chr, range(0x110000))
    assert [char for char in every if char.isalnum() != (unicodedata.category(char)[0] in "LN")] == []


def test_no_character_before_the_first_mark_is_one() -> None:
    first = next(code for code in range(0x110000) if unicodedata.category(chr(code))[0] == "M")
    assert first == 0x300
    assert masking.mask("a" + chr(first)) == "a*"


@pytest.mark.rule("VTEX-SCHEMA-4")
@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (31122233344, "3**********"),
        (-31122233344, "-3**********"),
        (2**70, "1*********************"),
        (12.75, "1*.7*"),
        (True, "t***"),
        (None, None),
        ({"cpf": 31122233344, "more": [5511999998888]}, {"cpf": "3**********", "more": ["5************"]}),
    ],
)
def test_vtex_schema_4_a_value_that_is_no_text_is_masked_as_its_json_text(value: object, masked: object) -> None:
    assert masking.masked_value(value) == masked


PROSPECT = {
    "email": "ana@example.com",
    "isPJ": False,
    "country": "BRA",
    "document": None,
    "contacts": [{"firstName": "Ana", "documentType": "CPF"}, {"firstName": "Rui"}, "odd"],
    "tags": ["gold", 7, ""],
    "custom": {"note": "likes tea", "score": 12, "more": [["deep"]]},
}


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        (("email",), {"email": "a**@e******.c**"}),
        (("isPJ",), {"isPJ": "f****"}),
        (("document",), {}),
        (("absent",), {}),
        (("email", "deeper"), {}),
        (
            ("contacts", "*", "firstName"),
            {"contacts": [{"firstName": "A**", "documentType": "CPF"}, {"firstName": "R**"}, "odd"]},
        ),
        (
            ("contacts", "firstName"),
            {"contacts": [{"firstName": "A**", "documentType": "CPF"}, {"firstName": "R**"}, "odd"]},
        ),
        (("tags",), {"tags": ["g***", "7", ""]}),
        (("tags", "*"), {"tags": ["g***", "7", ""]}),
        (("custom",), {"custom": {"note": "l**** t**", "score": "1*", "more": [["d***"]]}}),
        (("custom", "note"), {"custom": {"note": "l**** t**", "score": 12, "more": [["deep"]]}}),
    ],
)
def test_the_values_at_a_path_are_masked_and_no_other(path: tuple[str, ...], changed: dict[str, object]) -> None:
    assert masking.mask_paths(PROSPECT, [path]) == {**PROSPECT, **changed}


def test_paths_join_and_the_shorter_of_two_covers_the_longer() -> None:
    paths = [("custom", "note"), ("contacts", "*", "firstName"), ("custom",), ("email",), ()]
    masked = masking.mask_paths(PROSPECT, paths)
    assert masked["custom"] == {"note": "l**** t**", "score": "1*", "more": [["d***"]]}
    assert masked["email"] == "a**@e******.c**"
    assert masked["contacts"][1] == {"firstName": "R**"}


def test_without_paths_nothing_is_masked() -> None:
    assert masking.mask_paths(PROSPECT, []) == PROSPECT


def test_masking_leaves_the_document_itself_alone() -> None:
    document = {"names": [{"first": "Ana"}], "email": "ana@example.com"}
    masking.mask_paths(document, [("names", "*", "first"), ("email",)])
    assert document == {"names": [{"first": "Ana"}], "email": "ana@example.com"}
