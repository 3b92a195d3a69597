"""Placeholder values of a reproduction have the form of the real value and differ from it."""

from __future__ import annotations

import pytest

from pii_sandbox.conformance.repro import placeholder_values
from pii_sandbox.conformance.repro.placeholder_values import PlaceholderFactory
from pii_sandbox.redaction import detectors
from pii_sandbox.redaction.schema_marks import SchemaMark

MARK = SchemaMark("x")


@pytest.mark.parametrize(
    "value",
    [
        "Zoraida.Quixbury@Shop.com.br",
        "839.217.465-82",
        "+5511987651377",
        "5355 2201 9474 6685",
        "1903-07-29",
        "Zoë-2",
        "李明",
        "ZQX/88",
    ],
)
def test_an_invented_literal_has_the_form_of_the_value_and_is_another(value: str) -> None:
    literal = PlaceholderFactory([(value, MARK)]).of(value, MARK)
    assert literal != value
    assert "@" in value or len(literal) == len(value)
    assert [character for character in literal if not character.isalnum()][-1:] == [
        character for character in value if not character.isalnum()
    ][-1:]
    if value.startswith("839"):
        assert detectors.is_cpf(detectors.digits(literal))
    if value.startswith("5355"):
        assert detectors.passes_luhn(detectors.digits(literal))


def test_spellings_and_parts_of_a_value_stay_spellings_and_parts() -> None:
    inventor = PlaceholderFactory([("Zoraida.Quixbury@shop.example", MARK), ("+5511987651377", MARK), ("uixb", MARK)])
    email = inventor.of("Zoraida.Quixbury@shop.example", MARK)
    assert inventor.of("ZORAIDA.QUIXBURY@SHOP.EXAMPLE", MARK) == email.upper()
    phone = inventor.of("+5511987651377", MARK)
    assert detectors.digits(inventor.of("+55 (11) 98765-1377", MARK)) == phone[1:]
    assert inventor.of("Quixbury", MARK).lower() != "quixbury"
    assert inventor.of(12345, MARK) != 12345
    assert isinstance(inventor.of(12345, MARK), int)
    assert inventor.of("BR", SchemaMark("country", choices=("BR", "DE"))) == "DE"
    assert inventor.of(True, MARK) is True


def test_a_part_that_begins_in_one_value_and_ends_in_the_next_is_no_part() -> None:
    factory = PlaceholderFactory([("abcdefgh", MARK), ("ijklmnop", MARK), ("fgh\nijk", MARK), ("defg", MARK)])
    whole = factory.of("abcdefgh", MARK)
    assert factory.of("defg", MARK) == whole[3:7]
    assert factory.of("fgh\nijk", MARK) != f"{whole[5:]}\n{factory.of('ijklmnop', MARK)[:3]}"


def test_literals_are_made_for_what_is_asked_for_and_not_for_all_values_of_large_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    created: list[str] = []
    genuine = placeholder_values._placeholder

    def count_call(text: str, bare: str) -> str:
        created.append(text)
        return genuine(text, bare)

    monkeypatch.setattr(placeholder_values, "_placeholder", count_call)
    factory = PlaceholderFactory([(f"Shopper{number} Quixbury", MARK) for number in range(5_000)])
    assert factory.of("4321 quix", MARK) in factory.of("Shopper4321 Quixbury", MARK).lower()
    assert factory.knows("shopper4321 quixbury")
    assert created == ["Shopper4321 Quixbury"]


@pytest.mark.parametrize("value", [-(10**400), 1e308, 1.5e-300, float("inf"), -0.0, 12345.25])
def test_a_number_of_any_form_becomes_another_number(value: float) -> None:
    factory = PlaceholderFactory([(str(value), MARK)])
    literal = factory.of(value, MARK)
    assert type(literal) is type(value)
    assert literal == factory.of(value, MARK)
    assert literal != value or value == 0
