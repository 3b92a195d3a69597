"""What is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pii_sandbox.mockserver.store.copies import deep_copy, validated_copy


@dataclass(slots=True)  # nobody changes one; a frozen one takes three times as long to make
class Record:
    """One stored document.

    `value` is JSON-like and belongs to whoever holds this record: the store copies on the way in and, but for what is
    asked for `to_show`, on the way out.
    `keys` are what it is found by besides its id (name → normalised value); several records may share one.
    `expires_at` (aware UTC): the instant at which something is due for it, None for never.
    """

    id: str
    value: dict[str, Any]
    keys: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None


def instant(at: datetime) -> str:
    """A UTC text of fixed width: texts compare as their instants do. Raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError(f"{at} says no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_document(record: Record, *, handed_over: bool = False) -> dict[str, Any]:
    """The document that TinyDB keeps. Raises TypeError where a value is not JSON-like.

    `handed_over`: value and keys are of JSON's own types, and nobody changes them any more: they are kept as they are.
    """
    return {
        "id": record.id,
        "value": record.value if handed_over else validated_copy(record.value),
        "keys": record.keys if handed_over else validated_copy(record.keys),
        "expires_at": None if record.expires_at is None else instant(record.expires_at),
    }


def as_record(document: Mapping[str, Any], *, to_show: bool = False) -> Record:
    """The record that `as_document` was given, its holder's own; `to_show`: the stored one, not to be changed."""
    due = document["expires_at"]
    expires_at = None if due is None else datetime.fromisoformat(due)
    if to_show:
        return Record(document["id"], document["value"], document["keys"], expires_at)
    return Record(document["id"], deep_copy(document["value"]), document["keys"].copy(), expires_at)
