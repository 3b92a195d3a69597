"""Pseudonymizer of one exchange: learns its personal values, then replaces them in JSON values and texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from pii_sandbox.redaction.bodies import replace_surrogates, scalar_text
from pii_sandbox.redaction.detectors import EMAIL
from pii_sandbox.redaction.pseudonyms import CREDENTIAL, PLAIN_NAME, kind_by_name, pseudonym
from pii_sandbox.redaction.scalars import scalars, with_scalars
from pii_sandbox.redaction.schema_marks import SchemaMark, SchemaNode, SchemaWalker
from pii_sandbox.redaction.value_cache import ValueCache, derived_value
from pii_sandbox.redaction.value_search import FEWEST_DIGITS, ValueSearch

SHORTEST = 3  # characters; shorter values occur in too many other words to be searched
LONGEST = 256
_DISTINCTIVE = 8  # characters
_PERSONAL_KINDS = frozenset({"email", "phone", "document", "name"})
_LARGE = 10 ** (FEWEST_DIGITS - 1)  # a smaller number is not searched for personal values


class _LearnedJson(NamedTuple):
    """A JSON value, its scalars with the marked ones redacted, and the names in it that no schema defines.

    `value`: kept so that no other value gets its id.
    `unmarked`: the positions of the scalars that are yet to be redacted, each with whether it has a fixed format.
    """

    value: Any
    scalars: list[Any]
    unmarked: list[tuple[int, bool]]
    undefined: set[str]


class Pseudonymizer:
    """Replaces marked values, and all occurrences of learned values in other texts.

    Values that no document describes are replaced too, except booleans. `values`: learned from the start (value →
    kind). `plain`: values that are not personal, such as a document's examples.
    """

    def __init__(
        self,
        values: Mapping[str, str] | None = None,
        plain: frozenset[str] = frozenset(),
        cache: ValueCache | None = None,
    ) -> None:
        self._plain = plain
        self._cache = ValueCache() if cache is None else cache
        self._texts: dict[tuple[str, bool], str] = {}
        self._indexed = 0  # of the values, in the order in which they were learned
        self._search = ValueSearch(
            self.pseudonym, loose_numbers=True, whole_words=True, depth=0, texts=self._cache.texts
        )
        self._learned: dict[int, _LearnedJson] = {}  # by id of the JSON value
        self.values: dict[str, str] = {}
        for value, kind in (values or {}).items():
            if value not in plain:
                self.add(value, kind)

    def add(self, value: str, kind: str) -> None:
        """Learn a value: replace it in all texts from now on."""
        if value not in self.values:
            self._cache.add(kind, value)
            self.values[value] = kind
            self._texts.clear()

    def learn(self, value: Any, mark: SchemaMark | None) -> None:
        """Learn a value that is marked, or that no document describes."""
        if mark is None or value is None or isinstance(value, bool):
            return
        text = scalar_text(value)
        if text in self._plain:
            return
        kind = CREDENTIAL if mark.secret else kind_by_name(mark.name, text)
        if text not in self.values and _is_searched(text, kind, mark):
            self.add(text, kind)

    def _learn_marked(self, value: Any, mark: SchemaMark) -> Any:
        """Learn a marked value and return it redacted: `learn` and `value` in one."""
        if not isinstance(value, str) or mark.masked or mark.secret:
            self.learn(value, mark)
            return self.value(value, mark)
        if value == "" or value in self._plain:
            return value
        kind = kind_by_name(mark.name, value)
        if value not in self.values and _is_searched(value, kind, mark):
            self.add(value, kind)
        return self.pseudonym(kind, value)

    def learn_json(self, value: Any, node: SchemaNode, *, trusted: bool = False) -> None:
        """Learn the values of a JSON value. `trusted`: values that no document describes are not personal."""

        def visit(value: Any, name: str, mark: SchemaMark | None, node: SchemaNode) -> None:
            self.learn(value, mark or undescribed_mark(name, node, trusted=trusted))

        try:
            found, undefined = scalars(value, node)
        except RecursionError:
            SchemaWalker(visit).value(value, node)
            return
        learned: list[Any] = []
        unmarked: list[tuple[int, bool]] = []
        for scalar, name, mark, scalar_node in found:
            given = mark or undescribed_mark(name, scalar_node, trusted=trusted)
            if given is None:
                unmarked.append((len(learned), scalar_node.is_formatted))
                learned.append(scalar)
            else:
                learned.append(self._learn_marked(scalar, given))
        self._learned[id(value)] = _LearnedJson(value, learned, unmarked, undefined)

    def json(self, value: Any, node: SchemaNode, *, trusted: bool = False) -> Any:
        """Return a redacted copy of a JSON value. Call it once all values are learned."""
        learned = self._learned.pop(id(value), None)
        if learned is not None and self._keeps_names(learned.undefined):
            redacted = learned.scalars
            for position, formatted in learned.unmarked:
                redacted[position] = self._redact_unmarked(redacted[position], formatted)
            return with_scalars(value, iter(redacted).__next__)

        def visit(value: Any, name: str, mark: SchemaMark | None, node: SchemaNode) -> Any:
            return self.value(value, mark or undescribed_mark(name, node, trusted=trusted), formatted=node.is_formatted)

        return SchemaWalker(visit, rename=self.name).value(value, node)

    def value(self, value: Any, mark: SchemaMark | None, *, formatted: bool = False) -> Any:
        """Redact one value. None and undescribed booleans are returned unchanged."""
        if mark is None:
            return self._redact_unmarked(value, formatted)
        if value is None or value == "" or (not mark.described and isinstance(value, bool)):
            return value
        text = scalar_text(value)
        if text in self._plain:
            return value
        if mark.secret:
            return self.pseudonym(CREDENTIAL, text)
        if mark.masked and "*" in text:
            return self.pseudonym("masked", text)
        return self.pseudonym(kind_by_name(mark.name, text), text)

    def text(self, text: str, *, formatted: bool = False) -> str:
        """Redact a text that is not personal itself: replace learned values, email addresses and long numbers in it.

        `formatted`: the text has a fixed format, so that only learned values are replaced.
        """
        if self._cache.is_harmless(text, detect=not formatted):
            return text
        key = (text, formatted)
        redacted = self._texts.get(key)
        if redacted is None:
            self._index_values()
            redacted = self._texts[key] = self._search.replace(replace_surrogates(text), detect=not formatted)
        return redacted

    def redact_emails(self, text: str) -> str:
        """Replace only the email addresses of a text."""
        return EMAIL.sub(lambda match: self.pseudonym("email", match["email"]), text) if "@" in text else text

    def name(self, name: str) -> str:
        """Redact the name of an undocumented property."""
        return self.text(name) if PLAIN_NAME.fullmatch(name) else self.pseudonym("name", name)

    def _keeps_names(self, names: Iterable[str]) -> bool:
        return all(self.name(name) == name for name in names)

    def pseudonym(self, kind: str, value: str) -> str:
        return self._cache.derive(kind, value).pseudonym

    def _index_values(self) -> None:
        """Add the values that were learned since the last search to the search: most exchanges need none."""
        for value, kind in islice(self.values.items(), self._indexed, None):
            self._search.add_terms(*self._cache.derive(kind, value)[1:])
        self._indexed = len(self.values)

    def _redact_unmarked(self, value: Any, formatted: bool) -> Any:
        if isinstance(value, str):
            return self.text(value, formatted=formatted)
        if isinstance(value, int | float) and not -_LARGE < value < _LARGE:
            text = scalar_text(value)
            redacted = self.text(text, formatted=True)
            return value if redacted == text else redacted
        return value


def _is_searched(text: str, kind: str, mark: SchemaMark) -> bool:
    """Whether a personal value is looked for in other texts."""
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        return False
    if not mark.described and kind not in _PERSONAL_KINDS and len(text) < _DISTINCTIVE:
        return False  # a short word that no schema marks: it may occur in any text
    return mark.secret or not mark.masked or "*" not in text


def undescribed_mark(name: str, node: SchemaNode, *, trusted: bool = False) -> SchemaMark | None:
    """Return the mark of an unmarked value: None if a document describes it."""
    return None if trusted or node.is_described else SchemaMark(name, described=False)


def values_search(values: Mapping[str, str]) -> ValueSearch:
    """Return a search that replaces each of the values (value → kind) by its pseudonym, in any spelling.

    Only whole words match: `Ana` is not found in `Anagram`, `ana@example.com` not in `mari.ana@example.com`.
    """
    search = ValueSearch(pseudonym, whole_words=True, depth=0)
    for value, kind in values.items():
        search.add_terms(*derived_value(kind, value)[1:])
    return search
