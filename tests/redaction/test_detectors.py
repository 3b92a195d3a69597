"""What looks personal by its form, and what does not: kinds and spans, check digits, masks, ids, word boundaries."""

from __future__ import annotations

import pytest

from pii_sandbox.redaction import detectors
from pii_sandbox.redaction.word_boundaries import continues, is_whole


def detected_values(text: str, *, loose_numbers: bool = False) -> list[tuple[str, str]]:
    spans = detectors.detect(text, loose_numbers=loose_numbers)
    return [(kind, text[start:end]) for kind, start, end in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nobody here, 12 of 345", []),
        ("write to ada@example.com, please", [("email", "ada@example.com")]),
        ("'ada@example.com'", [("email", "ada@example.com")]),
        ("ada@localhost", []),
        ("CPF 529.982.247-25", [("document", "529.982.247-25")]),
        ("CNPJ 12.345.678/0001-95", [("document", "12.345.678/0001-95")]),
        ("CPF 52998224725", [("document", "52998224725")]),
        ("no CPF 52998224726", [("number", "52998224726")]),
        ("4111 1111 1111 1111", [("card", "4111 1111 1111 1111")]),
        ("4111-1111-1111-1111", [("card", "4111-1111-1111-1111")]),
        ("4111 1111 1111 1112", []),
        ("4111 1111 1111 1112, 4111 1111 1111 1111", [("card", "4111 1111 1111 1111")]),
        ("4111111111111111", [("card", "4111111111111111")]),
        ("4222222222222", [("card", "4222222222222")]),
        ("4222222222223", [("number", "4222222222223")]),
        ("422222222220", [("number", "422222222220")]),
        ("422222222222", [("number", "422222222222")]),
        ("+55 21 99999-9999", [("phone", "+55 21 99999-9999")]),
        ("(21) 99999-9999", [("phone", "(21) 99999-9999")]),
        ("123456789", []),
        ("1234567890", [("number", "1234567890")]),
        ("1234567890123456789", [("number", "1234567890123456789")]),
        ("12345678901234567890", []),
        ("1234567890.5", []),
        ("ada@example.com or +493012345678", [("email", "ada@example.com"), ("phone", "+493012345678")]),
    ],
)
def test_personal_data_is_seen_by_its_form(text: str, expected: list[tuple[str, str]]) -> None:
    assert detected_values(text) == expected
    assert detectors.looks_personal(text) is bool(expected)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("1234567", set()), ("12345678", {"document"}), ("12.345.678", {"document"}), ("+1234567", set())],
)
def test_in_texts_of_clients_any_number_of_eight_digits_counts(text: str, kinds: set[str]) -> None:
    assert {kind for kind, _ in detected_values(text, loose_numbers=True)} == kinds
    assert detectors.looks_personal(text, loose_numbers=True) is bool(kinds)
    assert list(detectors.detect(text)) == []
    assert not detectors.looks_personal(text)


def test_a_loose_number_with_a_plus_is_a_phone() -> None:
    assert detected_values("+12345678", loose_numbers=True) == [("phone", "+12345678")] * 2


@pytest.mark.parametrize(
    ("number", "is_card"),
    [
        ("4111111111111111", True),
        ("4111111111111112", False),
        ("79927398713", True),
        ("79927398710", False),
        ("59", True),
    ],
)
def test_card_numbers_have_a_check_digit_of_luhn(number: str, is_card: bool) -> None:
    assert detectors.passes_luhn(number) is is_card
    assert (detectors.with_luhn_check(number[:-1]) == number) is is_card


ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111 1111 1111 1111", "card"),
        ("4111111111111111", "card"),
        ("52998224725", "document"),
        ("52998224726", "number"),
        ("+55 21 99999-9999", "phone"),
    ],
)
def test_digits_of_any_script_count(text: str, kind: str) -> None:
    assert detected_values(f"see {text.translate(ARABIC)}") == [(kind, text.translate(ARABIC))]
    assert detectors.digits(text.translate(ARABIC)) == detectors.digits(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("12", "12"), ("a1-b2", "12"), ("٣", "3"), ("1a٣", "13"), ("²", ""), ("none", "")],
)
def test_the_digits_of_a_text_are_its_decimal_digits(text: str, expected: str) -> None:
    assert detectors.digits(text) == expected


