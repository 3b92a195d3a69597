"""Text safety of what is shown: control characters, bidirectional marks and others that nobody sees, as escapes."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 4_000  # characters of a text that stands in one line
MOST_MARKS = 4  # combining marks on one letter; more of them grow over the lines above and below
# letters and symbols without a shape of their own, which Python takes for printable
_SHAPELESS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def printable(text: str, *, breaks: str = "\n\t") -> str:
    """The text with all that no form can hold or no reader can see written as escapes; `breaks` are let through."""
    if text.isascii() and text.isprintable():
        return text
    pieces = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        shown = character.isprintable() and character not in _SHAPELESS and marks <= MOST_MARKS
        pieces.append(character if shown or character in breaks else _escape(character))
    return "".join(pieces)


def one_line(text: str) -> str:
    """The text with line breaks as escapes too, so that it forges no line; a long one is cut and says so."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text) - LONGEST} characters more)"
    return printable(text, breaks="")


def safe(value: Any) -> Any:
    """A copy of a value in which every text is `one_line`: dataclasses, mappings and sequences; bytes stay."""
    if isinstance(value, str):
        return one_line(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{field.name: safe(getattr(value, field.name)) for field in dataclasses.fields(value)}
        )
    if isinstance(value, Mapping):
        return {safe(name): safe(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return type(value)(safe(item) for item in value)
    return value


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
