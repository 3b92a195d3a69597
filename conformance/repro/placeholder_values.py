"""Literals that stand for personal data in commands to repeat: of the same form, and nobody's.

What stood in one relation keeps it: the same value gives the same literal, also in other case and punctuation, and a
part of a value gives that part of its literal.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import Any

from pii_sandbox.conformance import test_customers
from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.pseudonyms import comparable_value, is_pseudonym
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.redaction.vocabulary import is_vocabulary

SHORTEST_PART = 3

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = "áàâãéêíóôõúüç"


class PlaceholderFactory:
    """Invents. `values` are all that may occur, so that parts are known as such; `kept` are used as they are.

    A literal is made when it is first asked for: an answer may hold thousands of values, of which commands need few.
    """

    def __init__(self, values: Iterable[tuple[str, SchemaMark]], kept_values: Iterable[str] = ()) -> None:
        self._kept = {comparable_value(value) for value in kept_values}
        self._literals: dict[str, str] = {}
        self._values = _ValueOrder()
        for value, mark in sorted(values, key=lambda pair: -len(pair[0])):
            bare = comparable_value(value)
            if not self._stays(value, bare, mark) and value not in mark.choices:
                self._values.add(bare, value)

    def of(self, value: Any, mark: SchemaMark) -> Any:
        """The literal for a value. Truth values, masked texts and what is kept stay; numbers stay numbers."""
        if isinstance(value, bool) or value is None:
            return value
        text = str(value)
        literal = self._literal(text, mark)
        try:
            return type(value)(literal)
        except ValueError:  # no digits alone: an exponent, infinity
            return type(value)(next(_stream(comparable_value(text))))

    def knows(self, text: str) -> bool:
        return comparable_value(text) in self._values

    def mentions(self, text: str) -> bool:
        """Whether a value stands in the text, as people would read it."""
        words = decodings.comparable_text(text)
        return any(len(bare) > SHORTEST_PART and bare in words for bare in self._values)

    def _literal(self, text: str, mark: SchemaMark) -> str:
        bare = comparable_value(text)
        if self._stays(text, bare, mark):
            return text
        if text in mark.choices:
            others = [choice for choice in mark.choices if choice != text]
            return others[next(_stream(bare)) % len(others)] if others else text
        self._values.add(bare, text)
        return _in_spelling(self._literal_of(bare), text)

    def _stays(self, text: str, bare: str, mark: SchemaMark) -> bool:
        if not bare or bare in self._kept or (detectors.is_masked(text) and not mark.secret):
            return True
        return mark.inherited and (detectors.is_opaque(text) or is_vocabulary(text))

    def _literal_of(self, bare: str) -> str:
        if bare not in self._literals:
            part = self._part(bare)
            self._literals[bare] = _placeholder(self._values.first_spelling(bare), bare) if part is None else part
        return self._literals[bare]

    def _part(self, bare: str) -> str | None:
        """The same part of the literal of a longer value that has this one in it."""
        if len(bare) < SHORTEST_PART:
            return None
        for known, start in self._values.values_containing(bare):
            literal = comparable_value(self._literal_of(known))
            if len(known) == len(literal):
                return literal[start : start + len(bare)]
        return None


class _ValueOrder:
    """Comparable forms of values in the order in which they came, and a search among those before one.

    They stand in one text, a line each, so that a search takes no step of Python for each of them. No comparable form
    has a line break.
    """

    def __init__(self) -> None:
        self._spellings: dict[str, str] = {}
        self._begins: dict[str, int] = {}
        self._order: list[str] = []
        self._starts: list[int] = []
        self._joined = ""
        self._length = 0

    def __contains__(self, bare: str) -> bool:
        return bare in self._spellings

    def __iter__(self) -> Iterator[str]:
        return iter(self._spellings)

    def add(self, bare: str, spelling: str) -> None:
        if bare not in self._spellings:
            self._spellings[bare] = spelling
            self._begins[bare] = self._length
            self._order.append(bare)
            self._starts.append(self._length)
            self._length += len(bare) + 1

    def first_spelling(self, bare: str) -> str:
        return self._spellings[bare]

    def values_containing(self, bare: str) -> Iterator[tuple[str, int]]:
        """Each earlier value that has this one in it, and where."""
        if len(self._joined) < self._length:
            self._joined = "".join(f"{one}\n" for one in self._order)
        at, end = 0, self._begins[bare]
        while (at := self._joined.find(bare, at, end)) >= 0:
            index = bisect.bisect_right(self._starts, at) - 1
            yield self._order[index], at - self._starts[index]
            at = self._joined.index("\n", at)


def _placeholder(text: str, bare: str) -> str:
    rng = _stream(bare)
    if is_pseudonym(text):
        return _of_same_kind(text, rng)
    if detectors.is_email(text):
        local = text.rpartition("@")[0]
        mark = test_customers.MARK if local.startswith(test_customers.MARK) else ""
        return f"{mark}{_substitute(local[len(mark) :], rng)}@{test_customers.DOMAIN}"
    if _DAY.fullmatch(text):
        return _day(rng)
    if text.startswith("+"):
        return text[:3] + _substitute(text[3:], rng)  # the country's code stays
    digits = detectors.digits(text)
    if bare == digits and detectors.is_cpf(digits):
        return _in_punctuation(detectors.with_cpf_checks(_substitute(digits[:9], rng)), text)
    if 13 <= len(digits) <= 19 and bare == digits and detectors.passes_luhn(digits):
        return _in_punctuation(detectors.with_luhn_check(_substitute(digits[:-1], rng)), text)
    return _substitute(text, rng)


def _of_same_kind(pseudonym: str, rng: Iterator[int]) -> str:
    """Something of a pseudonym's kind, where the value itself is not known any more."""
    kind, _, digest = pseudonym.partition("#")
    match kind:
        case "email":
            return f"{test_customers.MARK}.{digest}@{test_customers.DOMAIN}"
        case "phone":
            return f"+5511{_digits(rng, 8)}"
        case "document":
            return detectors.with_cpf_checks(_digits(rng, 9))
        case "card":
            return detectors.with_luhn_check(f"4{_digits(rng, 14)}")
        case "birthdate":
            return _day(rng)
    return f"{kind}-{digest}"


