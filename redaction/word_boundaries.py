"""Word boundaries: whether a span of a text is a part of a longer word, number or email address."""

from __future__ import annotations

import re

_WORD_BEGINS = re.compile(r"(?<![\w@])")
_WORD_ENDS = re.compile(r"(?!\w|[\w.+-]{0,64}+@)")
_EMAIL_BEGINS = re.compile(r"(?<!\w)(?<!\w[.+-])")
_EMAIL_ENDS = re.compile(r"(?![.-]?\w)")


def is_whole(text: str, start: int, end: int) -> bool:
    """Return whether a span is no part of a longer word, number or email address.

    In scripts without case, such as Chinese, words follow each other without a boundary.
    """
    if "@" in text[start:end]:
        return bool(_EMAIL_BEGINS.match(text, start) and _EMAIL_ENDS.match(text, end))
    if _is_bounded(text[start]) and not _WORD_BEGINS.match(text, start):
        return False
    return not _is_bounded(text[end - 1]) or _WORD_ENDS.match(text, end) is not None


def _is_bounded(character: str) -> bool:
    return character.isdigit() or _is_cased(character)


def continues(one: str, other: str) -> bool:
    """Return whether two adjacent characters belong to one word or number; letters without case never do."""
    return (_is_cased(one) and _is_cased(other)) or (one.isdigit() and other.isdigit())


def _is_cased(letter: str) -> bool:
    return letter.upper() != letter.lower()
