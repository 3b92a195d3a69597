"""Alternative keys: unique properties that can be used in place of a record's id; normalization and uniqueness."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.problems import Duplicate
from pii_sandbox.specs import AlternativeKey

_NO_DIGIT = re.compile(r"\D+")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_COMPARE: Mapping[str, Callable[[str], str]] = {
    "exact": str,
    "caseless": str.casefold,
    "digits": lambda text: _NO_DIGIT.sub("", text),
    "alphanumeric": lambda text: _NEITHER_LETTER_NOR_DIGIT.sub("", text).casefold(),
}


def normalised(value: Any, compare: str) -> str | None:
    """Return the form in which equal keys are identical; None if `value` cannot be a key.

    Values that are no texts, and texts of which `compare` leaves nothing, are no keys: many records may have them.
    """
    if not isinstance(value, str):
        return None
    common = _COMPARE[compare](value)
    return value if common == value and value else common or None  # the same object if unchanged: saves memory


def of(document: Mapping[str, Any], keys: Iterable[AlternativeKey]) -> dict[str, str]:
    """Return the normalised keys of a document by name."""
    normalised_keys = {}
    for key in keys:
        value = normalised(document.get(key.name), key.compare)
        if value is not None:
            normalised_keys[key.name] = value
    return normalised_keys


def refuse_duplicate(own_id: str, holders: Mapping[str, Iterable[str]], rule: str) -> None:
    """Raise Duplicate if another record than `own_id` has one of the keys. (VTEX-UNIQ-1, NS-UNIQ-1)

    `holders`: the ids of the records with the new value of each key, by its name.
    """
    taken = []
    for key, held_by in holders.items():
        for holder in held_by:
            if holder != own_id:
                taken.append(key)
                break
    if taken:
        raise Duplicate(f"another record has the same {' and '.join(taken)}", key=taken[0], rule=rule)
