"""Aho-Corasick index of search terms: finds any number of terms in one pass over a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

from pii_sandbox.redaction import decodings, detectors

LONGEST = 64  # characters of a term
LONG = 8  # characters; a longer text is found within words too
LONGEST_PHONE = 15  # digits
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
        self._automata: list[ahocorasick.Automaton] = []

    def __len__(self) -> int:
        return len(self._terms)

    def get(self, text: str) -> Term | None:
        return self._terms.get(text)

    def add(self, term: Term) -> None:
        """Add a term if its text is new; a term that matches within words replaces one that does not."""
        existing = self._terms.get(term.text)
        if existing is None or (existing.whole and not term.whole):
            self._terms[term.text] = term
            self._added.append(term)

    def search(self, text: str) -> list[tuple[int, int, Term]]:
        """Return start, end and term of each occurrence, by end; of those with one end, the longest first."""
        if self._added:
            self._build()
        found = (
            (last + 1 - len(term.text), last + 1, term)
            for automaton in self._automata
            for last, term in automaton.iter(text)
        )
        return sorted(found, key=_by_end)

    def occurs_in(self, text: str) -> bool:
        """Whether any of the terms occurs in the text."""
        if self._added:
            self._build()
        return any(next(automaton.iter(text), None) is not None for automaton in self._automata)

    def _build(self) -> None:
        terms = self._added
        while self._automata and len(self._automata[-1]) < 2 * len(terms):
            terms = [*self._automata.pop().values(), *terms]
        automaton = ahocorasick.Automaton()
        for term in terms:
            automaton.add_word(term.text, term)
        automaton.make_automaton()
        self._automata.append(automaton)
        self._added = []


def _by_end(match: tuple[int, int, Term]) -> tuple[int, int]:
    start, end, _ = match
    return end, start


def pieces(text: str) -> Iterator[str]:
    """Yield a text; of a long one, overlapping parts that cover it, so that it is also found truncated.

    At most LONGEST terms can then end at one position of a text: search time does not grow with the lengths of terms.
    """
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
    count = max(1, len(digits) - TAIL) if len(digits) <= LONGEST_PHONE else 1
    ends = (digits[start:] for start in range(count))
    distinctive = filter(detectors.has_distinct_digits, ends)
    return [Term(piece, replacement, whole) for end in distinctive for piece in pieces(end)]
