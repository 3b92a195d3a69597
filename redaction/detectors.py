"""Detects personal data by its form: email addresses, phone, document and card numbers; also ids, which are not.

Every regular expression here takes linear time: repetitions are possessive and cannot start within a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

EMAIL = re.compile(r"(?<![\w.+%'-])'*+(?P<email>[\w.+%-][\w.+%'-]*+@[\w-]++(?:\.[\w-]++)++)")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SCHEME = re.compile(r"(?:Bearer|Basic|Token|Digest)\s+", re.IGNORECASE)  # of an Authorization header
_NUMBERS = (
    ("document", re.compile(r"(?<![\w.-])(?:\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2})(?!\w)")),
    ("card", re.compile(r"(?<![\w.-])\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?![\w-])")),
    ("phone", re.compile(r"(?<![\w+])\+\d(?:[\s().-]{0,2}\d){7,14}(?![\d:])")),
    ("phone", re.compile(r"(?<!\w)\(\d{2,3}\)\s?\d{3,5}[ .-]?\d{4}(?!\d)")),
    ("number", re.compile(r"(?<![\w.,+-])\d{10,19}(?![\w-]|[.,]\d)")),
)
_LOOSE_NUMBER = re.compile(r"(?<![\w.:-])\+?\d(?:[ ().-]{0,2}\d){7,18}(?![\w-])")
_CANDIDATE = re.compile(r"@|\d[^\w]{0,3}\d[^\w]{0,3}\d")  # matches every text in which anything can be detected
_NO_DIGIT = re.compile(r"\D+")
_RUN = re.compile(r"(?:[^\W_]|\*)+")
_MASKED_RUN = re.compile(r"[^\W_]?\*+|[^\W_]")
_ID = r"(?:NS-[A-Z]{2}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|NS-[A-Z]{2}-[0-9A-Z]{26}-[0-9A-Z]{26}"
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"  # down to the second
_OPAQUE = re.compile(f"{_ID}|{_INSTANT}", re.IGNORECASE)
_EMBEDDED_ID = re.compile(rf"(?<![0-9A-Za-z])(?:{_ID})(?![0-9A-Za-z])", re.IGNORECASE)


def detect(text: str, *, loose_numbers: bool = False) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of everything that looks personal.

    `loose_numbers`: any number of 8 to 19 digits counts, with any punctuation. Use it for texts of clients, not for
    texts of this software, which have counts and durations.
    """
    if _CANDIDATE.search(text) is None:
        return
    if "@" in text:
        for match in EMAIL.finditer(text):
            yield "email", *match.span("email")
    for kind, pattern in _NUMBERS:
        for match in pattern.finditer(text):
            if kind == "card" and not passes_luhn(digits(match[0])):
                continue
            yield _number_kind(digits(match[0])) if kind == "number" else kind, match.start(), match.end()
    if loose_numbers:
        for match in _LOOSE_NUMBER.finditer(text):
            yield "phone" if match[0].startswith("+") else "document", match.start(), match.end()


def is_email(text: str) -> bool:
    return EMAIL.fullmatch(text.strip()) is not None


def looks_personal(text: str, *, loose_numbers: bool = False) -> bool:
    return next(detect(text, loose_numbers=loose_numbers), None) is not None


def digits(text: str) -> str:
    """Return the decimal digits of a text, in any script, as 0 to 9."""
    found = text if text.isdecimal() else _NO_DIGIT.sub("", text)
    return found if found.isascii() else "".join(str(int(digit)) for digit in found)


def is_masked(text: str) -> bool:
    """Return whether at most the first character of each run is unmasked, as in `j***.d**@e******.c**`."""
    return "*" in text and all(_MASKED_RUN.fullmatch(run) for run in _RUN.findall(text))


def is_opaque(text: str) -> bool:
    """Return whether the text is an id that a server issued, or an instant: neither is personal."""
    return _OPAQUE.fullmatch(text) is not None


def issued_id_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each id in the text that a server issued."""
    return [match.span() for match in _EMBEDDED_ID.finditer(text)] if "-" in text else []


def has_distinct_digits(digits: str) -> bool:
    """Return whether a number has more than two different digits."""
    return len(set(digits)) > 2


def _number_kind(run: str) -> str:
    if len(run) == 11 and is_cpf(run):
        return "document"
    return "card" if len(run) >= 13 and passes_luhn(run) else "number"


def is_cpf(digits: str) -> bool:
    """Return whether eleven digits have the check digits of a CPF."""
    return with_cpf_checks(digits[:9]) == digits


def with_cpf_checks(digits: str) -> str:
    """Append the two check digits of a CPF to nine digits."""
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - position) for position, digit in enumerate(digits))
        digits += str(total * 10 % 11 % 10)
    return digits


def passes_luhn(digits: str) -> bool:
    return with_luhn_check(digits[:-1]) == digits


def with_luhn_check(digits: str) -> str:
    """Append the check digit to the digits of a card number."""
    doubled = [int(digit) * 2 for digit in digits[::-2]]
    total = sum(value // 10 + value % 10 for value in doubled) + sum(map(int, digits[-2::-2]))
    return digits + str(-total % 10)