def _day(rng: Iterator[int]) -> str:
    return f"{1950 + next(rng) % 50}-{1 + next(rng) % 12:02}-{1 + next(rng) % 28:02}"


def _digits(rng: Iterator[int], many: int) -> str:
    return "".join(str(number % 10) for number in islice(rng, many))


def _substitute(text: str, rng: Iterator[int]) -> str:
    """A letter for each letter, a digit for each digit; no zero in front."""
    return "".join(_other_character(character, next(rng), index) for index, character in enumerate(text))


def _other_character(character: str, number: int, index: int) -> str:
    if character.isdecimal():
        return str(1 + number % 9) if index == 0 and character != "0" else str(number % 10)
    if not character.isalpha():
        return character
    if character.isascii():
        other = _LETTERS[number % 26]
    elif character.lower() != character.upper():
        other = _ACCENTED[number % len(_ACCENTED)]
    else:
        return chr(0x4E00 + number)
    return other.upper() if character.isupper() else other


def _in_spelling(literal: str, text: str) -> str:
    """The literal in the case and the punctuation of another spelling of its value."""
    if "@" in literal:
        (local, _, domain), (old_local, _, old_domain) = literal.rpartition("@"), text.rpartition("@")
        return f"{_in_case(local, old_local)}@{domain.upper() if old_domain.isupper() else domain}"
    if comparable_value(text).isdigit():
        return _in_punctuation(detectors.digits(literal), text)
    return _in_case(literal, text)


def _in_case(literal: str, text: str) -> str:
    if len(literal) != len(text):
        return literal
    pairs = zip(literal, text, strict=True)
    return "".join(new.upper() if old.isupper() else new.lower() for new, old in pairs)


def _in_punctuation(digits: str, text: str) -> str:
    """The digits in the punctuation of a text that has as many."""
    if len(detectors.digits(text)) != len(digits):
        return digits
    rest = iter(digits)
    return "".join(next(rest) if character.isdecimal() else character for character in text)


def _stream(bare: str) -> Iterator[int]:
    """Numbers that depend on the whole value and tell nothing of it."""
    for block in count():
        text = f"{block}/{decodings.comparable_text(bare)}"
        yield from hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()
