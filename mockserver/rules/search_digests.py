"""Search digests: small summaries of many records that show that a person does not occur in them.

There are two: the surroundings of every `@` (plain, percent-encoded and in base64), and a hash of the digits of every
text. A value that is not in the digest is in none of the records; one that is may be. A digest over MOST_BYTES is not
kept (None), so that digests take a fraction of the memory of the records.
"""

from __future__ import annotations

import base64
import binascii
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import orjson

MOST_BYTES = 1 << 18  # of a digest; that of 512 seeded shoppers has about 30,000
_SHORTEST_EMAIL = 12
_FEWEST_DIGITS = 5

_PLAIN = re.compile(r"[!#-\[\]-~]*")  # printable, no character that JSON escapes
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_BASE64_IN_JSON = re.compile(
    rb'"([A-Za-z0-9+/]{16,}+={0,2}+)"'
)  # 16 characters: 12 bytes, as long as the shortest email
_ESCAPE = re.compile(rb"\\(?:u....|.)")
_DIGITS = re.compile(rb"[0-9]{%d,}" % _FEWEST_DIGITS)
_NUMBER = re.compile(rb"[\[,:]([-+.0-9e]{%d,}+)(?=[,\]}])" % _FEWEST_DIGITS)
_NEITHER_DIGIT_NOR_QUOTE = bytes(code for code in range(256) if code not in b'"0123456789')


def covers_email(folded: str) -> bool:
    """Return whether a case-folded email can be searched in a digest of emails."""
    return len(folded) >= _SHORTEST_EMAIL and folded.count("@") == 1 and is_plain(folded)


def is_plain(text: str) -> bool:
    """Return whether a text is ASCII that JSON writes as it is."""
    return _PLAIN.fullmatch(text) is not None


def covers_value(value: str) -> bool:
    """Return whether a value of letters and digits can be searched in a digest of numbers."""
    return value.isascii() and len(_digits(value.encode())) >= _FEWEST_DIGITS


def emails(records: Iterable[Mapping[str, Any]]) -> bytes | None:
    """Return the text around each `@` of the records, one per line, in lower case; percent and base64 decoded."""
    raw = _json(records)
    if raw is None:
        return None
    lines = set(_surroundings(folded_json(raw)))
    if b"%" in raw:
        lines.update(_surroundings(unquote(raw.decode()).casefold().encode()))
    for text in set(_BASE64_IN_JSON.findall(raw)):
        if len(text) % 4 == 0 and "@" in (decoded := base64_text(text.decode())):
            lines.update(_surroundings(decoded.casefold().encode()))
    return _limit_size(b"\n".join(lines))


def numbers(records: Iterable[Mapping[str, Any]]) -> bytes | None:
    """Return hashes of the digits of each text of the records, ignoring separators."""
    raw = _json(records)
    if raw is None:
        return None
    found = set(_DIGITS.findall(_digits(without_escapes(raw))))
    if raw.find(b"[", 1) > 0:  # no quotes separate the numbers of an array
        found.update(map(_digits, _NUMBER.findall(raw)))
    return _limit_size(array("q", map(hash, found)).tobytes())


def number(value: str) -> bytes:
    """Return the entry of a value in a digest of numbers."""
    return array("q", [hash(_digits(value.encode()))]).tobytes()


def folded_json(raw: bytes) -> bytes:
    """Return JSON with its texts case-folded as `str.casefold` does: the Kelvin sign is a k, for instance."""
    return raw.lower() if raw.isascii() else raw.decode().casefold().encode()  # `lower` is many times as fast


def without_escapes(raw: bytes) -> bytes:
    """Return JSON without the characters that it escapes, none of which is a letter or a digit."""
    return _ESCAPE.sub(b"", raw) if b"\\" in raw else raw


def base64_text(text: str) -> str:
    """Decode a base64 text; empty if it is not base64."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return ""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _surroundings(text: bytes) -> Iterator[bytes]:
    """Yield the text around each `@`, up to the nearest quote or `@` on both sides."""
    left, *others = text.split(b"@")
    for right in others:
        end = right.find(b'"')
        yield b"%b@%b" % (left[left.rfind(b'"') + 1 :], right if end < 0 else right[:end])
        left = right


def _digits(text: bytes) -> bytes:
    return text.translate(None, _NEITHER_DIGIT_NOR_QUOTE)


def _json(records: Iterable[Mapping[str, Any]]) -> bytes | None:
    try:
        return orjson.dumps(list(records))
    except TypeError:  # an integer over 64 bits, or half a surrogate pair
        return None


def _limit_size(digest: bytes) -> bytes | None:
    return digest if len(digest) <= MOST_BYTES else None
