"""Digests of many records, small and made once, that tell where looking for a person is of no use.

Two of them: the surroundings of every `@`, in whichever of three spellings it stands, and a hash of the digits of every
text. What a digest does not hold is in none of the records; what it holds may be. Where a digest would be large, there
is none (None), so that they take a fraction of the memory of what they stand for.
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

MOST_BYTES = 1 << 18  # of a digest; 512 records of seeded shoppers have some 30,000
_SHORTEST_EMAIL = 12
_FEWEST_DIGITS = 5

_PLAIN = re.compile(r"[!#-\[\]-~]*")  # printable, with no sign that JSON escapes
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}={0,2}")
_BASE64_IN_JSON = re.compile(rb'"([A-Za-z0-9+/]{16,}+={0,2}+)"')  # 16 signs: 12 bytes, as long as the shortest email
_ESCAPE = re.compile(rb"\\(?:u....|.)")
_DIGITS = re.compile(rb"[0-9]{%d,}" % _FEWEST_DIGITS)
_NEITHER_DIGIT_NOR_QUOTE = bytes(code for code in range(256) if code not in b'"0123456789')


def covers_email(folded: str) -> bool:
    """Whether an email, folded, can be looked for in a digest of emails."""
    return len(folded) >= _SHORTEST_EMAIL and folded.count("@") == 1 and _PLAIN.fullmatch(folded) is not None


def covers_value(bare: str) -> bool:
    """Whether a value, of letters and digits alone, can be looked for in a digest of numbers."""
    return bare.isascii() and len(_digits(bare.encode())) >= _FEWEST_DIGITS


def emails(records: Iterable[Mapping[str, Any]]) -> bytes | None:
    """What stands around each `@` of the records in lower case, one a line: as it is, percent-encoded, in base64."""
    raw = _json(records)
    if raw is None:
        return None
    found = set(_surroundings(raw.lower()))
    if b"%" in raw:
        found.update(_surroundings(unquote(raw.decode()).casefold().encode()))
    for text in set(_BASE64_IN_JSON.findall(raw)):
        if len(text) % 4 == 0 and "@" in (decoded := base64_text(text.decode())):
            found.update(_surroundings(decoded.casefold().encode()))
    return _bounded(b"\n".join(found))


def numbers(records: Iterable[Mapping[str, Any]]) -> bytes | None:
    """A hash of the digits of each text of the records, without what is between them."""
    raw = _json(records)
    if raw is None:
        return None
    if b"\\" in raw:
        raw = _ESCAPE.sub(b"", raw)
    return _bounded(array("q", map(hash, set(_DIGITS.findall(_digits(raw))))).tobytes())


def number(value: str) -> bytes:
    """What a digest of numbers has for the value."""
    return array("q", [hash(_digits(value.encode()))]).tobytes()


def base64_text(text: str) -> str:
    """What the text holds in base64; empty where it is none."""
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return ""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _surroundings(text: bytes) -> Iterator[bytes]:
    """From the quote or the `@` before each `@` to the next one of these."""
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


def _bounded(digest: bytes) -> bytes | None:
    return digest if len(digest) <= MOST_BYTES else None
