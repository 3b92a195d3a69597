"""What is searched for of a value, the kinds of values, and texts that repeat a learned value."""

from __future__ import annotations

from typing import Any

import pytest

from pii_sandbox.redaction import Pseudonymizer
from pii_sandbox.redaction.pseudonyms import documented_kind, kind_by_name
from pii_sandbox.redaction.schema_marks import UNKNOWN
from pii_sandbox.redaction.search_terms import contents, is_distinctive, search_terms

EMAIL = "zoraida.quixbury@lovelace.example"
LONG = "Zoraida said that this is a line with so many words that it is a long one.\nshort line of Quixbury"


@pytest.mark.parametrize(
    ("text", "kind", "terms"),
    [
        ("Zoraida", "value", {"Zoraida"}),
        ("for Zoraida of quixbury", "value", {"for Zoraida of quixbury", "Zoraida"}),
        ("Zoraida de Quixbury", "name", {"Zoraida de Quixbury", "Zoraida", "Quixbury"}),
        (EMAIL, "email", {EMAIL, "zoraida.quixbury", "lovelace.example"}),
        (LONG, "value", {LONG, *LONG.splitlines(), "Zoraida", "Quixbury"}),
    ],
)
def test_a_value_is_searched_with_its_parts_that_identify_the_person(text: str, kind: str, terms: set[str]) -> None:
    assert set(search_terms(text, kind)) == terms


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ('{"name": "Zoraida", "years": [1, "two"]}', ["Zoraida", "two"]),
        ("{not json", []),
        ("WiBRdWl4YnVyeSBoZXJl", ["Z Quixbury here"]),
        ("plain", []),
    ],
)
def test_values_hold_texts_as_json_or_in_base64(text: str, inner: list[str]) -> None:
    assert sorted(each for each in map(str, contents(text)) if not each.isdecimal()) == inner


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1234", False), ("12345", True), ("ab", False), ("abc", True), ("明", False), ("小明", True), ("--", False)],
)
def test_a_short_number_and_a_syllable_are_not_searched(text: str, expected: bool) -> None:
    assert is_distinctive(text) is expected


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("whatever", EMAIL, "email"),
        ("customerEmail", "ada@localhost", "email"),
        ("customerEmail", "yes", "value"),
        ("homePhone", "12", "phone"),
        ("firstName", "Ada", "name"),
        ("somethingOdd", "Ada", "value"),
    ],
)
def test_the_kind_of_a_value_is_that_of_its_form_or_its_property(name: str, value: str, kind: str) -> None:
    assert documented_kind(name, value) == kind


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("whatever", EMAIL, "email"),
        ("Fax", "12", "phone"),
        ("businessDocument", "12", "document"),
        ("clientId", "12", "document"),
        ("full_name", "Ada", "name"),
    ],
)
def test_properties_that_no_document_has_have_kinds_too(name: str, value: str, kind: str) -> None:
    assert kind_by_name(name, value) == kind


def test_a_text_that_repeats_a_learned_value_is_redacted_wherever_it_stands() -> None:
    body: dict[str, Any] = {"note": f"call {EMAIL}", "more": [{"text": f"again {EMAIL}", "count": 3, "last": None}]}
    pseudonymizer = Pseudonymizer()
    pseudonymizer.add(EMAIL, "email")
    pseudonymizer.learn_json(body, UNKNOWN, trusted=True)
    redacted = pseudonymizer.json(body, UNKNOWN, trusted=True)
    assert redacted["note"].startswith("call email#")
    assert redacted["more"][0]["text"].startswith("again email#")
    assert (redacted["more"][0]["count"], redacted["more"][0]["last"]) == (3, None)
    assert EMAIL not in str(redacted)
