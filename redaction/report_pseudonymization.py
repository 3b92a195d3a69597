"""Pseudonymizer of a whole run: learns values and their identifying parts, and replaces them in all output."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.bodies import scalar_text
from pii_sandbox.redaction.pseudonyms import TOKEN, PseudonymRegistry, comparable_value, is_pseudonym
from pii_sandbox.redaction.schema_marks import SchemaMark
from pii_sandbox.redaction.search_terms import contents, is_distinctive, search_terms
from pii_sandbox.redaction.value_search import FEWEST_DIGITS, ValueSearch, replace_matches
from pii_sandbox.redaction.vocabulary import is_vocabulary, mark_by_name

SHORT = 100  # characters; shorter texts without a match are cached

# Not personal: words of the run's own texts, and domains that are reserved or shared by millions.
# fmt: off
PUBLIC = frozenset({
    "sandbox", "default", "wrong", "none", "null", "true", "false", "anonymous", "check", "customer", "user", "string",
    "unknown", "test", "localhost", "example.com", "example.org", "example.net", "gmail.com", "googlemail.com",
    "hotmail.com", "outlook.com", "live.com", "yahoo.com", "icloud.com", "uol.com.br", "bol.com.br", "terra.com.br",
})
# fmt: on

# named values in texts that are not JSON: truncated JSON or the repr of a dict, markup, query strings
_QUOTED = re.compile(
    r"""(["'])(?P<name>[\w-]{2,40})\1\s*+:\s*+"""
    r"""(?:(["'])(?P<value>(?:(?!\3)[^\\]|\\.)*+)|(?P<bare>[\w.+-]++))"""
)
_ELEMENT = re.compile(r"<(?P<name>[\w-]{2,40})(?:\s[^<>]*+)?>(?P<value>[^<>]++)<")
_ASSIGNED = re.compile(
    r"""(?<![\w"'<-])(?P<name>[\w-]{2,40}+)=(?:(["'])(?P<value>[^"']*)\2|(?P<bare>[^\s&;,"'<>]++))"""
)


@dataclass(frozen=True, slots=True)
class _Level:
    """A container being copied: the items left, and the function that adds a copy of an item."""

    rest: Any
    keep: Any


class ReportPseudonymizer:
    """Learns values, then replaces all their occurrences. Safe to share between threads.

    `public`: words that are not personal. `reveal`: a reason to keep personal data; credentials are always replaced.
    """

    def __init__(self, *, public: Iterable[str] = (), reveal: str | None = None) -> None:
        self.reveal = reveal
        self._public = PUBLIC | {word.casefold() for word in public}
        self._pseudonyms = PseudonymRegistry()
        self._search = ValueSearch(self._pseudonyms.of)
        self._lock = threading.RLock()
        self._learned: dict[tuple[type, str, SchemaMark], str | None] = {}
        self._clean: set[str] = set()  # short texts without a match

    def learn_value(self, value: Any, mark: SchemaMark) -> str | None:
        """Learn a value and return its pseudonym; None if it is not personal."""
        text = scalar_text(value)
        key = (type(value), text, mark)
        with self._lock:
            if key not in self._learned:
                self._clean.clear()
                self._learned[key] = self._learn_new(value, text, mark)
            return self._learned[key]

    def learn_text(self, text: str) -> None:
        """Learn everything in a text that looks personal, and values after the name of a personal property."""
        with self._lock:
            for decoded in decodings.layers(text):
                for kind, start, end in detectors.detect(decoded.text):
                    self.learn_value(decoded.text[start:end], SchemaMark(kind))
                for value, mark in _named_values(decoded.text):
                    self.learn_value(value, mark)

    def _learn_new(self, value: Any, text: str, mark: SchemaMark) -> str | None:
        if not self._is_personal(text, mark, isinstance(value, str)):
            return None
        digits = detectors.digits(text)
        is_number = not any(map(str.isalpha, text))
        existing = self._search.number(digits) if is_number else None
        if existing is not None:
            self._pseudonyms.alias(text, existing)
        replacement = self._pseudonyms.of(mark.name, text)
        if is_number and len(digits) >= FEWEST_DIGITS:
            self._search.add_number(digits, replacement)
        kind = replacement.partition("#")[0]
        for term in search_terms(text, kind):
            self._add(term, self._pseudonyms.of(kind, term))
        for content in contents(text):
            self.learn_value(content, mark._replace(inherited=True))
            self.learn_text(content)
        return replacement

    def _add(self, text: str, replacement: str) -> None:
        if is_distinctive(text) and decodings.comparable_text(text) not in self._public and not is_vocabulary(text):
            self._search.add(text, replacement)

    def _is_personal(self, text: str, mark: SchemaMark, is_text: bool) -> bool:
        if not text.strip() or text == "null" or is_pseudonym(text):
            return False
        if self.reveal is not None and not mark.secret:
            return False
        if mark.secret:
            return True
        harmless = detectors.is_opaque(text) or (is_text and is_vocabulary(text))
        return not (detectors.is_masked(text) or (mark.inherited and harmless))

    def text(
        self,
        text: str,
        detect: bool = True,
        spared: Collection[str] = (),
        spared_spans: Callable[[str], Sequence[tuple[int, int]]] | None = None,
    ) -> str:
        """Replace every learned value, and everything that looks personal, by its pseudonym.

        `detect` False: only learned values. `spared`: values to keep, in any spelling. `spared_spans`: returns the
        sorted places of a text within which nothing is replaced; called only if something would be.
        """
        kept = {comparable_value(value) for value in spared}
        with self._lock:
            if text in self._clean:
                return text
            matches = self._search.matches(text, detect and self.reveal is None)
            if matches:
                tokens = [token.span() for token in TOKEN.finditer(text) if is_pseudonym(token[0])]
                matches = [match for match in matches if not decodings.is_within(match.start, match.end, tokens)]
            if not matches and len(text) <= SHORT and detect:
                self._clean.add(text)
        if kept:
            matches = [m for m in matches if comparable_value(unquote(text[m.start : m.end])) not in kept]
        if matches and spared_spans is not None:
            spans = spared_spans(text)
            matches = [match for match in matches if not decodings.is_within(match.start, match.end, spans)]
        return replace_matches(text, matches)

    def json(self, value: Any) -> Any:
        """Redact all texts and property names of a JSON value of any depth."""
        root: list[Any] = []
        levels = [_Level(iter([(None, value)]), lambda _, copy: root.append(copy))]
        while levels:
            level = levels[-1]
            name, inner = next(level.rest, (levels, None))
            if name is levels:
                levels.pop()
            elif isinstance(inner, Mapping):
                fields: dict[str, Any] = {}
                level.keep(name, fields)
                named = ((self.text(str(key)), item) for key, item in inner.items())
                levels.append(_Level(named, fields.__setitem__))
            elif isinstance(inner, list | tuple | set | frozenset):
                items: list[Any] = []
                level.keep(name, items)
                levels.append(_Level(((None, item) for item in inner), lambda _, copy, to=items: to.append(copy)))
            else:
                level.keep(name, self._scalar(inner))
        return root.pop()

    def _scalar(self, value: Any) -> Any:
        if isinstance(value, bool | None):
            return value
        text = scalar_text(value)
        redacted = self.text(text)
        return value if isinstance(value, int | float) and redacted == text else redacted


def _named_values(text: str) -> Iterator[tuple[str, SchemaMark]]:
    """Yield each value that follows the name of a personal or secret property, with its mark."""
    for pattern in (_QUOTED, _ELEMENT, _ASSIGNED):
        for match in pattern.finditer(text):
            mark = mark_by_name(match["name"])
            value = match["value"] or match.groupdict().get("bare")
            if mark is not None and value:
                yield value, mark
