"""Literal texts of this program's messages: nobody's data, even where a person's name is one of their words."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

_PACKAGES = ("pii_sandbox.scenarios.", "pii_sandbox.conformance.", "pii_sandbox.checking.")
_FEWEST_WORDS = 2  # one word alone may as well be what an answer holds


def own_spans(text: str) -> list[tuple[int, int]]:
    """Return where literal texts of this program stand in a message, as sorted spans that do not overlap."""
    spans = []
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
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(_PACKAGES)]
    texts = (
        text.strip() for module in modules for value in list(vars(module).values()) for text in _texts(value, module)
    )
    return frozenset(text for text in texts if len(text.split()) >= _FEWEST_WORDS)


def _texts(value: Any, module: ModuleType) -> Iterator[str]:
    if isinstance(value, str):
        yield value
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
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _constants(constant)
