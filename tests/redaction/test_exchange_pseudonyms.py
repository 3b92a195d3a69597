"""The pseudonymizer of one exchange: what it learns, what becomes a pseudonym, what stays, in which form."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pii_sandbox.redaction import Pseudonymizer
from pii_sandbox.redaction.pseudonymization import undescribed_mark, values_search
from pii_sandbox.redaction.pseudonyms import pseudonym
from pii_sandbox.redaction.schema_marks import UNKNOWN, SchemaMark, SchemaNode

EMAIL, NAME = "zoraida@lovelace.example", "Zoraida"
DESCRIBED = SchemaNode({}, ({"type": "string"},))
SCHEMA = {
    "properties": {
        "name": {"x-pii": True},
        "mail": {"x-masked": True},
        "password": {"x-secret": True},
        "note": {"type": "string"},
        "code": {"format": "uuid"},
        "count": {"type": "integer"},
        "tags": {"items": {"type": "string"}},
    }
}
NODE = SchemaNode({}, (SCHEMA,))


@pytest.mark.parametrize(
    ("value", "mark", "expected"),
    [
        ("Ada", SchemaMark("firstName"), pseudonym("name", "Ada")),
        (7, SchemaMark("firstName"), pseudonym("name", "7")),
        (True, SchemaMark("flag"), pseudonym("flag", "true")),
        (False, SchemaMark("flag"), pseudonym("flag", "false")),
        (True, SchemaMark("flag", described=False), True),
        (False, SchemaMark("flag", secret=True, described=False), False),
        (0, SchemaMark("flag", described=False), pseudonym("flag", "0")),
        (None, SchemaMark("firstName"), None),
        ("", SchemaMark("firstName"), ""),
        (" ", SchemaMark("firstName"), pseudonym("name", " ")),
        ("s3cr3t", SchemaMark("password", secret=True), pseudonym("credential", "s3cr3t")),
        ("***", SchemaMark("password", secret=True, masked=True), pseudonym("credential", "***")),
        ("A**", SchemaMark("firstName", masked=True), pseudonym("masked", "A**")),
        ("Ada", SchemaMark("firstName", masked=True), pseudonym("name", "Ada")),
        ("A**", SchemaMark("firstName"), pseudonym("name", "A**")),
        ("sample", SchemaMark("firstName"), "sample"),
        ("sample", SchemaMark("password", secret=True), "sample"),
        (12, SchemaMark("firstName"), 12),
    ],
)
def test_a_marked_value_becomes_a_pseudonym_unless_it_is_plain(value: Any, mark: SchemaMark, expected: Any) -> None:
    known = Pseudonymizer(plain=frozenset({"sample", "12"}))
    assert known.value(value, mark) == expected
    assert type(known.value(value, mark)) is type(expected)


@pytest.mark.parametrize(
    ("value", "mark", "kind"),
    [
        (NAME, SchemaMark("firstName"), "name"),
        (NAME, SchemaMark("password", secret=True), "credential"),
        ("Z****da", SchemaMark("password", secret=True, masked=True), "credential"),
        ("Z******", SchemaMark("firstName", masked=True), None),
        ("Z******", SchemaMark("firstName"), "name"),
        (NAME, SchemaMark("firstName", masked=True), "name"),
        (1234567, SchemaMark("phone"), "phone"),
        ("sample", SchemaMark("firstName"), None),
        (EMAIL, SchemaMark("note", described=False), "email"),
        ("1234567", SchemaMark("document", described=False), "document"),
        ("oncology", SchemaMark("ward", described=False), "ward"),
        ("therapy", SchemaMark("ward", described=False), None),
    ],
)
def test_a_value_is_learned_with_its_kind(value: Any, mark: SchemaMark, kind: str | None) -> None:
    known = Pseudonymizer(plain=frozenset({"sample"}))
    known.learn(value, mark)
    assert known.values == ({} if kind is None else {str(value): kind})
    known.learn(value, mark._replace(name="another"))
    assert known.values == ({} if kind is None else {str(value): kind})


@pytest.mark.parametrize("value", [None, True, False, NAME])
def test_what_is_not_marked_is_not_learned(value: Any) -> None:
    known = Pseudonymizer()
    known.learn(value, None)
    assert known.values == {}


def test_texts_have_no_fixed_format_and_values_are_not_trusted_unless_that_is_said() -> None:
    known, shown = Pseudonymizer(), f"to {pseudonym('email', 'ada@example.com')}"
    assert known.text("to ada@example.com") == shown
    assert known.value("to ada@example.com", None) == shown
    assert undescribed_mark("x", UNKNOWN) == SchemaMark("x", described=False)
    known.learn_json(["oncology"], UNKNOWN)
    assert known.json(["oncology"], UNKNOWN) == [pseudonym("value", "oncology")]
    assert Pseudonymizer().json(["oncology"], UNKNOWN) == [pseudonym("value", "oncology")]


def test_values_given_at_the_start_are_replaced_unless_they_are_plain() -> None:
    known = Pseudonymizer({NAME: "name", "Quixbury": "name"}, frozenset({"Quixbury"}))
    assert known.text("for Zoraida Quixbury") == f"for {pseudonym('name', NAME)} Quixbury"


BODY: dict[str, Any] = {
    "name": NAME,
    "mail": "z******@l*******.e******",
    "password": "s3cr3t-word",
    "note": f"about {NAME}, CPF 529.982.247-25",
    "code": f"{NAME} 529.982.247-25",
    "count": 3,
    "tags": [f"{NAME}'s", None, True, 2.5],
    "ward": "oncology",
    "size": 42,
    "flag": True,
    "gone": None,
    "empty": "",
}
SHOWN = {
    "name": pseudonym("name", NAME),
    "mail": pseudonym("masked", "z******@l*******.e******"),
    "password": pseudonym("credential", "s3cr3t-word"),
    "note": f"about {pseudonym('name', NAME)}, CPF {pseudonym('document', '52998224725')}",
    "code": f"{pseudonym('name', NAME)} 529.982.247-25",
    "count": 3,
    "tags": [f"{pseudonym('name', NAME)}'s", None, True, 2.5],
    "ward": pseudonym("ward", "oncology"),
    "size": pseudonym("size", "42"),
    "flag": True,
    "gone": None,
    "empty": "",
}
TRUSTED = {**SHOWN, "ward": "oncology", "size": 42}


@pytest.mark.parametrize(("trusted", "expected"), [(False, SHOWN), (True, TRUSTED)])
def test_json_is_shown_with_pseudonyms_for_what_is_marked_or_not_described(
    trusted: bool, expected: dict[str, Any]
) -> None:
    known = Pseudonymizer()
    known.learn_json(BODY, NODE, trusted=trusted)
    assert known.json(BODY, NODE, trusted=trusted) == expected
    assert list(known.json(BODY, NODE, trusted=trusted)) == list(expected)
    assert set(known.values) == {NAME, "s3cr3t-word"} | (set() if trusted else {"oncology"})


@pytest.mark.parametrize(("trusted", "expected"), [(False, SHOWN), (True, TRUSTED)])
def test_json_that_was_not_learned_is_shown_in_the_same_way(trusted: bool, expected: dict[str, Any]) -> None:
    known = Pseudonymizer({NAME: "name"})
    assert known.json(BODY, NODE, trusted=trusted) == expected


def test_values_of_json_that_are_too_short_or_too_long_are_shown_as_pseudonyms_but_not_searched() -> None:
    known = Pseudonymizer()
    for value in ("Li", "Z" * 257):
        known.learn_json({"name": value}, NODE)
        assert known.json({"name": value}, NODE) == {"name": pseudonym("name", value)}
    known.learn_json("therapy", UNKNOWN)
    assert known.values == {}


def test_a_value_that_equals_the_learned_one_is_shown_by_itself() -> None:
    known = Pseudonymizer()
    known.learn_json(BODY, NODE)
    assert known.json(dict(BODY), NODE) == SHOWN


def deep(value: Any) -> Any:
    for _ in range(3_000):
        value = [value]
    return value


def test_json_deeper_than_the_stack_is_learned_and_shown_too() -> None:
    known = Pseudonymizer()
    known.learn_json(deep({"ward": "oncology"}), UNKNOWN)
    assert known.values == {"oncology": "ward"}
    trusting = Pseudonymizer()
    trusting.learn_json(deep({"ward": "oncology"}), UNKNOWN, trusted=True)
    assert trusting.values == {}


def test_a_name_that_no_document_has_is_redacted_like_a_text() -> None:
    body = {f"of {NAME}": 1, NAME: 2, "ward": 3, "mary@example.com": 4, "$12345678": 5}
    names = [pseudonym("name", f"of {NAME}"), pseudonym("name", NAME), "ward", pseudonym("name", "mary@example.com")]
    names.append(f"${pseudonym('document', '12345678')}")
    expected = dict(zip(names, body.values(), strict=True))
    known = Pseudonymizer({NAME: "name"})
    known.learn_json(body, UNKNOWN, trusted=True)
    assert known.json(body, UNKNOWN, trusted=True) == expected
    assert known.json(body, UNKNOWN, trusted=True) == expected


@pytest.mark.parametrize("name", [NAME, "mary@example.com", "$12345678", "of a ward"])
def test_a_name_that_is_the_only_one_is_redacted_too(name: str) -> None:
    known = Pseudonymizer({NAME: "name"})
    known.learn_json({name: 1}, UNKNOWN, trusted=True)
    [redacted] = known.json({name: 1}, UNKNOWN, trusted=True)
    body = {name: 1}
    known.learn_json(body, UNKNOWN, trusted=True)
    assert known.json(body, UNKNOWN, trusted=True) == {redacted: 1}
    assert name not in redacted
    assert "#" in redacted


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1234567, pseudonym("document", "1234567")),
        (-1234567, f"-{pseudonym('document', '1234567')}"),
        (1234567.5, f"{pseudonym('document', '1234567')}.5"),
        (7654321, 7654321),
        (52998224725, 52998224725),
        (999_999, 999_999),
        (True, True),
        (None, None),
    ],
)
def test_a_number_of_the_documents_is_redacted_if_it_is_known(number: Any, expected: Any) -> None:
    known = Pseudonymizer({"1234567": "document", "999999": "document"})
    assert known.value(number, None) == expected
    assert type(known.value(number, None)) is type(expected)


@pytest.mark.parametrize(
    ("text", "formatted", "expected"),
    [
        (f"of {NAME}", False, f"of {pseudonym('name', NAME)}"),
        (f"of {NAME}", True, f"of {pseudonym('name', NAME)}"),
        ("to ada@example.com", False, f"to {pseudonym('email', 'ada@example.com')}"),
        ("to ada@example.com", True, "to ada@example.com"),
        ("at 12345678", False, f"at {pseudonym('document', '12345678')}"),
        ("at 12345678", True, "at 12345678"),
        ("nobody", False, "nobody"),
        (f"\ud800{NAME}", True, f"?{pseudonym('name', NAME)}"),
        (f"\ud800 {NAME}", True, f"? {pseudonym('name', NAME)}"),
        (f"5{NAME}5", True, f"5{NAME}5"),
    ],
)
def test_a_text_of_a_fixed_format_is_searched_for_known_values_alone(text: str, formatted: bool, expected: str) -> None:
    known = Pseudonymizer({NAME: "name"})
    for _ in range(2):
        assert known.text(text, formatted=formatted) == expected


def test_a_text_is_searched_again_once_more_is_known() -> None:
    known = Pseudonymizer({"Quixbury": "name"})
    assert known.text("Zoraida Quixbury") == f"Zoraida {pseudonym('name', 'Quixbury')}"
    known.add(NAME, "name")
    assert known.text("Zoraida Quixbury") == f"{pseudonym('name', NAME)} {pseudonym('name', 'Quixbury')}"
    known.add(NAME, "credential")
    assert known.values == {"Quixbury": "name", NAME: "name"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada@example.com, 529.982.247-25", f"{pseudonym('email', 'ada@example.com')}, 529.982.247-25"),
        ("ada@localhost", "ada@localhost"),
        (NAME, NAME),
    ],
)
def test_emails_alone_can_be_taken_from_a_text(text: str, expected: str) -> None:
    assert Pseudonymizer({NAME: "name"}).redact_emails(text) == expected


@pytest.mark.parametrize(
    ("node", "trusted", "mark"),
    [
        (UNKNOWN, False, SchemaMark("x", described=False)),
        (UNKNOWN, True, None),
        (DESCRIBED, False, None),
        (DESCRIBED, True, None),
    ],
)
def test_a_value_that_no_document_describes_has_a_mark_of_its_own(
    node: SchemaNode, trusted: bool, mark: SchemaMark | None
) -> None:
    assert undescribed_mark("x", node, trusted=trusted) == mark


def test_kept_texts_are_searched_for_whole_words_and_not_in_base64() -> None:
    search, encoded = values_search({NAME: "name"}), base64.b64encode(f"by {NAME}".encode()).decode()
    for text in (f"{NAME}s", f"x{NAME}", encoded):
        assert search.replace(text, detect=False) == text
        assert Pseudonymizer({NAME: "name"}).text(text) == text
    assert search.replace(f"{NAME}!", detect=False) == f"{pseudonym('name', NAME)}!"
