"""Forms of placeholder values: days, numbers with check digits, telephones, names; which values stay as they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from pii_sandbox.conformance import test_customers
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.redaction import detectors
from pii_sandbox.redaction.schema_marks import SchemaMark

MARK = SchemaMark("x")
DIGITS = set("0123456789")
UUID = "70caf394-8534-447e-a0ca-1803c669c771"


def literals(values: Iterable[str]) -> list[str]:
    """The literal of each value, of a factory that knows no other."""
    return [str(PlaceholderFactory([]).of(value, MARK)) for value in values]


def numbers(length: int, many: int = 200) -> list[str]:
    """Different numbers of so many digits, none of which begins with a zero."""
    return [str(7919 * (number + 11) * 10**length + 13 * number)[:length] for number in range(1, many + 1)]


@pytest.mark.parametrize(
    "values",
    [
        [f"19{year}-0{month}-{day}" for year in range(10, 90) for month in range(1, 10) for day in (10, 27)],
        [f"birthdate#{number:04x}" for number in range(1_500)],
    ],
)
def test_a_day_becomes_any_day_of_fifty_years_that_every_month_has(values: list[str]) -> None:
    days = [date.fromisoformat(literal) for literal in literals(values)]
    assert {day.year for day in days} == set(range(1950, 2000))
    assert {day.month for day in days} == set(range(1, 13))
    assert {day.day for day in days} == set(range(1, 29))


def test_letters_and_digits_become_any_letters_and_digits_without_a_zero_in_front() -> None:
    found = literals(f"{number}Zé" for number in numbers(3, 900))
    assert {literal[0] for literal in found} == DIGITS - {"0"}
    assert {literal[1] for literal in found} == DIGITS == {literal[2] for literal in found}
    assert {literal[3] for literal in found} == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert {literal[4] for literal in found} == set("áàâãéêíóôõúüç")
    assert {literal[0] for literal in literals(f"0{number}" for number in numbers(3))} == DIGITS
    assert {literal[0] for literal in literals(f"É{number}" for number in numbers(3))} == set("ÁÀÂÃÉÊÍÓÔÕÚÜÇ")
    assert all(literal.isascii() for literal in literals(f"٣-{number}" for number in numbers(3)))


def test_a_letter_of_a_script_without_capitals_becomes_a_chinese_one() -> None:
    (literal,) = literals(["李" * 4_000])
    assert set(literal) == {chr(point) for point in range(0x4E00, 0x4F00)}


@pytest.mark.parametrize("length", range(11, 22))
def test_a_card_number_of_13_to_19_digits_keeps_a_check_digit(length: int) -> None:
    found = literals(detectors.with_luhn_check(number) for number in numbers(length - 1, 40))
    assert {len(literal) for literal in found} == {length}
    assert all(map(detectors.passes_luhn, found)) is (13 <= length <= 19)
    assert len({literal[:-1] for literal in found}) == 40
    others = literals(number[:-1] + str((int(number[-1]) + 1) % 10) for number in found)
    assert not all(map(detectors.passes_luhn, others))


def test_a_card_number_and_a_document_keep_their_punctuation() -> None:
    (card,) = literals(["5355 2201-9474 6685"])
    assert (card[4], card[9], card[14], len(card)) == (" ", "-", " ", 19)
    assert detectors.passes_luhn(detectors.digits(card))
    (document,) = literals(["839.217.465-82"])
    assert (document[3], document[7], document[11], len(document)) == (".", ".", "-", 14)
    assert detectors.is_cpf(detectors.digits(document))


def test_a_document_number_keeps_its_check_digits_and_one_with_others_has_none() -> None:
    issued = [detectors.with_cpf_checks(number) for number in numbers(9, 40)]
    found = literals(issued)
    assert all(map(detectors.is_cpf, found))
    assert len({literal[:9] for literal in found}) == 40
    wrong = literals(number[:-1] + str((int(number[-1]) + 1) % 10) for number in issued)
    assert not all(map(detectors.is_cpf, wrong))
    assert not all(detectors.is_cpf(literal[1:]) for literal in literals(f"x{number}" for number in issued))
    cards = [f"x{detectors.with_luhn_check(number)}" for number in numbers(15, 40)]
    assert not all(detectors.passes_luhn(literal[1:]) for literal in literals(cards))


@pytest.mark.parametrize("length", [9, 11, 12])  # with the code as many digits as a CPF, as a card
def test_a_telephone_number_keeps_the_code_of_its_country(length: int) -> None:
    found = literals(f"+55{number}" for number in numbers(length))
    assert {literal[:3] for literal in found} == {"+55"}
    assert {literal[3] for literal in found} == DIGITS - {"0"}
    assert {len(literal) for literal in found} == {length + 3}
    assert len({literal[:2] for literal in literals(f"55{number}" for number in numbers(length))}) > 10


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("email#7f3a", f"{test_customers.MARK}.7f3a@{test_customers.DOMAIN}"),
        ("name#7f3a", "name-7f3a"),
        ("value#0123abcd", "value-0123abcd"),
    ],
)
def test_a_pseudonym_becomes_a_literal_of_its_kind(value: str, literal: str) -> None:
    assert literals([value]) == [literal]


def test_a_pseudonym_of_a_number_becomes_one_of_its_kind() -> None:
    def of(kind: str) -> list[str]:
        return literals(f"{kind}#{number:04x}" for number in range(200))

    assert {(literal[:5], len(literal)) for literal in of("phone")} == {("+5511", 13)}
    assert {literal[12] for literal in of("phone")} == DIGITS == {literal[5] for literal in of("phone")}
    assert {len(literal) for literal in of("document")} == {11}
    assert all(map(detectors.is_cpf, of("document")))
    assert {(literal[0], len(literal)) for literal in of("card")} == {("4", 16)}
    assert all(map(detectors.passes_luhn, of("card")))


def test_an_email_gets_a_domain_that_is_nobodys_and_keeps_the_mark_of_a_test_customer() -> None:
    stranger, customer = literals(["Zoraida.Q7@shop.example", f"{test_customers.MARK}.r7k2.0a@shop.example"])
    local, _, domain = stranger.rpartition("@")
    assert (len(local), local[7], domain) == (10, ".", "example.com")
    assert not local.lower().startswith("zoraida")
    assert customer.startswith(f"{test_customers.MARK}.")
    assert customer.endswith("@example.com")
    assert len(customer.partition("@")[0]) == len(f"{test_customers.MARK}.r7k2.0a")
    assert "r7k2" not in customer


def test_the_spelling_of_a_value_is_the_spelling_of_its_literal() -> None:
    factory = PlaceholderFactory([("Zora@shop.example", MARK), ("Zoraida Quixbury", MARK), ("+5511987651377", MARK)])
    local = factory.of("zora@shop.example", MARK).partition("@")[0]
    assert factory.of("ZORA@Shop.example", MARK) == f"{local.upper()}@example.com"
    assert factory.of("zora@SHOP.EXAMPLE", MARK) == f"{local}@EXAMPLE.COM"
    name = factory.of("zoraida quixbury", MARK)
    assert factory.of("Zoraida QUIXBURY", MARK) == name[0].upper() + name[1:8] + name[8:].upper()
    assert factory.of("Zoráida  Quixbury", MARK) in {name.title(), factory.of("Zoraida Quixbury", MARK)}
    digits = factory.of("5511987651377", MARK)
    assert factory.of("(55) 11/98765.1377", MARK) == f"({digits[:2]}) {digits[2:4]}/{digits[4:9]}.{digits[9:]}"


def test_a_value_of_more_than_a_block_of_the_stream_does_not_repeat() -> None:
    (literal,) = literals(["x" * 96])
    assert len({literal[:32], literal[32:64], literal[64:]}) == 3


@pytest.mark.parametrize(
    ("value", "mark", "stays"),
    [
        ("", MARK, True),
        ("J***", MARK, True),
        ("J***", SchemaMark("x", secret=True), False),
        ("Printed Customer", MARK, True),
        ("PRINTED customer", MARK, True),
        (UUID, SchemaMark("x", inherited=True), True),
        (UUID, MARK, False),
        ("email", SchemaMark("x", inherited=True), True),
        ("email", MARK, False),
        ("Zoraida", SchemaMark("x", inherited=True), False),
        ("Zoraida", MARK, False),
    ],
)
def test_what_is_masked_kept_or_no_persons_stays(value: str, mark: SchemaMark, stays: bool) -> None:
    factory = PlaceholderFactory([(value, mark)], ["Printed Customer"])
    assert factory.knows(value) is not stays
    assert (factory.of(value, mark) == value) is stays


def test_one_of_several_choices_becomes_another_of_them_and_is_not_known_elsewhere() -> None:
    choices = ("CPF", "CNPJ", "passport")
    factory = PlaceholderFactory([(choice, SchemaMark("x", choices=choices)) for choice in choices])
    made = {choice: factory.of(choice, SchemaMark("x", choices=choices)) for choice in choices}
    assert all(literal in choices and literal != choice for choice, literal in made.items())
    assert not any(map(factory.knows, choices))
    assert factory.of("CPF", SchemaMark("x", choices=("CPF",))) == "CPF"
    others = [f"choice {number}" for number in range(1, 9)]
    marks = [SchemaMark("x", choices=("choice 0", *others[:many])) for many in range(2, 9)]
    drawn = {PlaceholderFactory([]).of("choice 0", mark) for mark in marks}
    assert drawn < set(others)
    assert len(drawn) > 2


def test_truth_values_and_null_stay() -> None:
    factory = PlaceholderFactory([("True", MARK), ("None", MARK)])
    assert [factory.of(value, MARK) for value in (True, False, None)] == [True, False, None]


def test_a_part_of_three_characters_or_more_of_a_value_is_that_part_of_its_literal() -> None:
    values = ["qui", "Zoraida Quixbury", "zo", "bury", "ury", "Hedy Lamarr", "ida q"]
    factory = PlaceholderFactory([(value, MARK) for value in values])
    whole = factory.of("zoraida quixbury", MARK)
    assert factory.of("qui", MARK) == whole[8:11]
    assert factory.of("ury", MARK) == whole[13:]
    assert factory.of("ida q", MARK) == whole[4:9]
    assert factory.of("zor", MARK) == whole[:3]
    assert factory.of("zo", MARK) == literals(["zo"])[0]
    assert factory.of("marr", MARK) == factory.of("hedy lamarr", MARK)[7:]
    assert factory.of("zoraida quixbury", MARK) == whole


def test_a_part_is_found_in_a_later_value_where_the_first_one_has_a_literal_of_another_length() -> None:
    values = ["a value that is longer than the others of all", "zoraida@very-long-shop.example", "zoraida quixbury"]
    factory = PlaceholderFactory([(value, MARK) for value in values])
    assert len(factory.of("zoraida@very-long-shop.example", MARK)) != len("zoraida@very-long-shop.example")
    assert factory.of("zoraida", MARK) == factory.of("zoraida quixbury", MARK)[:7]


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("no customer Zoraida Quixbury", True), ("by zoráida  quixbury!", True), ("Quixbury", False),
        ("ABCD is known", True), ("abc is too short", False), ("", False),
    ],
)  # fmt: skip
def test_a_value_of_four_characters_or_more_is_noticed_in_a_text(text: str, mentioned: bool) -> None:
    factory = PlaceholderFactory([("Zoraida Quixbury", MARK), ("abcd", MARK), ("abc", MARK), ("x", MARK)])
    assert factory.mentions(text) is mentioned
