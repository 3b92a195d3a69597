"""The mask that hides personal data in answers. (VTEX-MASK-2)"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.rules import paths as property_paths
from pii_sandbox.specs import PropertyPath

_FIRST_MARK = "\u0300"  # no character before it is a combining mark

# Tables for the mask of ASCII text, by byte: letters and numbers as `a`; then, with `A` where a run starts,
# what is kept of the text and what stands in place of the rest.
_RUNS = bytes(ord("a") if chr(code).isalnum() else code for code in range(128)) + bytes(128)
_KEPT = bytes(0xFF if code == ord("A") else 0 for code in range(256))
_SHOWN = bytes(0 if code == ord("A") else ord("*") if code == ord("a") else code for code in range(256))


def mask(text: str) -> str:
    """Keeps the first character of each run, turns the rest of the run into `*`, one for one. (VTEX-MASK-2)

    A run is letters and numbers (Unicode categories L and N: also `½`, `Ⅷ`, `²`, since what is not known to be
    punctuation is better hidden) and the combining marks (M) that follow them. A mark is never a run's first character:
    `e` with an accent of its own is `e*`, and a mark that follows no letter is kept as it stands. `_` is punctuation.
    """
    if text.isalnum():
        return text[0] + "*" * (len(text) - 1)
    if text.isascii():
        return _mask_ascii(text)
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


def _mask_ascii(text: str) -> str:
    """The same for ASCII text, without a loop in Python: most of what a masked read costs is its mask.

    Title-casing letters and numbers that were all turned into `a` marks where each run starts.
    """
    original = text.encode("ascii")
    runs = original.translate(_RUNS).title()
    kept = int.from_bytes(original) & int.from_bytes(runs.translate(_KEPT))
    return (kept | int.from_bytes(runs.translate(_SHOWN))).to_bytes(len(original)).decode("ascii")


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
