"""Erasing what is held of a person: which records may go, and what stays of those that are anonymised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pii_sandbox.mockserver.rules import paths
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import PropertyPath


class Plan(NamedTuple):
    """What an erasure does: `erase` now, `blocked` until they may be erased too."""

    erase: list[Record]
    blocked: list[Record]


def sort_out(records: Iterable[Record], *, erasable: Callable[[Mapping[str, Any]], bool]) -> Plan:
    """Sorts records, in their order, by whether their value is `erasable`. (VTEX-ERASE-3, VTEX-ERASE-4)"""
    plan = Plan([], [])
    for record in records:
        (plan.erase if erasable(record.value) else plan.blocked).append(record)
    return plan


def anonymised(document: Mapping[str, Any], identity: Iterable[PropertyPath]) -> dict[str, Any]:
    """A copy in which what stands at `identity` is emptied, and all else kept. (VTEX-ERASE-3)

    A text becomes "", an object {}, an array [], anything else None, so that the document keeps its shape. Doing it
    twice changes nothing more. (VTEX-ERASE-7)
    """
    copy: dict[str, Any] = paths.changed(dict(document), paths.tree(identity), _emptied)
    return copy


def _emptied(value: Any) -> Any:
    return type(value)() if isinstance(value, (str, dict, list)) else None
