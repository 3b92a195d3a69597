"""Word boundaries: whether a span of a text is a part of a longer word, number or email address."""

from __future__ import annotations

import re

_EMAIL_FOLLOWS = re.compile(r"[\w.+-]{0,64}+@")


def is_whole(text: str, start: int, end: int) -> bool:
    """Return whether a span is no part of a longer word, number or email address.

    In scripts without case, such as Chinese, words follow each other without a boundary.
    """
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if "@" in text[start:end]:
        return not (_is_word(before[-1:]) or (before[-1:] in tuple(".+-") and _is_word(before[:-1]))) and not (
            _is_word(after[:1]) or (after[:1] in tuple(".-") and _is_word(after[1:]))
        )
    if _is_bounded(text[start]) and (_is_word(before[-1:]) or before[-1:] == "@"):
        return False
    return not (_is_bounded(text[end - 1]) and (_is_word(after[:1]) or _EMAIL_FOLLOWS.match(text, end)))


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_bounded(character: str) -> bool:
    return character.isdigit() or _is_cased(character)


def continues(one: str, other: str) -> bool:
    """Return whether two adjacent characters belong to one word or number; letters without case never do."""
    return (_is_cased(one) and _is_cased(other)) or (one.isdigit() and other.isdigit())


def _is_cased(letter: str) -> bool:
    return letter.upper() != letter.lower()
