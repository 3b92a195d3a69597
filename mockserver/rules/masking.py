"""The mask that hides personal data in answers. (VTEX-MASK-2)"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.rules import paths as property_paths
from pii_sandbox.specs import PropertyPath

_FIRST_MARK = "\u0300"  # no character before it is a combining mark


def mask(text: str) -> str:
    """Keeps the first character of each run, turns the rest of the run into `*`, one for one. (VTEX-MASK-2)

    A run is letters and numbers (Unicode categories L and N: also `½`, `Ⅷ`, `²`, since what is not known to be
    punctuation is better hidden) and the combining marks (M) that follow them. A mark is never a run's first character:
    `e` with an accent of its own is `e*`, and a mark that follows no letter is kept as it stands. `_` is punctuation.
    """
    if text.isalnum():
        return text[0] + "*" * (len(text) - 1)
    shown = []
    in_run = False
    for character in text:
        if character.isalnum():
            shown.append("*" if in_run else character)
            in_run = True
        elif in_run and character >= _FIRST_MARK and unicodedata.category(character)[0] == "M":
            shown.append("*")
        else:
            shown.append(character)
            in_run = False
    return "".join(shown)


def masked(document: Mapping[str, Any], paths: Iterable[PropertyPath]) -> dict[str, Any]:
    """A copy with every text at `paths` masked, also inside objects and arrays there; what is no text stays.

    `*` in a path is each item of an array. What is not masked is shared with the original. (VTEX-MASK-3)
    """
    if not isinstance(document, dict):
        document = dict(document)
    copy: dict[str, Any] = property_paths.changed(document, property_paths.tree(paths), _texts_masked)
    return copy


def _texts_masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_texts_masked(item) for item in value]
    if isinstance(value, dict):
        return {name: _texts_masked(item) for name, item in value.items()}
    return value
