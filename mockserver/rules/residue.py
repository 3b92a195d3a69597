"""Where in a document a person still stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from pii_sandbox.mockserver.rules import search_digests
from pii_sandbox.mockserver.rules.search_digests import base64_text
from pii_sandbox.mockserver.store import Part

SHORTEST_VALUE, LONGEST_VALUE = 6, 64  # signs; what is shorter fits many people
_BETWEEN = re.compile(r"[\W_]+")
_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())


@dataclass(frozen=True, slots=True)
class Subject:
    """A person by email and, where they are known, by other values of theirs and by the ids of what is theirs."""

    email: str
    values: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    _wanted: str = field(init=False, compare=False)
    _pattern: re.Pattern[str] = field(init=False, compare=False)
    _encoded: re.Pattern[bytes] = field(init=False, compare=False)
    _known: dict[str, bool] = field(init=False, compare=False, default_factory=dict)  # most texts come again and again

    def __post_init__(self) -> None:
        wanted = folded(self.email)
        object.__setattr__(self, "_wanted", wanted)
        # whole: `ana@example.com` is not in `mari.ana@example.com`
        object.__setattr__(self, "_pattern", re.compile(rf"(?<!\w)(?<!\w[.+-]){re.escape(wanted)}(?!\w|[.-]\w)"))

        shortest = len(wanted.encode()) * 4 // 3
        object.__setattr__(self, "_encoded", re.compile(rb'"([A-Za-z0-9+/]{%d,}={0,2})"' % shortest))

    def may_be_in(self, value: Any) -> bool:
        """Whether it is worth looking at each text of a JSON-like value, such as the records of a whole table.

        `ids` do not count: what hangs on them is found by its keys.

        Told from all its texts at once, which is many times as fast as one after the other.
        """
        try:
            raw = orjson.dumps(value)
        except TypeError:  # an integer over 64 bits
            return True
        return self._email_in(raw) or self._others_in(raw)

    def may_be_among(self, part: Part) -> bool:
        """The same for a part of a collection, from digests that are made once: most parts are not looked at again."""
        return self._email_among(part) or self._others_among(part)

    def _email_among(self, part: Part) -> bool:
        emails = part.derived(search_digests.emails) if search_digests.covers_email(self._wanted) else None
        if emails is None:
            return self.may_be_in(list(part.records.values()))
        return self._wanted.encode() in emails

    def _others_among(self, part: Part) -> bool:
        if not self.values:
            return False
        numbers = part.derived(search_digests.numbers) if all(map(search_digests.covers_value, self.values)) else None
        if numbers is None:
            return self.may_be_in(list(part.records.values()))
        return any(search_digests.number(own) in numbers for own in self.values)

    def _email_in(self, raw: bytes) -> bool:
        wanted = self._wanted
        if not wanted.isascii():  # letters whose case only Python knows, and which JSON may spell in two ways
            text = raw.decode().casefold()
            return _in_json(wanted).decode() in text or b"%" in raw or self._encoded.search(raw) is not None
        if _in_json(wanted) in raw.lower():
            return True
        if b"%" in raw and wanted in unquote(raw.decode()).casefold():
            return True
        return any(wanted in base64_text(found.decode()).casefold() for found in set(self._encoded.findall(raw)))

    def _others_in(self, raw: bytes) -> bool:
        if not self.values:
            return False
        if not all(map(str.isascii, self.values)):
            return True
        signs = raw.lower().translate(None, _PUNCTUATION)
        return any(own.encode() in signs for own in self.values)

    def is_in(self, text: str) -> bool:
        """Whether the text holds the email (in any case, percent-encoded, in base64) or is a value of theirs."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._looked_for(text)
        return known

    def _looked_for(self, text: str) -> bool:
        if self._in_plain(text) or (self.values and bare(text) in self.values):
            return True
        if len(text) <= len(self._wanted):
            return False
        return ("%" in text and self._in_plain(unquote(text))) or self._in_plain(base64_text(text))

    def _in_plain(self, text: str) -> bool:
        text = text.casefold()
        return self._wanted in text and self._pattern.search(text) is not None


def _in_json(text: str) -> bytes:
    """The text as it stands between the quotes of JSON."""
    return orjson.dumps(text)[1:-1]


def folded(text: str) -> str:
    return text.strip().casefold()


def bare(text: str) -> str:
    """Its letters and digits, as phones and documents compare; empty for what is too short to tell people apart, and
    for long texts."""
    if not SHORTEST_VALUE <= len(text) <= LONGEST_VALUE:
        return ""
    signs = _BETWEEN.sub("", text.casefold())
    return signs if len(signs) >= SHORTEST_VALUE else ""


def traces(value: Any, subject: Subject, at: str = "") -> Iterator[str]:
    """The dotted paths of the texts, names of properties among them, in which the person is; items count from 0."""
    if isinstance(value, str):
        if subject.is_in(value):
            yield at
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            below = f"{at}.{name}" if at else name
            if subject.is_in(name):
                yield below
            else:
                yield from traces(inner, subject, below)
    elif isinstance(value, (list, tuple)):
        for place, inner in enumerate(value):
            yield from traces(inner, subject, f"{at}.{place}" if at else str(place))


def in_record(record: Mapping[str, Any], subject: Subject) -> list[str]:
    """The same for a stored record {"id", "value", "keys"}; a key that is the id of something of theirs counts too."""
    found = ["id"] if subject.is_in(record["id"]) else []
    found += traces(record["value"], subject)
    for name, key in record["keys"].items():
        if key in subject.ids or subject.is_in(key):
            found.append(f"keys.{name}")
    return found
