"""Cache of pseudonyms, search terms and searched texts that the exchanges of one response share."""

from __future__ import annotations

from typing import NamedTuple

from pii_sandbox.redaction.detectors import digits
from pii_sandbox.redaction.plain_texts import LONGEST_KEPT, PlainTexts
from pii_sandbox.redaction.pseudonyms import pseudonym
from pii_sandbox.redaction.term_index import Term, TermIndex, number_terms, text_terms
from pii_sandbox.redaction.value_search import FEWEST_DIGITS

_NUMBERS = frozenset({"number", "card"})  # the journal calls them documents


class DerivedValue(NamedTuple):
    """The pseudonym of a value and its search terms: of whole words, and of a number in any punctuation."""

    pseudonym: str
    texts: list[Term]
    numbers: list[Term]


class ValueCache:
    """What is derived from a value or a text alone, for all exchanges of one response.

    Holds personal data, so that it should live no longer than that response. One index has the search terms of all
    exchanges: a text without any of them need not be searched for those of each exchange. That spares most when the
    values of all exchanges are learned before the first text is redacted. `texts`: plain texts for the searches.
    """

    def __init__(self) -> None:
        self.texts = PlainTexts(loose_numbers=True, is_cached=True)
        self._values: dict[tuple[str, str], DerivedValue] = {}
        self._searched: set[tuple[str, str]] = set()
        self._terms = TermIndex()
        self._numbers = TermIndex()
        self._harmless: dict[tuple[str, bool], bool] = {}

    def derive(self, kind: str, value: str) -> DerivedValue:
        """Return what is derived from a value of that kind."""
        cached = self._values.get((kind, value))
        if cached is None:
            cached = self._values[kind, value] = derived_value("document" if kind in _NUMBERS else kind, value)
        return cached

    def add(self, kind: str, value: str) -> None:
        """Add a value that an exchange searches for: a text that contains it is no longer harmless."""
        if (kind, value) in self._searched:
            return
        self._searched.add((kind, value))
        self._harmless.clear()
        derived = self.derive(kind, value)
        for term in derived.texts:
            self._terms.add(term)
        for term in derived.numbers:
            self._numbers.add(term)

    def is_harmless(self, text: str, *, detect: bool) -> bool:
        """Whether a text contains for certain no value that any exchange searches for.

        `detect`: nothing that merely looks personal either.
        """
        harmless = self._harmless.get((text, detect))
        if harmless is None:
            harmless = self._has_no_term(text, detect)
            if len(text) <= LONGEST_KEPT:
                self._harmless[text, detect] = harmless
        return harmless

    def _has_no_term(self, text: str, detect: bool) -> bool:
        plain = self.texts.read(text)
        if plain is None or (detect and plain.looks_personal) or self._terms.occurs_in(plain.canonical):
            return False
        return not (plain.numbers and self._numbers.occurs_in(plain.numbers))


def derived_value(kind: str, value: str) -> DerivedValue:
    """Derive pseudonym and search terms of a value; one without letters and digits is not searched."""
    replacement = pseudonym(kind, value)
    if not any(character.isalnum() or character > "\x7f" for character in value):
        return DerivedValue(replacement, [], [])
    number = digits(value)
    is_number = len(number) >= FEWEST_DIGITS and not any(map(str.isalpha, value))
    numbers = number_terms(number, replacement, whole=True) if is_number else []
    return DerivedValue(replacement, text_terms(value, replacement, whole_words=True), numbers)
