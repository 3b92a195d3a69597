"""Alternative keys: unique properties that can be used in place of a record's id; normalization and uniqueness."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pii_sandbox.mockserver.problems import Duplicate
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import AlternativeKey

FindByKey = Callable[[str, str], list[Record]]  # by the name of a key and its normalised value
Spelling = Callable[[Record, str], Any]  # a key as a record has it, not normalised

_NO_DIGIT = re.compile(r"\D+")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
_COMPARE: Mapping[str, Callable[[str], str]] = {
    "exact": str,
    "caseless": str.casefold,
    "digits": lambda text: _NO_DIGIT.sub("", text),
    "alphanumeric": lambda text: _NEITHER_LETTER_NOR_DIGIT.sub("", text).casefold(),
}


def normalize_key(value: Any, compare: str) -> str | None:
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
        value = normalize_key(document.get(key.name), key.compare)
        if value is not None:
            normalised_keys[key.name] = value
    return normalised_keys


def spelled_alike(found: Iterable[Record], key: str, spelled: Any, spelling: Spelling) -> list[Record]:
    """Return the records, of those found by a key, that have it exactly as it is spelled here.

    For the settings `*.key_comparison` at `exact`: the index finds by normalised keys alone.
    """
    return [record for record in found if spelling(record, key) == spelled]


def holders(record: Record, find_by: FindByKey, spelling: Spelling | None = None) -> dict[str, list[str]]:
    """Return, by the name of each key of `record`, the ids of the records that have the same.

    With `spelling` keys are the same only if they are spelled alike, without it if they are equal once normalised.
    """
    held_by = {}
    for key, value in record.keys.items():
        found = find_by(key, value)
        if spelling is not None:
            found = spelled_alike(found, key, spelling(record, key), spelling)
        held_by[key] = [known.id for known in found]
    return held_by


def refuse_duplicate(own_id: str, held_by: Mapping[str, Iterable[str]], rule: str) -> None:
    """Raise Duplicate if another record than `own_id` has one of the keys. (VTEX-UNIQ-1, NS-UNIQ-1)

    `held_by`: the ids of the records with the new value of each key, by its name, as `holders` returns them.
    """
    taken = []
    for key, ids in held_by.items():
        for holder in ids:
            if holder != own_id:
                taken.append(key)
                break
    if taken:
        raise Duplicate(f"another record has the same {' and '.join(taken)}", key=taken[0], rule=rule)
