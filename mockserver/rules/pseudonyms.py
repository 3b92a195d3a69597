"""Stable stand-ins for personal values in texts that outlive the person."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

NUMERIC = frozenset({"phone", "document"})
PHONE_TAIL = 8  # the subscriber's part, which people write without country and area code
BETWEEN = r"[\W_]{0,4}"  # punctuation of a number: ` - (`


def pseudonym(kind: str, value: str) -> str:
    """`email#7f3a`: the kind, and four hex digits that are the same for every spelling of the value.

    Spellings are those in other case, and for phones and documents those with other punctuation.
    """
    digest = hashlib.sha256(_bare(kind, value).encode(errors="surrogatepass"))
    return f"{kind}#{digest.hexdigest()[:4]}"


def scrubbed(text: str, values: Mapping[str, str]) -> str:
    """`text` with each of the values (value → kind) replaced by its pseudonym, the longest first, in any spelling.

    A value counts as a whole: `Ana` is not found in `Anagram`, `ana@example.com` not in `mari.ana@example.com`.
    Where nothing is found the text stays as it is.
    """
    known = sorted((value for value in values if _bare(values[value], value)), key=len, reverse=True)
    if not known:
        return text
    pattern = "|".join(f"({_pattern(values[value], value)})" for value in known)

    def stand_in(found: re.Match[str]) -> str:
        value = known[(found.lastindex or 1) - 1]
        return pseudonym(values[value], value)

    plain, count = re.subn(pattern, stand_in, unicodedata.normalize("NFC", text), flags=re.IGNORECASE)
    return plain if count else text


def _bare(kind: str, value: str) -> str:
    folded = unicodedata.normalize("NFC", value).casefold().strip()
    return "".join(filter(str.isalnum, folded)) if kind in NUMERIC else folded


def _pattern(kind: str, value: str) -> str:
    """What finds the value in a text; without capturing groups of its own."""
    bare = _bare(kind, value)
    if kind not in NUMERIC:
        words = unicodedata.normalize("NFC", value).split()
        return _whole(kind, bare, r"\s+".join(map(re.escape, words)))
    optional = max(0, len(bare) - PHONE_TAIL) if kind == "phone" else 0
    pattern = BETWEEN.join(map(re.escape, bare[optional:]))
    for character in reversed(bare[:optional]):
        pattern = f"(?:{re.escape(character)}{BETWEEN})?{pattern}"
    return _whole(kind, bare, pattern)


def _whole(kind: str, bare: str, pattern: str) -> str:
    """The pattern, no part of something longer; unbounded in scripts without case, which put words side by side."""
    if kind == "email":
        return rf"(?<!\w)(?<!\w[.+-]){pattern}(?!\w|[.-]\w)"
    before = r"(?<![\w@])" if _bounded(bare[0]) else ""
    after = r"(?!\w|[\w.+-]*@)" if _bounded(bare[-1]) else ""  # nor a part of somebody's email
    return f"{before}{pattern}{after}"


def _bounded(character: str) -> bool:
    return character.isdigit() or character.lower() != character.upper()
