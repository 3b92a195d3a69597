"""Alternative keys: properties that find a record as its id does, and that are unique."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.problems import Duplicate
from specs import AlternativeKey

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
    return (_COMPARE[compare](value) or None) if isinstance(value, str) else None


def of(document: Mapping[str, Any], keys: Iterable[AlternativeKey]) -> dict[str, str]:
    """The normalised keys of a document by name, those left out that it does not have."""
    found = ((key.name, normalised(document.get(key.name), key.compare)) for key in keys)
    return {name: value for name, value in found if value is not None}


def refuse_duplicate(own_id: str, holders: Mapping[str, Iterable[str]], rule: str) -> None:
    """Raises Duplicate where a key is held by another record than `own_id`. (VTEX-UNIQ-1, NS-UNIQ-1)

    `holders`: for each key, by name, the ids of the records found under its new value.
    """
    for key, held_by in holders.items():
        if any(holder != own_id for holder in held_by):
            raise Duplicate(f"another record has the same {key}", key=key, rule=rule)
