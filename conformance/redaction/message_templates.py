"""Message templates: the f-strings in this program's code. Their constant parts are its own words in a message.

`f"{len(others)} others"` makes "3 others": "others" is nobody's name there, whatever people are called, and what stands
in place of the field is a value.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pii_sandbox.conformance.redaction.loaded_modules import loaded_modules

Span = tuple[int, int]
_WORD = re.compile(r"[^\W\d_]{2}")
_DEEPEST = 3  # messages in messages
_LONGEST = 4_000  # characters of a message: what is longer holds an answer


@dataclass(frozen=True, slots=True)
class Template:
    """The constants of an f-string in their order; between them are fields, as before the first if `leads`."""

    constants: tuple[str, ...]
    leads: bool
    trails: bool

    @property
    def anchor(self) -> str:
        return max(self.constants, key=len)

    def fit(self, text: str) -> tuple[list[Span], list[Span]] | None:
        """Return where its constants and its fields stand, each as early as can be; None if the text is none of it."""
        constants, fields, at = [], [], 0
        for number, constant in enumerate(self.constants):
            is_last = number == len(self.constants) - 1 and not self.trails
            start = len(text) - len(constant) if is_last else text.find(constant, at)
            if start < at or not text.startswith(constant, start) or (number == 0 and not self.leads and start):
                return None
            if start > at:
                fields.append((at, start))
            at = start + len(constant)
            constants.append((start, at))
        if at < len(text):
            if not self.trails:
                return None
            fields.append((at, len(text)))
        return constants, fields


def constant_spans(text: str) -> list[Span]:
    """Return where constant parts of templates stand in a message that is one of them, in its fields too."""
    return [] if len(text) > _LONGEST else list(_spans(text, 0, templates(), _DEEPEST))


def _spans(text: str, offset: int, known: frozenset[Template], depth: int) -> Iterator[Span]:
    for template in known:
        fit = template.fit(text) if template.anchor in text else None
        if fit is None:
            continue
        constants, fields = fit
        for start, end in constants:
            yield start + offset, end + offset
        for start, end in fields if depth else ():
            yield from _spans(text[start:end], start + offset, known, depth - 1)


def templates() -> frozenset[Template]:
    """Return the f-strings with words in the code that is loaded; none of modules whose source is not there."""
    return _templates(frozenset(module.__file__ or "" for module in loaded_modules()))


@functools.lru_cache(maxsize=1)
def _templates(files: frozenset[str]) -> frozenset[Template]:
    return frozenset(template for file in files for template in _templates_of(file))


@functools.cache
def _templates_of(file: str) -> frozenset[Template]:
    source = Path(file)
    if source.suffix != ".py" or not source.is_file():
        return frozenset()
    strings = (node for node in ast.walk(ast.parse(source.read_bytes())) if isinstance(node, ast.JoinedStr))
    return frozenset(template for node in strings if (template := _template(node)) is not None)


def _template(node: ast.JoinedStr) -> Template | None:
    constants: list[str] = []
    leads = trails = False
    for part in node.values:
        if isinstance(part, ast.Constant):
            constants.append(str(part.value))
            trails = False
        else:
            leads, trails = leads or not constants, True
    has_words = any(_WORD.search(constant) for constant in constants)
    return Template(tuple(constants), leads, trails) if has_words else None
