"""Pseudonyms in place of personal values and credentials, the same for the same value wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from mockserver.journal import described
from mockserver.journal.described import Schema
from mockserver.rules import pseudonyms

EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
CREDENTIAL = "credential"
SHORTEST = 3  # characters: what is shorter stands in too many other words to be looked for
LONGEST = 256
_TELLING = 8
_OF_PEOPLE = frozenset({"email", "phone", "document", "name"})
LONG_NUMBER = re.compile(r"(?<![\w.:-])\+?\d(?:[ ().-]{0,2}\d){7,18}(?![\w-])")
_PLAIN_NAME = re.compile(r"[A-Za-z_$][\w.$-]{0,63}")
_FORMATTED = frozenset({"enum", "format", "pattern"})
_DIGITS = 8  # of a number that is looked for


class Mark(Enum):
    """Whether a value may be shown. UNKNOWN: no document describes it, and it may be anything."""

    CLEAR = auto()
    PERSONAL = auto()
    MASKED = auto()  # personal, and perhaps masked by the vendor already
    SECRET = auto()
    UNKNOWN = auto()


def kind_of(name: str, value: str) -> str:
    """What kind of value that is, by its own form or by the name of what holds it; spelt alike in every API."""
    folded = name.casefold()
    if EMAIL.fullmatch(value.strip()):
        return "email"
    if any(word in folded for word in ("phone", "telephone", "fax")):
        return "phone"
    if folded in ("document", "cpf", "businessdocument") or (folded.endswith("id") and value.isdecimal()):
        return "document"
    if folded.endswith("name"):
        return "name"
    return name if _PLAIN_NAME.fullmatch(name) else "value"


def mark_of(schemas: list[Schema]) -> Mark:
    if described.is_marked(schemas, described.SECRET):
        return Mark.SECRET
    if described.is_marked(schemas, "x-masked"):
        return Mark.MASKED
    if described.is_marked(schemas, "x-pii"):
        return Mark.PERSONAL
    return Mark.CLEAR if any(schemas) else Mark.UNKNOWN


class Veil:
    """Learns the personal values of one exchange, then replaces them, in other texts of it too."""

    def __init__(self, values: Mapping[str, str] | None = None, plain: frozenset[str] = frozenset()) -> None:
        self._plain = plain
        self.values: dict[str, str] = {value: kind for value, kind in (values or {}).items() if value not in plain}

    def learn(self, value: Any, name: str, mark: Mark) -> None:
        """Remembers a personal value or a credential."""
        if mark is Mark.CLEAR or value is None or isinstance(value, bool):
            return
        text = str(value)
        if text in self._plain or not SHORTEST <= len(text.strip()) <= LONGEST:
            return
        kind = CREDENTIAL if mark is Mark.SECRET else kind_of(name, text)
        if mark is Mark.UNKNOWN and kind not in _OF_PEOPLE and len(text) < _TELLING:
            return  # a short word that nobody says is personal: it may well stand in other texts
        if mark is not Mark.MASKED or "*" not in text:
            self.values.setdefault(text, kind)

    def shown(self, value: Any, name: str, mark: Mark, schemas: list[Schema] | None = None) -> Any:
        """The value as it may be shown. None stays, and what is unknown and no more than true or false."""
        if mark is Mark.CLEAR:
            formatted = any(_FORMATTED & schema.keys() for schema in schemas or ())
            return self.text(value, formatted=formatted) if isinstance(value, str) else value
        text = str(value)
        if value is None or not text or text in self._plain or (mark is Mark.UNKNOWN and isinstance(value, bool)):
            return value
        if mark is Mark.SECRET:
            return pseudonyms.pseudonym(CREDENTIAL, text)
        if mark is Mark.MASKED and "*" in text:
            return pseudonyms.pseudonym("masked", text)
        return pseudonyms.pseudonym(kind_of(name, text), text)

    def text(self, text: str, *, formatted: bool = False) -> str:
        """A text that is not personal itself, without the personal values in it: those of the exchange, and what looks
        like an email or a long number. `formatted`: it is of a fixed form, which looks like nothing else."""
        folded = text.casefold()
        digits = "".join(filter(str.isdigit, text))
        there = {value: kind for value, kind in self.values.items() if _may_hold(folded, digits, value, kind)}
        plain = pseudonyms.scrubbed(text, there) if there else text
        if formatted:
            return plain
        plain = EMAIL.sub(lambda found: pseudonyms.pseudonym("email", found[0]), plain)
        return LONG_NUMBER.sub(lambda found: pseudonyms.pseudonym(_number_kind(found[0]), found[0]), plain)

    def name(self, name: str) -> str:
        """The name of a property that no document knows."""
        return name if _PLAIN_NAME.fullmatch(name) and not EMAIL.search(name) else pseudonyms.pseudonym("name", name)


def _number_kind(text: str) -> str:
    return "phone" if text.startswith("+") else "document"


def _may_hold(folded: str, digits: str, value: str, kind: str) -> bool:
    """Whether it is worth the while to look for the value; quick, and never wrongly no."""
    if kind in pseudonyms.NUMERIC:
        wanted = "".join(filter(str.isalnum, value.casefold()))[-_DIGITS:]
        return wanted in digits if wanted.isdecimal() else any(character in folded for character in wanted)
    words = value.casefold().split()
    return bool(words) and words[0] in folded


@dataclass(frozen=True, slots=True)
class Walk:
    """Gives a copy of a JSON value in which `touch(value, name, mark, schemas)` has seen every scalar.

    `rename` sees every property name that no document knows. What hangs below a marked property is marked as it is.
    `unknown` is how values count that nothing describes.
    """

    document: Mapping[str, Any]
    touch: Callable[[Any, str, Mark, list[Schema]], Any]
    rename: Callable[[str], str] = str
    unknown: Mark = Mark.UNKNOWN

    def value(self, value: Any, schemas: Iterable[Any], name: str = "", above: Mark = Mark.CLEAR) -> Any:
        known = list(described.flattened(self.document, schemas))
        own = mark_of(known)
        if own is Mark.UNKNOWN:
            own = self.unknown
        mark = own if above in (Mark.CLEAR, Mark.UNKNOWN) or own is Mark.SECRET else above
        if isinstance(value, dict):
            return {self._named(key, known): self._property(key, item, known, mark) for key, item in value.items()}
        if isinstance(value, list):
            within = described.items(known)
            return [self.value(item, within, name, mark) for item in value]
        return self.touch(value, name, mark, known)

    def _named(self, name: str, known: list[Schema]) -> str:
        documented = any(name in schema.get("properties", {}) for schema in known)
        return name if documented else self.rename(name)

    def _property(self, name: str, value: Any, known: list[Schema], mark: Mark) -> Any:
        return self.value(value, described.inner(known, name), name, Mark.CLEAR if mark is Mark.UNKNOWN else mark)
