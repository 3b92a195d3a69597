"""Pseudonymizer of one exchange: learns its personal values, then shows JSON values and texts without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.redaction.bodies import wellformed, written
from pii_sandbox.redaction.detectors import EMAIL, digits
from pii_sandbox.redaction.pseudonyms import CREDENTIAL, PLAIN_NAME, kind_by_name, pseudonym
from pii_sandbox.redaction.schema_marks import Mark, SchemaNode, Walk, scalars
from pii_sandbox.redaction.term_index import Term
from pii_sandbox.redaction.value_search import FEWEST_DIGITS, ValueSearch, number_terms, text_terms

SHORTEST = 3  # characters: what is shorter stands in too many other words to be searched
LONGEST = 256
_DISTINCTIVE = 8
_OF_PEOPLE = frozenset({"email", "phone", "document", "name"})
_NUMBERS = frozenset({"number", "card"})  # for the journal they are documents
_LARGE = 10 ** (FEWEST_DIGITS - 1)  # a number that may be somebody's


# What a value is replaced by, and the terms that find it in texts and in numbers, by kind and value. It holds personal
# data, so it should live no longer than the exchanges that are shown.
ValueCache = dict[tuple[str, str], tuple[str, list[Term], list[Term]]]


class Pseudonymizer:
    """Replaces what is personal or secret: at marked places, and known values wherever else they stand.

    What no document describes may be anything, and is replaced too, but for truth values. `values` (value → kind) are
    known from the start; those in `plain` are nobody's, such as a document's examples.
    """

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        plain: frozenset[str] = frozenset(),
        cache: ValueCache | None = None,
    ) -> None:
        self._plain = plain
        self._cache = {} if cache is None else cache
        self._texts: dict[tuple[str, bool], str] = {}
        self._search = ValueSearch(self.pseudonym, loose_numbers=True, whole_words=True, depth=0)
        self.values: dict[str, str] = {}
        for value, kind in (values or {}).items():
            if value not in plain:
                self.add(value, kind)

    def add(self, value: str, kind: str) -> None:
        """Search for a value from now on."""
        if value not in self.values:
            self.values[value] = kind
            self._texts.clear()
            self._search.add_terms(*self._value(kind, value)[1:])

    def learn(self, value: Any, mark: Mark | None) -> None:
        """Search from now on for a value that is marked or that no document describes."""
        if mark is None or value is None or isinstance(value, bool):
            return
        text = written(value)
        if text in self.values or text in self._plain or not SHORTEST <= len(text.strip()) <= LONGEST:
            return
        kind = CREDENTIAL if mark.secret else kind_by_name(mark.name, text)
        if not mark.described and kind not in _OF_PEOPLE and len(text) < _DISTINCTIVE:
            return  # a short word that nobody says is personal: it may well stand in other texts
        if mark.secret or not mark.masked or "*" not in text:
            self.add(text, kind)

    def learn_json(self, value: Any, node: SchemaNode, *, trusted: bool = False) -> None:
        """Learn every value in it. `trusted`: what no document describes is this software's own."""
        for each, name, mark, below in scalars(value, node):
            self.learn(each, mark or undescribed(name, below, trusted=trusted))

    def json(self, value: Any, node: SchemaNode, *, trusted: bool = False) -> Any:
        """A copy of a JSON value without what is personal or secret in it. To be called once all is learned."""

        def visit(value: Any, name: str, mark: Mark | None, node: SchemaNode) -> Any:
            return self.value(value, mark or undescribed(name, node, trusted=trusted), formatted=node.is_formatted)

        return Walk(visit, rename=self.name).value(value, node)

    def value(self, value: Any, mark: Mark | None, *, formatted: bool = False) -> Any:
        """A single value as it may be shown. None stays, and what is unknown and no more than true or false."""
        if mark is None:
            return self._clear(value, formatted)
        if value is None or value == "" or (not mark.described and isinstance(value, bool)):
            return value
        text = written(value)
        if text in self._plain:
            return value
        if mark.secret:
            return self.pseudonym(CREDENTIAL, text)
        if mark.masked and "*" in text:
            return self.pseudonym("masked", text)
        return self.pseudonym(kind_by_name(mark.name, text), text)

    def text(self, text: str, *, formatted: bool = False) -> str:
        """A text that is not personal itself, without the personal values in it: the known ones, and what looks like an
        email or a long number. `formatted`: it is of a fixed form, which looks like nothing else.
        """
        key = (text, formatted)
        shown = self._texts.get(key)
        if shown is None:
            shown = self._texts[key] = self._search.replaced(wellformed(text), detect=not formatted)
        return shown

    def without_emails(self, text: str) -> str:
        """A text in which nothing but an email could tell of a person."""
        return EMAIL.sub(lambda found: self.pseudonym("email", found["email"]), text) if "@" in text else text

    def name(self, name: str) -> str:
        """The name of a property that no document knows."""
        return self.text(name, formatted=True) if PLAIN_NAME.fullmatch(name) else self.pseudonym("name", name)

    def pseudonym(self, kind: str, value: str) -> str:
        return self._value(kind, value)[0]

    def _value(self, kind: str, value: str) -> tuple[str, list[Term], list[Term]]:
        known = self._cache.get((kind, value))
        if known is None:
            known = self._cache[kind, value] = _prepared("document" if kind in _NUMBERS else kind, value)
        return known

    def _clear(self, value: Any, formatted: bool) -> Any:
        if isinstance(value, str):
            return self.text(value, formatted=formatted)
        if isinstance(value, int | float) and not -_LARGE < value < _LARGE:
            text = written(value)
            shown = self.text(text, formatted=True)
            return value if shown == text else shown
        return value


def undescribed(name: str, node: SchemaNode, *, trusted: bool = False) -> Mark | None:
    """The mark of a value that has none of its own: None where a document describes it."""
    return None if trusted or node.is_described else Mark(name, described=False)


def values_search(values: Mapping[str, str]) -> ValueSearch:
    """A search that replaces each of the values (value → kind) by its pseudonym, the longest first, in any spelling.

    A value counts as a whole: `Ana` is not found in `Anagram`, `ana@example.com` not in `mari.ana@example.com`.
    """
    search = ValueSearch(pseudonym, whole_words=True, depth=0)
    for value, kind in values.items():
        search.add_terms(*_prepared(kind, value)[1:])
    return search


def _prepared(kind: str, value: str) -> tuple[str, list[Term], list[Term]]:
    """The pseudonym of a value and the terms that find it, as a whole; a number in any punctuation."""
    replacement = pseudonym(kind, value)
    if not any(character.isalnum() or character > "\x7f" for character in value):
        return replacement, [], []
    number = digits(value)
    is_number = len(number) >= FEWEST_DIGITS and not any(map(str.isalpha, value))
    numbers = number_terms(number, replacement, whole=True) if is_number else []
    return replacement, text_terms(value, replacement, whole_words=True), numbers
