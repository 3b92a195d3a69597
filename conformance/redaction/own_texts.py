"""Literal texts of this program's messages: nobody's data, even where a person's name is one of their words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

from pii_sandbox.conformance.redaction.loaded_modules import loaded_modules
from pii_sandbox.conformance.redaction.message_templates import constant_spans

_FEWEST_WORDS = 2  # one word within a message may as well be what an answer holds
_PLAIN_WORD = re.compile(r"[a-z]+")  # names are written with a capital


def program_text_spans(text: str) -> list[tuple[int, int]]:
    """Return where literal texts of this program stand in a message, as sorted spans that do not overlap.

    Those are phrases of several words anywhere, a single word that is the whole message, and the constant parts of an
    f-string whose form the message has.
    """
    if text in words():
        return [(0, len(text))]
    spans = constant_spans(text)
    for phrase in phrases():
        start = text.find(phrase)
        while start >= 0:
            spans.append((start, start + len(phrase)))
            start = text.find(phrase, start + 1)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


@functools.cache
def phrases() -> frozenset[str]:
    """Return all literal texts of several words in the code that is loaded, and the names of its functions as words."""
    return frozenset(text for text in _literals() if len(text.split()) >= _FEWEST_WORDS)


@functools.cache
def words() -> frozenset[str]:
    """Return all literal texts of one word in small letters in the code that is loaded."""
    return frozenset(text for text in _literals() if _PLAIN_WORD.fullmatch(text))


def _literals() -> Iterator[str]:
    for module in loaded_modules():
        for value in list(vars(module).values()):
            for text in _texts(value, module):
                yield text.strip()


def _texts(value: Any, module: ModuleType) -> Iterator[str]:
    if isinstance(value, str | tuple | frozenset):
        yield from _items(value)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _items(name)
            yield from _items(inner)
    elif isinstance(value, property):
        yield from _texts(value.fget, module)
    elif isinstance(value, staticmethod | classmethod):
        yield from _texts(value.__func__, module)
    elif isinstance(value, FunctionType):
        yield value.__name__.replace("_", " ")
        yield from _constants(value.__code__)
    elif isinstance(value, type) and value.__module__ == module.__name__:
        for inner in vars(value).values():
            yield from _texts(inner, module)


def _constants(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _constants(constant)
        else:
            yield from _items(constant)


def _items(value: Any) -> Iterator[str]:
    """The texts of a constant that may be a tuple or a set of such."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from _items(item)
