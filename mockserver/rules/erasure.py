"""Erasure of a person's records: selects those that may be erased, and anonymises those that must stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pii_sandbox.mockserver.rules import paths
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import PropertyPath


class ErasurePlan(NamedTuple):
    """The records to erase now, and those that may not be erased yet."""

    erase: list[Record]
    blocked: list[Record]


def sort_out(records: Iterable[Record], *, erasable: Callable[[Mapping[str, Any]], bool]) -> ErasurePlan:
    """Split records by whether their value is `erasable`; keeps their order. (VTEX-ERASE-3, VTEX-ERASE-4)"""
    plan = ErasurePlan([], [])
    for record in records:
        (plan.erase if erasable(record.value) else plan.blocked).append(record)
    return plan


def anonymize(document: Mapping[str, Any], identity: Iterable[PropertyPath]) -> dict[str, Any]:
    """Return a copy with the values at `identity` emptied, everything else unchanged. (VTEX-ERASE-3)

    A text becomes "", an object {}, an array [], any other value None, so that the document keeps its structure.
    Idempotent. (VTEX-ERASE-7)
    """
    copy: dict[str, Any] = paths.change_at(dict(document), paths.tree(identity), _empty_value)
    return copy


def _empty_value(value: Any) -> Any:
    return type(value)() if isinstance(value, (str, dict, list)) else None
