"""Personal values in texts that stay are replaced by stable pseudonyms. (VTEX-ERASE-8)"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.redaction import pseudonyms
from pii_sandbox.redaction.pseudonymization import values_search

EMAIL, NAME, PHONE, DOCUMENT = "ana.souza@example.com", "Ana", "+5511987654321", "123.456.789-09"
VALUES = {EMAIL: "email", NAME: "name", "Souza": "name", PHONE: "phone", DOCUMENT: "document"}


def replace_values(text: str, values: dict[str, str]) -> str:
    return values_search(values).replace(text, detect=False)


def test_a_pseudonym_is_its_kind_and_four_hex_digits() -> None:
    kind, _, digits = pseudonyms.pseudonym("email", EMAIL).partition("#")
    assert kind == "email"
    assert len(digits) == 4
    assert int(digits, 16) >= 0


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Ana@Example.com", " ana@example.com "),
        ("phone", "+55 (11) 98765-4321", "5511987654321"),
        ("document", "123.456.789-09", "12345678909"),
        ("name", "JOSÉ", "jose\u0301"),
    ],
)
def test_a_pseudonym_is_the_same_for_every_spelling(kind: str, one: str, other: str) -> None:
    assert pseudonyms.pseudonym(kind, one) == pseudonyms.pseudonym(kind, other)


def test_pseudonyms_of_different_values_differ() -> None:
    assert pseudonyms.pseudonym("email", EMAIL) != pseudonyms.pseudonym("email", "joao@example.com")


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("Ticket of ana.souza@example.com.", "ana.souza@example.com", "email"),
        ("Ticket of ANA.SOUZA@EXAMPLE.COM", "ANA.SOUZA@EXAMPLE.COM", "email"),
        ("called from (11) 98765-4321 today", "(11) 98765-4321", "phone"),
        ("called from 98765 4321", "98765 4321", "phone"),
        ("called from +5511987654321", "+5511987654321", "phone"),
        ("CPF 12345678909, confirmed", "12345678909", "document"),
        ("CPF 123.456.789-09", "123.456.789-09", "document"),
        ("ana asked", "ana", "name"),
    ],
)
def test_a_value_is_replaced_in_any_spelling(text: str, expected: str, kind: str) -> None:
    value = next(value for value, its_kind in VALUES.items() if its_kind == kind)
    plain = replace_values(text, VALUES)
    assert expected.strip("(+") not in plain
    assert pseudonyms.pseudonym(kind, value) in plain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Fraud review",
        "An anagram of Soúzas",
        "mari.ana.souza@example.com and ana.souza@example.com.br are somebody else",
        "order 9123456789091",
    ],
)
def test_a_text_without_the_values_stays_as_it_is(text: str) -> None:
    assert replace_values(text, VALUES) == text


def test_the_longest_value_is_replaced_first() -> None:
    values = {"Ana": "name", "Ana Souza": "name"}
    assert replace_values("for Ana Souza", values) == f"for {pseudonyms.pseudonym('name', 'Ana Souza')}"


def test_a_pseudonym_is_not_scrubbed_again() -> None:
    once = pseudonyms.pseudonym("email", EMAIL)
    assert replace_values(f"for {EMAIL}", {EMAIL: "email", "email": "name"}) == f"for {once}"


def test_scripts_without_case_need_no_spaces_between_words() -> None:
    assert replace_values("请查王伟的订单", {"王伟": "name"}) == f"请查{pseudonyms.pseudonym('name', '王伟')}的订单"


@pytest.mark.parametrize("values", [{}, {"": "name"}, {"  ": "email"}, {"--": "phone"}])
def test_empty_values_find_nothing(values: dict[str, str]) -> None:
    assert replace_values("a -- text", values) == "a -- text"


@given(st.text(), st.text(), st.emails())
def test_an_email_is_gone_wherever_it_stood(before: str, after: str, email: str) -> None:
    plain = replace_values(f"{before} {email} {after}", {email: "email"})
    assert f" {email} " not in plain


@given(st.text(), st.dictionaries(st.text(), st.sampled_from(["email", "name", "phone", "document"]), max_size=4))
def test_any_text_and_any_values_can_be_scrubbed(text: str, values: dict[str, str]) -> None:
    assert isinstance(replace_values(text, values), str)
