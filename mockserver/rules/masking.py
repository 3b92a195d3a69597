"""Masking of personal data in responses. (VTEX-MASK-2)"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.rules import paths as property_paths
from pii_sandbox.specs import PropertyPath

_FIRST_COMBINING = "\u0300"  # characters before it are no combining marks

# Tables for the mask of ASCII text, by byte: letters and numbers as `a`; then, with `A` where a run starts,
# the characters to keep and the replacement of the others.
_RUNS = bytes(ord("a") if chr(code).isalnum() else code for code in range(128)) + bytes(128)
_KEPT = bytes(0xFF if code == ord("A") else 0 for code in range(256))
_MASKED = bytes(0 if code == ord("A") else ord("*") if code == ord("a") else code for code in range(256))


def mask(text: str) -> str:
    """Replace all but the first character of each run by `*`. (VTEX-MASK-2)

    A run consists of letters and numbers (Unicode categories L and N: also `½`, `Ⅷ`, `²`) and the combining marks (M)
    that follow them. A combining mark never starts a run: `e` with a combining accent becomes `e*`, and a mark without
    a letter before it is kept. `_` is punctuation.
    """
    if text.isalnum():
        return text[0] + "*" * (len(text) - 1)
    if text.isascii():
        return _mask_ascii(text)
    characters = []
    in_run = False
    for character in text:
        if character.isalnum():
            characters.append("*" if in_run else character)
            in_run = True
        elif in_run and character >= _FIRST_COMBINING and unicodedata.category(character)[0] == "M":
            characters.append("*")
        else:
            characters.append(character)
            in_run = False
    return "".join(characters)


def _mask_ascii(text: str) -> str:
    """Mask an ASCII text without a loop in Python, since masking dominates the cost of a masked read.

    Letters and numbers are all translated to `a`; `title()` then marks the start of each run.
    """
    original = text.encode("ascii")
    runs = original.translate(_RUNS).title()
    kept = int.from_bytes(original) & int.from_bytes(runs.translate(_KEPT))
    return (kept | int.from_bytes(runs.translate(_MASKED))).to_bytes(len(original)).decode("ascii")


def mask_paths(document: Mapping[str, Any], paths: Iterable[PropertyPath]) -> dict[str, Any]:
    """Return a copy with all values at `paths` masked, of any type, also within objects and arrays. (VTEX-MASK-3)

    `*` in a path matches each item of an array. Unmasked values are shared with the original.
    """
    if not isinstance(document, dict):
        document = dict(document)
    copy: dict[str, Any] = property_paths.change_at(document, property_paths.tree(paths), masked_value)
    return copy


def masked_value(value: Any) -> Any:
    """Return the mask of a JSON value: objects and arrays keep their structure, null stays.

    A number or boolean becomes the mask of its JSON text, `31122233344` → `"3**********"`, `true` → `"t***"`. Assumed:
    no document says how these are masked. (VTEX-SCHEMA-4)
    """
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [masked_value(item) for item in value]
    if isinstance(value, dict):
        return {name: masked_value(item) for name, item in value.items()}
    return None if value is None else mask(json.dumps(value))
