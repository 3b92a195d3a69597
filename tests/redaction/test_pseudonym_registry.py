"""One pseudonym for all spellings of a value and never one for two values; kinds; the form of a pseudonym."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import pytest

from pii_sandbox.redaction import pseudonyms
from pii_sandbox.redaction.pseudonyms import (
    PseudonymRegistry,
    comparable_value,
    documented_kind,
    is_pseudonym,
    kind_by_name,
)


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def three_of_five_equal_digits() -> list[str]:
    """Three values whose digests begin with the same five hex digits."""
    values: dict[str, list[str]] = defaultdict(list)
    for number in range(1_000_000):
        alike = values[digest(f"x{number}")[:5]]
        alike.append(f"x{number}")
        if len(alike) == 3:
            return alike
    raise AssertionError


def test_a_pseudonym_has_the_first_four_hex_digits_of_the_digest() -> None:
    assert pseudonyms.pseudonym("email", " Ada@Example.com") == f"email#{digest('ada@example.com')[:4]}"
    assert PseudonymRegistry().of("firstName", "ADÁ") == f"name#{digest('ada')[:4]}"


def test_values_with_the_same_first_digits_get_one_digit_more_each() -> None:
    registry, values = PseudonymRegistry(), three_of_five_equal_digits()
    expected = [f"name#{digest(value)[:length]}" for value, length in zip(values, (4, 5, 6), strict=True)]
    assert [registry.of("name", value) for value in values] == expected
    assert [registry.of("name", value.upper()) for value in values] == expected


def test_values_of_different_kinds_may_have_the_same_digits() -> None:
    registry, (one, other, _) = PseudonymRegistry(), three_of_five_equal_digits()
    assert registry.of("name", one) == f"name#{digest(one)[:4]}"
    assert registry.of("phone", other) == f"phone#{digest(other)[:4]}"


def test_a_value_keeps_its_first_pseudonym() -> None:
    registry = PseudonymRegistry()
    first = registry.of("firstName", "Ada")
    assert registry.of("homePhone", "ada ") == first
    registry.alias("Ada", "name#0000")
    assert registry.of("firstName", "Ada") == first


def test_a_further_value_can_have_the_pseudonym_of_another() -> None:
    registry = PseudonymRegistry()
    registry.alias("987654321", "phone#0000")
    assert registry.of("document", "98765-4321") == "phone#0000"


@pytest.mark.parametrize(
    ("value", "comparable"),
    [
        ("123-45", "12345"),
        ("+1 (23) 45", "12345"),
        ("123-4", "123-4"),
        ("12345a", "12345a"),
        ("٣٣٣٣٣", "33333"),
        ("José  Souza", "jose souza"),
    ],
)
def test_the_spellings_of_a_number_of_five_digits_differ_in_punctuation(value: str, comparable: str) -> None:
    assert comparable_value(value) == comparable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("email#0a1b", True),
        ("card#0a1b2c", True),
        ("value#0a1b", True),
        ("number#0a1b", True),
        ("domain#0a1b", True),
        ("credential#0a1b", True),
        ("content#0a1b", True),
        ("gender#0a1b", True),
        ("nosuchword#0a1b", False),
        ("email#0a1", False),
        ("email#0A1B", False),
        (f"email#{'a' * 64}", True),
        (f"email#{'a' * 65}", False),
        ("email#0a1b!", False),
        ("x email#0a1b", False),
        ("email", False),
        ("", False),
    ],
)
def test_a_pseudonym_is_a_known_kind_and_four_hex_digits_at_least(text: str, expected: bool) -> None:
    assert is_pseudonym(text) is expected


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("email", "none", "email"),
        ("login", "ada@localhost", "email"),
        ("loginName", "ada@localhost", "name"),
        ("card", "12", "card"),
        ("cardNumber", "12", "card"),
        ("dateOfBirth", "1990", "birthdate"),
        ("document", "12", "document"),
        ("documentType", "12", "documentType"),
        ("postalCode", "12", "postalCode"),
        ("number", "12", "number"),
        ("credential", "12", "credential"),
        (" postalCode!", "12", "postalCode"),
        ("no such word", "12", "value"),
    ],
)
def test_the_kind_of_a_documented_value_is_a_word_of_the_documents(name: str, value: str, kind: str) -> None:
    assert documented_kind(name, value) == kind


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("whatever", "ada@localhost", "whatever"),
        ("whatever", "ada@example.com", "email"),
        ("homePhone", "12", "phone"),
        ("phoneId", "12", "phone"),
        ("Fax", "ada", "phone"),
        ("cpf", "12", "document"),
        ("CPF", "ada", "document"),
        ("DOCUMENT", "ada", "document"),
        ("documents", "12", "documents"),
        ("lastName", "12", "name"),
        ("nameId", "12", "document"),
        ("nameId", "a1", "nameId"),
        ("clientid", "١٢", "document"),
        ("a b", "Ada", "value"),
        ("a b id", "12", "document"),
        ("a b id", "Ada", "value"),
        ("$ref.x-y", "Ada", "$ref.x-y"),
        ("x" * 64, "Ada", "x" * 64),
        ("x" * 65, "Ada", "value"),
        ("1x", "Ada", "value"),
        ("", "Ada", "value"),
    ],
)
def test_the_kind_of_any_value_is_that_of_its_property(name: str, value: str, kind: str) -> None:
    assert kind_by_name(name, value) == kind
