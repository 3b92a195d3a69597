"""Alternative keys: properties that find a record as its id does, and that are unique."""

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
    """What two values that count as the same have in common; None where `value` cannot be a key.

    None, what is no text, and a text of which `compare` leaves nothing are no keys: many records may have them.
    """
    if not isinstance(value, str):
        return None
    common = _COMPARE[compare](value)
    return value if common == value and value else common or None  # one text, mostly: not two of the same


def of(document: Mapping[str, Any], keys: Iterable[AlternativeKey]) -> dict[str, str]:
    """The normalised keys of a document by name, those left out that it does not have."""
    found = {}
    for key in keys:
        value = normalised(document.get(key.name), key.compare)
        if value is not None:
            found[key.name] = value
    return found


def refuse_duplicate(own_id: str, holders: Mapping[str, Iterable[str]], rule: str) -> None:
    """Raises Duplicate where a key is held by another record than `own_id`. (VTEX-UNIQ-1, NS-UNIQ-1)

    `holders`: for each key, by name, the ids of the records found under its new value.
    """
    for key, held_by in holders.items():
        for holder in held_by:
            if holder != own_id:
                raise Duplicate(f"another record has the same {key}", key=key, rule=rule)
