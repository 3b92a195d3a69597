"""CPF, the Brazilian tax number of a person: nine digits and two check digits."""

from __future__ import annotations

import re

_MODULUS = 11
_FORM = re.compile(r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", re.ASCII)


def cpf(number: int) -> str:
    """A valid CPF as digits, another one for each number of 0 to 99,999,999.

    The ninth digit follows from the first, so that the digits are never all the same: such a CPF has right check digits
    and is invalid all the same.
    """
    eight = f"{number:08d}"
    nine = eight + str((int(eight[0]) + 1) % 10)
    first = _check_digit(nine)
    return nine + first + _check_digit(nine + first)


def format_cpf(digits: str) -> str:
    """As people write it: `123.456.789-09`."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


def is_valid(text: str) -> bool:
    """Whether it is a CPF, formatted or as digits, with the right check digits."""
    if not _FORM.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    first = _check_digit(digits[:9])
    return len(set(digits)) > 1 and digits[9:] == first + _check_digit(digits[:9] + first)


def _check_digit(digits: str) -> str:
    """What the sum of `digits`, the last doubled, the one before it tripled …, lacks to a multiple of 11; 10 is 0."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
    return str(-weighted % _MODULUS % 10)
