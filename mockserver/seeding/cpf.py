"""CPF, the Brazilian tax number of a person: nine digits and two check digits."""

from __future__ import annotations

import re

_MODULUS = 11
_FORM = re.compile(r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", re.ASCII)


def cpf(number: int) -> str:
    """Return a valid CPF as digits, a different one for each number from 0 to 99,999,999.

    The ninth digit differs from the first, since a CPF of equal digits is invalid although its check digits are right.
    """
    eight = f"{number:08d}"
    nine = eight + str((int(eight[0]) + 1) % 10)
    first = _check_digit(nine)
    return nine + first + _check_digit(nine + first)


def format_cpf(digits: str) -> str:
    """Format a CPF: `123.456.789-09`."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


def is_valid(text: str) -> bool:
    """Return whether the text is a CPF, formatted or as digits, with the right check digits."""
    if not _FORM.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    first = _check_digit(digits[:9])
    return len(set(digits)) > 1 and digits[9:] == first + _check_digit(digits[:9] + first)


def _check_digit(digits: str) -> str:
    """Return the check digit: minus the sum of the digits, weighted 2, 3, … from the last, modulo 11; 10 is 0."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True))
    return str(-weighted % _MODULUS % 10)