CPFS = [("52998224725", True), ("52998224735", False), ("11144477735", True), ("12345678909", True)]


@pytest.mark.parametrize(("number", "is_cpf"), CPFS)
def test_a_cpf_has_two_check_digits(number: str, is_cpf: bool) -> None:
    assert detectors.is_cpf(number) is is_cpf
    assert (detectors.with_cpf_checks(number[:9]) == number) is is_cpf


@pytest.mark.parametrize(
    ("text", "masked"),
    [("j***.d**@e******.c**", True), ("***", True), ("j**n", False), ("john", False), ("", False), ("A* b*", True)],
)
def test_a_mask_shows_the_first_character_of_each_run_at_most(text: str, masked: bool) -> None:
    assert detectors.is_masked(text) is masked


ID, OTHER_ID = "0b0e5d3c-2f1a-4c8e-9d7b-1a2b3c4d5e6f", "NS-EU-0123456789ABCDEFGHJKMNPQRS-0123456789ABCDEFGHJKMNPQRS"


@pytest.mark.parametrize(
    ("text", "opaque"),
    [
        (ID, True),
        (f"NS-EU-{ID}", True),
        (OTHER_ID, True),
        (f"{ID}x", False),
        ("2024-02-29T10:11:12Z", True),
        ("2024-02-29T10:11:12.123+01:00", True),
        ("2024-02-29", False),
        ("ada@example.com", False),
    ],
)
def test_ids_of_a_server_and_instants_are_not_personal(text: str, opaque: bool) -> None:
    assert detectors.is_opaque(text) is opaque


def test_ids_are_found_within_a_text() -> None:
    text = f"/profiles/{ID}/addresses/{OTHER_ID}?x=a{ID}"
    assert [text[start:end] for start, end in detectors.issued_id_spans(text)] == [ID, OTHER_ID]
    assert detectors.issued_id_spans("no id in here") == []


@pytest.mark.parametrize(("number", "distinct"), [("11111111", False), ("10101010", False), ("12312312", True)])
def test_a_number_of_two_digits_is_too_plain(number: str, distinct: bool) -> None:
    assert detectors.has_distinct_digits(number) is distinct


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("Ada called", "Ada", True),
        ("Adam called", "Ada", False),
        ("XAda", "Ada", False),
        ("Ada_1", "Ada", False),
        ("@Ada", "Ada", False),
        ("Ada@example.com", "Ada", False),
        ("Ada.b@example.com", "Ada", False),
        ("Ada. B", "Ada", True),
        ("x12345", "12345", False),
        ("12345 6", "12345", True),
        ("123456", "12345", False),
        ("王小明打電話", "小明", True),
        ("a.b@example.com", "b@example.com", False),
        (". b@example.com", "b@example.com", True),
        ("xb@example.com", "b@example.com", False),
        ("b@example.com.", "b@example.com", True),
        ("b@example.com.br", "b@example.com", False),
        ("b@example.coms", "b@example.com", False),
    ],
)
def test_a_part_of_a_longer_word_number_or_address_is_not_whole(text: str, part: str, whole: bool) -> None:
    start = text.index(part)
    assert bool(is_whole(text, start, start + len(part))) is whole


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a", "B", True), ("1", "2", True), ("a", "1", False), ("1", "a", False), ("明", "明", False), ("a", " ", False)],
)
def test_letters_continue_letters_and_digits_digits(one: str, other: str, expected: bool) -> None:
    assert continues(one, other) is expected
