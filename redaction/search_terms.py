"""Search terms of a personal value: the value, and its parts that also identify the person."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from pii_sandbox.redaction import decodings, detectors
from pii_sandbox.redaction.bodies import parse_json

LONG = 60  # characters; the lines of a longer value are terms too
_WORD = re.compile(r"[^\W_]{4,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


def search_terms(text: str, kind: str) -> Iterator[str]:
    """Yield the value, and the parts of an email address, the words of a name, the lines and words of a long text."""
    yield text
    if detectors.is_email(text):
        local, _, domain = text.strip().rpartition("@")
        yield from (local, domain)
        yield from _ascii_domain(domain)
    elif kind == "name":
        yield from _WORD.findall(text)
    elif len(text) > LONG or "\n" in text:
        yield from (line.strip() for line in text.splitlines() if len(line.strip()) <= 4 * LONG)
        yield from _names(text)
    elif " " in text:
        yield from _names(text)


def contents(text: str) -> Iterator[str]:
    """Yield the texts that a value contains as JSON or in base64."""
    if text[:1] in {"{", "["}:
        try:
            yield from _leaves(parse_json(text))
        except ValueError:
            return
    elif _BASE64.fullmatch(text):
        try:
            content = base64.b64decode(
                text.translate(str.maketrans("-_", "+/")) + "=="
            ).decode()  # more than needed are ignored
        except (binascii.Error, UnicodeDecodeError):
            return
        yield content


def is_distinctive(text: str) -> bool:
    """Return whether a term is long enough to be searched: not a short number, nor a syllable."""
    comparable = decodings.comparable_text(text)
    letters = sum(character.isalpha() for character in comparable)
    if not letters:
        return sum(character.isdigit() for character in comparable) >= 5
    return len(comparable) >= 3 or (len(comparable) == 2 and not comparable.isascii())


def _names(text: str) -> Iterator[str]:
    """Return the words that are probably proper names: those with a capital letter."""
    return (word for word in _WORD.findall(text) if len(word) >= 5 and not word[0].islower())


def _ascii_domain(domain: str) -> Iterator[str]:
    if not domain.isascii():
        try:
            yield domain.encode("idna").decode()
        except UnicodeError:
            return


def _leaves(value: Any) -> Iterator[str]:
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest += value.values()
        elif isinstance(value, list):
            rest += value
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            yield str(value)
