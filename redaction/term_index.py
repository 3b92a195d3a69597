"""Aho-Corasick index of search terms: finds any number of terms in one pass over a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from pii_sandbox.redaction import decodings, detectors

LONGEST = 64  # characters of a term
LONG = 8  # characters; a longer text is found within words too
TAIL = 8  # digits; the end of a phone number that people write without country and area code


@dataclass(frozen=True, slots=True)
class Term:
    """A search term. `whole`: it matches only outside of longer words and numbers."""

    text: str
    replacement: str
    whole: bool


class TermIndex:
    """A growing set of terms. Not safe to share between threads.

    Holds automata of decreasing sizes, each at least twice the next, so that terms can be added between searches
    without rebuilding all of them.
    """

    def __init__(self) -> None:
        self._terms: dict[str, Term] = {}
        self._added: list[Term] = []
        self._automata: list[tuple[list[Term], ahocorasick.Automaton]] = []

    def __len__(self) -> int:
        return len(self._terms)

    def get(self, text: str) -> Term | None:
        return self._terms.get(text)

    def add(self, term: Term) -> bool:
        """Add a term if its text is new; a term that matches within words replaces one that does not."""
        existing = self._terms.get(term.text)
        if existing is not None and (term.whole or not existing.whole):
            return False
        self._terms[term.text] = term
        self._added.append(term)
        return True

    def search(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Yield start, end and term of each occurrence, overlapping ones too; for the same end, the longest first."""
        if self._added:
            self._build()
        for _, automaton in self._automata:
            for last, term in automaton.iter(text):
                yield last + 1 - len(term.text), last + 1, term

    def occurs_in(self, text: str) -> bool:
        """Whether any of the terms occurs in the text."""
        if self._added:
            self._build()
        return any(next(automaton.iter(text), None) is not None for _, automaton in self._automata)

    def _build(self) -> None:
        terms = self._added
        while self._automata and len(self._automata[-1][0]) < 2 * len(terms):
            terms = self._automata.pop()[0] + terms
        automaton = ahocorasick.Automaton()
        for term in terms:
            automaton.add_word(term.text, term)
        automaton.make_automaton()
        self._automata.append((terms, automaton))
        self._added = []


def pieces(text: str) -> Iterator[str]:
    """Yield a text; of a long one, overlapping parts that cover it, so that it is also found truncated.

    At most LONGEST terms can then end at one position of a text: search time does not grow with the lengths of terms.
    """
    if len(text) <= LONGEST:
        yield text
        return
    for start in range(0, len(text) - LONGEST, LONGEST // 2):
        yield text[start : start + LONGEST]
    yield text[-LONGEST:]


def text_terms(text: str, replacement: str, *, whole_words: bool) -> list[Term]:
    """Return the terms that find a text; none for a text of less than two characters."""
    term = decodings.comparable_text(text)
    if len(term) < 2:
        return []
    if whole_words or len(term) < LONG or (term.isdigit() and len(term) <= LONGEST):
        return [Term(term, replacement, whole=True)]
    return [Term(piece, replacement, whole=False) for piece in pieces(term)]


def number_terms(digits: str, replacement: str, *, whole: bool) -> list[Term]:
    """Return the terms that find a number among digits: the number and, if it may be a phone number, its ends."""
    tails = range(len(digits) - TAIL) if 10 <= len(digits) <= 15 else ()
    ends = (digits[start:] for start in (0, *tails))
    distinctive = filter(detectors.has_distinct_digits, ends)
    return [Term(piece, replacement, whole) for end in distinctive for piece in pieces(end)]
