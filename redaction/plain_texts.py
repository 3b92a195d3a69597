"""Plain texts: what a value search needs to know of a text without escapes, cached for searches that share it."""

from __future__ import annotations

import re
from typing import NamedTuple

from pii_sandbox.redaction import decodings, detectors

LONGEST_KEPT = 256  # characters of a text that is cached
CLUSTER = re.compile(r"\d(?:[\s().\-/_]{0,4}+\d){6,}+")  # digits that may be one number, with punctuation
NUMBER_CANDIDATE = re.compile(r"\d[\W_]{0,4}\d[\W_]{0,4}\d")  # matches every text in which a number can be found


class PlainText(NamedTuple):
    """A text in its canonical form, the digits of its numbers joined by `/`, and whether it looks personal."""

    canonical: str
    numbers: str
    looks_personal: bool


class PlainTexts:
    """Reads plain texts. `loose_numbers`: as in `detect`. `is_cached`: short texts are kept, for further reads."""

    def __init__(self, *, loose_numbers: bool, is_cached: bool = False) -> None:
        self._loose_numbers = loose_numbers
        self._texts: dict[str, PlainText | None] | None = {} if is_cached else None

    def read(self, text: str) -> PlainText | None:
        """Return what a search needs to know of the text; None if it has to be decoded first."""
        texts = self._texts
        if texts is None or len(text) > LONGEST_KEPT:
            return self._read(text)
        return texts[text] if text in texts else texts.setdefault(text, self._read(text))

    def _read(self, text: str) -> PlainText | None:
        if not text.isascii() or decodings.has_escape_sign(text):
            return None
        clusters = CLUSTER.findall(text) if NUMBER_CANDIDATE.search(text) is not None else ()
        looks_personal = detectors.looks_personal(text, loose_numbers=self._loose_numbers)
        return PlainText(decodings.comparable_text(text), "/".join(map(detectors.digits, clusters)), looks_personal)
