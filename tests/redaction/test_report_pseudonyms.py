"""The pseudonymizer of a run: what it learns of values and texts, where it replaces them, and what it spares."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pii_sandbox.redaction import ReportPseudonymizer
from pii_sandbox.redaction.pseudonyms import pseudonym
from pii_sandbox.redaction.schema_marks import SchemaMark

EMAIL, NAME, PHONE = "zoraida@lovelace.example", "Zoraida Quixbury", "+55 11 98765-1377"
MAIL_MARK, NAME_MARK, PHONE_MARK = SchemaMark("email"), SchemaMark("fullName"), SchemaMark("homePhone")
SECRET = SchemaMark("password", secret=True)


def knowing(*values: tuple[Any, SchemaMark], **options: Any) -> ReportPseudonymizer:
    redactor = ReportPseudonymizer(**options)
    for value, mark in values:
        redactor.learn_value(value, mark)
    return redactor


@pytest.mark.parametrize(
    ("value", "mark", "expected"),
    [
        (NAME, NAME_MARK, pseudonym("name", NAME)),
        (EMAIL, NAME_MARK, pseudonym("email", EMAIL)),
        (12345678, PHONE_MARK, pseudonym("phone", "12345678")),
        (1.5, PHONE_MARK, pseudonym("phone", "1.5")),
        (True, NAME_MARK, pseudonym("name", "true")),
        (None, NAME_MARK, None),
        ("", NAME_MARK, None),
        (" \t", NAME_MARK, None),
        (" ", SECRET, None),
        ("null", SECRET, None),
        ("email#0a1b", NAME_MARK, None),
        ("email#0a1b", SECRET, None),
        ("Z****** Q*******", NAME_MARK, None),
        ("Z****** Q*******", SECRET, pseudonym("password", "Z****** Q*******")),
        ("gender", NAME_MARK, pseudonym("name", "gender")),
        ("gender", NAME_MARK._replace(inherited=True), None),
        ("gender", SECRET._replace(inherited=True), pseudonym("password", "gender")),
        ("Zoraida", NAME_MARK._replace(inherited=True), pseudonym("name", "Zoraida")),
        ("2024-02-29T10:11:12Z", SchemaMark("birthDate"), pseudonym("birthdate", "2024-02-29T10:11:12Z")),
        ("2024-02-29T10:11:12Z", SchemaMark("birthDate", inherited=True), None),
        (7, SchemaMark("birthDate", inherited=True), pseudonym("birthdate", "7")),
    ],
)
def test_a_value_gets_a_pseudonym_if_it_is_personal(value: Any, mark: SchemaMark, expected: str | None) -> None:
    redactor = ReportPseudonymizer()
    assert redactor.learn_value(value, mark) == expected
    assert redactor.learn_value(value, mark) == expected


@pytest.mark.parametrize(("mark", "replaced"), [(NAME_MARK, False), (SECRET, True)])
def test_with_a_reason_credentials_alone_are_replaced(mark: SchemaMark, replaced: bool) -> None:
    redactor = ReportPseudonymizer(reveal="ticket 4711")
    assert bool(redactor.learn_value("s3cr3t-Quixbury", mark)) is replaced
    assert ("s3cr3t-Quixbury" not in redactor.text("see s3cr3t-Quixbury")) is replaced
    assert redactor.text(f"see {EMAIL}") == f"see {EMAIL}"


@pytest.mark.parametrize(
    ("value", "mark", "text", "shown"),
    [
        (NAME, NAME_MARK, f"by {NAME}", f"by {pseudonym('name', NAME)}"),
        (NAME, NAME_MARK, "by Zoraida", f"by {pseudonym('name', 'Zoraida')}"),
        (NAME, NAME_MARK, "by quixbury!", f"by {pseudonym('name', 'Quixbury')}!"),
        (PHONE, PHONE_MARK, "at 11 98765 1377", f"at {pseudonym('phone', PHONE)}"),
        (5511987651377, PHONE_MARK, "at 11-98765-1377", f"at {pseudonym('phone', PHONE)}"),
        ("1234567", PHONE_MARK, "at 123-45-67", f"at {pseudonym('phone', '1234567')}"),
        ("123456", PHONE_MARK, "at 123-45-6 or 123456", f"at 123-45-6 or {pseudonym('phone', '123456')}"),
        ("A1234567", SchemaMark("document"), "at 123-45-67", "at 123-45-67"),
        (EMAIL, MAIL_MARK, "at lovelace.example", f"at {pseudonym('domain', 'lovelace.example')}"),
        ("zoraida@gmail.com", MAIL_MARK, "zoraida at gmail.com", f"{pseudonym('email', 'zoraida')} at gmail.com"),
        ("Li", NAME_MARK, "Li and Lima", "Li and Lima"),
        ("gender", NAME_MARK, "the gender", "the gender"),
        ("customer", NAME_MARK, "the customer", "the customer"),
        (True, NAME_MARK, "it is true", "it is true"),
    ],
)
def test_a_value_and_what_identifies_a_person_in_it_is_replaced(
    value: Any, mark: SchemaMark, text: str, shown: str
) -> None:
    redactor = ReportPseudonymizer()
    redactor.learn_value(value, mark)
    expected = {shown, shown.replace("domain#", "email#")}
    assert redactor.text(text) in expected
    assert redactor.text(text) in expected


def test_words_of_the_run_are_not_personal() -> None:
    redactor = knowing((NAME, NAME_MARK), public=["QUIXBURY"])
    assert redactor.text("Zoraida or Quixbury") == f"{pseudonym('name', 'Zoraida')} or Quixbury"


@pytest.mark.parametrize("first", [PHONE, "5511987651377"])
@pytest.mark.parametrize("second", ["11 98765-1377", "98765-1377"])
def test_a_number_without_its_country_is_the_same_number(first: str, second: str) -> None:
    redactor = ReportPseudonymizer()
    whole = redactor.learn_value(first, PHONE_MARK)
    assert redactor.learn_value(second, SchemaMark("document")) == whole
    assert redactor.text(f"at {second}") == f"at {whole}"


def test_a_name_with_the_digits_of_a_number_is_not_that_number() -> None:
    redactor = knowing((PHONE, PHONE_MARK))
    assert redactor.learn_value("Ada 5511987651377", NAME_MARK) == pseudonym("name", "Ada 5511987651377")


@pytest.mark.parametrize(
    "value",
    [
        json.dumps({"name": NAME, "to": [EMAIL]}),
        base64.b64encode(f"{NAME}, {EMAIL}, CPF 529.982.247-25".encode()).decode(),
    ],
)
def test_what_a_value_holds_as_json_or_in_base64_is_learned_too(value: str) -> None:
    redactor = knowing((value, SchemaMark("note")))
    redacted = redactor.text(f"from {EMAIL} at {NAME}", detect=False)
    assert EMAIL not in redacted
    assert NAME not in redacted


def test_what_a_marked_value_holds_inherits_its_mark() -> None:
    issued = "0b0e5d3c-2f1a-4c8e-9d7b-1a2b3c4d5e6f"
    value = {"kind": "gender", "who": "quixbury", "ids": [7654321, issued], "text": "write to mary@example.org"}
    redactor = knowing((json.dumps(value), SchemaMark("note")))
    assert redactor.text(f"at {issued}") == f"at {issued}"
    assert redactor.text("mary@example.org", detect=False) == pseudonym("email", "mary@example.org")
    assert "quixbury" not in redactor.text("by quixbury")
    assert "76543" not in redactor.text("at 76-54-321")
    assert redactor.text("the gender") == "the gender"
    assert redactor.learn_value("gender", SchemaMark("note", inherited=True)) is None


def test_a_kind_within_a_pseudonym_is_not_replaced() -> None:
    redactor = knowing(("credential", NAME_MARK))
    name = pseudonym("name", "credential")
    assert redactor.text("a credential and credential#0a1b") == f"a {name} and credential#0a1b"
    assert redactor.text("a credential and nosuchkind-credential#0a1b") == f"a {name} and nosuchkind-{name}#0a1b"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (f"to {EMAIL}", {EMAIL: "email"}),
        ('{"firstName": "Zoraida", "page": "Quixbury"', {"Zoraida": "name"}),
        ("{'firstName': 'Zoraida', 'page': 'Quixbury'}", {"Zoraida": "name"}),
        ('{"firstName": "Zorai\\"da"', {'Zorai\\"da': "name"}),
        ('{"document": 1234567, "x": 1}', {"1234567": "document"}),
        ('{"document": 12345678901, "x": 1}', {"12345678901": "number"}),
        ("<firstName>Zoraida</firstName><page>Quixbury</page>", {"Zoraida": "name"}),
        ('<firstName lang="en">Zoraida</firstName>', {"Zoraida": "name"}),
        ("/x?firstName=Zoraida&page=Quixbury", {"Zoraida": "name"}),
        ("firstName='Zoraida Ada', page=Quixbury", {"Zoraida Ada": "name"}),
        ('firstName="Zoraida Ada" page=Quixbury', {"Zoraida Ada": "name"}),
        ("x firstName%3DZoraida", {"Zoraida": "name"}),
        ("firstName=&page=Quixbury", {}),
        ("password=s3cr3t-word", {"s3cr3t-word": "password"}),
        ("the firstName is Zoraida", {}),
    ],
)
def test_a_text_is_searched_for_what_looks_personal_and_for_named_values(text: str, known: dict[str, str]) -> None:
    redactor = ReportPseudonymizer()
    redactor.learn_text(text)
    for value in ("Zoraida", "Quixbury", "s3cr3t-word"):
        redacted = redactor.text(f"by {value}!", detect=False)
        assert (value not in redacted) is any(value.casefold() in each.casefold() for each in known), value
    for value, kind in known.items():
        assert redactor.text(f"by {value}!", detect=False) == f"by {pseudonym(kind, value)}!"


def test_what_looks_personal_is_replaced_unless_that_is_not_asked_for() -> None:
    redactor = ReportPseudonymizer()
    assert redactor.text(f"to {EMAIL}") == f"to {pseudonym('email', EMAIL)}"
    assert redactor.text(f"to {EMAIL}", detect=False) == f"to {EMAIL}"
    assert redactor.text(f"to {EMAIL}", False) == f"to {EMAIL}"
    assert redactor.text(f"to {EMAIL}") == f"to {pseudonym('email', EMAIL)}"


def test_a_number_of_eight_digits_of_the_program_stays() -> None:
    assert ReportPseudonymizer().text("12345678 calls") == "12345678 calls"


@pytest.mark.parametrize(
    ("spared", "expected"),
    [
        ((), f"{pseudonym('email', EMAIL)} and {pseudonym('name', NAME)}"),
        ((EMAIL.upper(),), f"{EMAIL} and {pseudonym('name', NAME)}"),
        ((NAME, EMAIL), f"{EMAIL} and {NAME}"),
        (("Ada",), f"{pseudonym('email', EMAIL)} and {pseudonym('name', NAME)}"),
    ],
)
def test_values_can_be_spared_in_any_spelling(spared: tuple[str, ...], expected: str) -> None:
    redactor = knowing((NAME, NAME_MARK))
    assert redactor.text(f"{EMAIL} and {NAME}", spared=spared) == expected
    encoded = f"{EMAIL} and {NAME}".replace("@", "%40")
    assert redactor.text(encoded, spared=spared) == expected.replace("@", "%40")
    assert redactor.text(f"{EMAIL} and {NAME}") == f"{pseudonym('email', EMAIL)} and {pseudonym('name', NAME)}"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], f"{pseudonym('name', 'Zoraida')} and {pseudonym('name', 'Zoraida')}"),
        ([(0, 7)], f"Zoraida and {pseudonym('name', 'Zoraida')}"),
        ([(0, 6), (12, 19)], f"{pseudonym('name', 'Zoraida')} and Zoraida"),
        ([(0, 19)], "Zoraida and Zoraida"),
    ],
)
def test_nothing_is_replaced_within_spared_places(spans: list[tuple[int, int]], expected: str) -> None:
    redactor = knowing(("Zoraida", NAME_MARK))
    assert redactor.text("Zoraida and Zoraida", spared_spans=lambda _: spans) == expected
    assert "Zoraida" not in redactor.text("Zoraida and Zoraida")


def test_a_text_that_was_clean_is_searched_again_once_more_is_known() -> None:
    redactor = ReportPseudonymizer()
    for detect in (True, False):
        assert redactor.text("by Zoraida", detect=detect) == "by Zoraida"
    redactor.learn_value("Zoraida", NAME_MARK)
    assert redactor.text("by Zoraida") == f"by {pseudonym('name', 'Zoraida')}"


def test_a_pseudonym_is_never_replaced_again() -> None:
    redactor = knowing(("Zoraida", SchemaMark("odd-name")), ("email", NAME_MARK), ("4457", NAME_MARK))
    once = redactor.text("Zoraida")
    assert once == pseudonym("name", "Zoraida")
    redactor.learn_value(once.partition("#")[2] + "x", NAME_MARK)
    redactor.learn_value("odd-name", NAME_MARK)
    for text in (once, f"of {once} there", "email#0a1b"):
        assert redactor.text(text) == text
    redactor.learn_value("nosuchkind", NAME_MARK)
    assert redactor.text("nosuchkind#0a1b") != "nosuchkind#0a1b"


JSON: dict[Any, Any] = {
    "Zoraida": 1,
    "list": ["by Zoraida", 12345678, 12345678.5, True, None],
    "tuple": ("Zoraida", {"Zoraida": ()}),
    "set": {"Zoraida"},
    "frozen": frozenset({"Zoraida"}),
    "empty": [{}, [], ""],
    "seven": 7,
    7: "seven",
}


def test_all_texts_names_and_numbers_of_json_are_searched() -> None:
    redactor = knowing(("Zoraida", NAME_MARK), (12345678, PHONE_MARK))
    name, phone = pseudonym("name", "Zoraida"), pseudonym("phone", "12345678")
    redacted = redactor.json(JSON)
    assert redacted == {
        name: 1,
        "list": [f"by {name}", phone, f"{phone}.5", True, None],
        "tuple": [name, {name: []}],
        "set": [name],
        "frozen": [name],
        "empty": [{}, [], ""],
        "seven": 7,
        "7": "seven",
    }
    assert type(redacted["list"][3]) is bool
    assert type(redacted["seven"]) is int


@pytest.mark.parametrize("value", ["Zoraida", 12345678, 7, 1.5, True, False, None, ""])
def test_a_scalar_is_json_too(value: Any) -> None:
    redactor = knowing(("Zoraida", NAME_MARK), (12345678, PHONE_MARK))
    redacted = redactor.json(value)
    expected = {"Zoraida": pseudonym("name", "Zoraida"), 12345678: pseudonym("phone", "12345678")}.get(value, value)
    assert redacted == expected
    assert type(redacted) is type(expected)


def test_an_object_of_another_type_is_shown_as_its_text() -> None:
    class Odd:
        def __str__(self) -> str:
            return "odd Zoraida"

    assert knowing(("Zoraida", NAME_MARK)).json({"a": Odd()}) == {"a": f"odd {pseudonym('name', 'Zoraida')}"}
