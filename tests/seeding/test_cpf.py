from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.seeding import cpf

NUMBERS = st.integers(0, 99_999_999)


@pytest.mark.parametrize("text", ["529.982.247-25", "52998224725", "123.456.789-09", "12345678909", "00000000191"])
def test_a_cpf_with_the_right_check_digits_is_valid(text: str) -> None:
    assert cpf.is_valid(text)


@pytest.mark.parametrize(
    "text",
    ["529.982.247-24", "529.982.247-15", "12345678900", "11111111111", "00000000000", "5299822472", "", "529a98224725"],
)
def test_anything_else_is_no_cpf(text: str) -> None:
    assert not cpf.is_valid(text)


@given(NUMBERS)
def test_every_number_gives_a_valid_cpf(number: int) -> None:
    assert cpf.is_valid(cpf.cpf(number))
    assert cpf.is_valid(cpf.format_cpf(cpf.cpf(number)))


@given(NUMBERS, NUMBERS)
def test_different_numbers_give_different_cpfs(one: int, other: int) -> None:
    assert (cpf.cpf(one) == cpf.cpf(other)) == (one == other)


def test_a_cpf_is_written_with_points_and_a_dash() -> None:
    assert cpf.format_cpf("12345678909") == "123.456.789-09"
