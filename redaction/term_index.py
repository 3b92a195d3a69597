"""Aho-Corasick index of search terms: finds all of them in one pass over a text, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ahocorasick

LONGEST = 64  # characters of a term


@dataclass(frozen=True, slots=True)
class Term:
    """What is searched. `whole`: it counts only where it is no part of another word or number."""

    text: str
    replacement: str
    whole: bool


class TermIndex:
    """A growing set of terms. Not safe to share between threads.

    The automata in it are of falling sizes, each at least twice the next: so terms can be added between searches
    without building everything again.
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
        """Add a term, if its text is new; one that counts within words takes the place of one that does not."""
        known = self._terms.get(term.text)
        if known is not None and (term.whole or not known.whole):
            return False
        self._terms[term.text] = term
        self._added.append(term)
        return True

    def search(self, text: str) -> Iterator[tuple[int, int, Term]]:
        """Yield start, end and term of each occurrence, overlapping ones too; of one end, the longest first."""
        if self._added:
            self._build()
        for _, automaton in self._automata:
            for last, term in automaton.iter(text):
                yield last + 1 - len(term.text), last + 1, term

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
    """Yield a text or, of a long one, overlapping parts that cover it: it is found by them, also where it was cut.

    So no more than LONGEST terms can end at one place of a text: the time that a search takes does not grow with the
    lengths of the terms.
    """
    if len(text) <= LONGEST:
        yield text
        return
    for start in range(0, len(text) - LONGEST, LONGEST // 2):
        yield text[start : start + LONGEST]
    yield text[-LONGEST:]
