"""Record: a stored document, and its form in TinyDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pii_sandbox.mockserver.store.copies import deep_copy, validated_copy


@dataclass(slots=True)  # never changed; a frozen one takes three times as long to create
class Record:
    """One record of a collection.

    `value` is JSON-like and belongs to whoever holds this record: the store copies on the way in and on the way out,
    except in `put_owned` and `peek`.
    `keys`: alternative keys that it is found by besides its id (name → normalised value); records may share one.
    `expires_at` (aware UTC): the instant at which it expires, None for never.
    """

    id: str
    value: dict[str, Any]
    keys: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None


def sortable_instant(at: datetime) -> str:
    """Format an instant in UTC with fixed width, so that texts sort as instants. Raises ValueError if it is naive."""
    if at.tzinfo is None:
        raise ValueError(f"{at} says no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_document(record: Record) -> dict[str, Any]:
    """Return the document for TinyDB, with copies of value and keys. Raises TypeError if they are not JSON-like."""
    return _document(record, validated_copy(record.value), validated_copy(record.keys))


def as_owned_document(record: Record) -> dict[str, Any]:
    """As `as_document`, without copies: value and keys must be plain JSON types and must not be changed any more."""
    return _document(record, record.value, record.keys)


def _document(record: Record, value: dict[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    expires_at = None if record.expires_at is None else sortable_instant(record.expires_at)
    return {"id": record.id, "value": value, "keys": keys, "expires_at": expires_at}


def as_record(document: Mapping[str, Any]) -> Record:
    """Return the record of a stored document, with copies that the caller may change."""
    return Record(document["id"], deep_copy(document["value"]), document["keys"].copy(), _expires_at(document))


def as_shared_record(document: Mapping[str, Any]) -> Record:
    """As `as_record`, without copies: value and keys are the stored ones and must not be changed."""
    return Record(document["id"], document["value"], document["keys"], _expires_at(document))


def _expires_at(document: Mapping[str, Any]) -> datetime | None:
    due = document["expires_at"]
    return None if due is None else datetime.fromisoformat(due)
