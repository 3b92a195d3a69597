"""Residue search: finds the fields of stored documents in which a person still occurs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import orjson

from pii_sandbox.mockserver.rules import search_digests
from pii_sandbox.mockserver.rules.search_digests import base64_text, folded_json
from pii_sandbox.mockserver.store import Part

SHORTEST_VALUE, LONGEST_VALUE = 6, 64  # characters; shorter values fit many people
_SEPARATORS = re.compile(r"[\W_]+")
_PUNCTUATION = bytes(code for code in range(128) if not chr(code).isalnum())


@dataclass(frozen=True, slots=True)
class DataSubject:
    """A person: email address and, if they are known, other identifying values, and ids of the person's records."""

    email: str
    values: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    _wanted: str = field(init=False, compare=False)
    _pattern: re.Pattern[str] = field(init=False, compare=False)
    _encoded: re.Pattern[bytes] = field(init=False, compare=False)
    _cache: dict[str, bool] = field(init=False, compare=False, default_factory=dict)  # a cache: most texts repeat

    def __post_init__(self) -> None:
        wanted = folded(self.email)
        object.__setattr__(self, "_wanted", wanted)
        # only whole addresses: `ana@example.com` is not in `mari.ana@example.com`
        object.__setattr__(self, "_pattern", re.compile(rf"(?<!\w)(?<!\w[.+-]){re.escape(wanted)}(?!\w|[.-]\w)"))

        # characters that are not ASCII do not count: case folding may have made more of them, as of `ŉ`
        shortest = sum(map(str.isascii, wanted)) * 4 // 3
        object.__setattr__(self, "_encoded", re.compile(rb'"([A-Za-z0-9+/]{%d,}={0,2})"' % shortest))

    def may_be_in(self, value: Any) -> bool:
        """Return False if the person certainly does not occur in a JSON-like value, such as the records of a table.

        A fast check of all texts at once. Ignores `ids`, since dependents are found by their keys.
        """
        try:
            raw = orjson.dumps(value)
        except TypeError:  # an integer over 64 bits
            return True
        return self._email_in(raw) or self._values_in(raw)

    def may_be_among(self, part: Part) -> bool:
        """Return False if the person certainly does not occur in a part of a collection. Uses cached digests."""
        return self._email_among(part) or self._values_among(part)

    def _email_among(self, part: Part) -> bool:
        emails = part.derived(search_digests.emails) if search_digests.covers_email(self._wanted) else None
        if emails is None:
            return self.may_be_in(list(part.records.values()))
        return self._wanted.encode() in emails

    def _values_among(self, part: Part) -> bool:
        if not self.values:
            return False
        numbers = part.derived(search_digests.numbers) if all(map(search_digests.covers_value, self.values)) else None
        if numbers is None:
            return self.may_be_in(list(part.records.values()))
        return any(search_digests.number(value) in numbers for value in self.values)

    def _email_in(self, raw: bytes) -> bool:
        wanted = self._wanted
        if _in_json(wanted) in folded_json(raw):
            return True
        if not search_digests.is_plain(wanted):
            return b"%" in raw or self._encoded.search(raw) is not None
        if b"%" in raw and wanted in unquote(raw.decode()).casefold():
            return True
        return any(wanted in base64_text(text.decode()).casefold() for text in set(self._encoded.findall(raw)))

    def _values_in(self, raw: bytes) -> bool:
        if not self.values:
            return False
        alphanumeric = _alphanumeric(raw)
        return any(value.encode() in alphanumeric for value in self.values)

    def is_in(self, text: str) -> bool:
        """Return whether the text is one of `values`, or contains the email in any case, percent-encoded or base64."""
        cached = self._cache.get(text)
        if cached is None:
            cached = self._cache[text] = self._search(text)
        return cached

    def _search(self, text: str) -> bool:
        if self._in_plain(text) or (self.values and comparable_number(text) in self.values):
            return True
        return ("%" in text and self._in_plain(unquote(text))) or self._in_plain(base64_text(text))

    def _in_plain(self, text: str) -> bool:
        text = text.casefold()
        return self._wanted in text and self._pattern.search(text) is not None


def _alphanumeric(raw: bytes) -> bytes:
    """Return the letters and digits of JSON, as `comparable_number` compares them."""
    folded_raw = folded_json(search_digests.without_escapes(raw))
    if folded_raw.isascii():
        return folded_raw.translate(None, _PUNCTUATION)
    return _SEPARATORS.sub("", folded_raw.decode()).encode()


def _in_json(text: str) -> bytes:
    """Return the text as JSON, without the quotes."""
    return orjson.dumps(text)[1:-1]


def folded(text: str) -> str:
    return text.strip().casefold()


def comparable_number(text: str) -> str:
    """Return the letters and digits of a phone or document number; empty if it is too short or too long."""
    if not SHORTEST_VALUE <= len(text) <= LONGEST_VALUE:
        return ""
    alphanumeric = _SEPARATORS.sub("", text.casefold())
    return alphanumeric if len(alphanumeric) >= SHORTEST_VALUE else ""


def residue_paths(value: Any, subject: DataSubject, at: str = "") -> Iterator[str]:
    """Yield the dotted paths of texts, numbers and property names in which the person occurs; items count from 0.

    A property whose name is the person, or anybody's email address, is `*` in the path: paths show no personal data.
    """
    if isinstance(value, str):
        if subject.is_in(value):
            yield at
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            named = subject.is_in(name)
            shown = "*" if named or "@" in name else name
            below = f"{at}.{shown}" if at else shown
            if named:
                yield below
            else:
                yield from residue_paths(inner, subject, below)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if subject.is_in(str(value)):  # a document or phone number that a client sent as a number
            yield at
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from residue_paths(inner, subject, f"{at}.{index}" if at else str(index))


def in_record(record: Mapping[str, Any], subject: DataSubject) -> list[str]:
    """Return the paths in a stored record {"id", "value", "keys"}; also keys that are one of the subject's `ids`."""
    fields = ["id"] if subject.is_in(record["id"]) else []
    fields += residue_paths(record["value"], subject)
    for name, key in record["keys"].items():
        if key in subject.ids or subject.is_in(key):
            fields.append(f"keys.{name}")
    return fields
