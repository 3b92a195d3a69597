"""Differences between two states of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.store.storage import Tables
from pii_sandbox.mockserver.store.table_contents import Document, TableState


@dataclass(frozen=True, slots=True)
class TableDiff:
    """Ids of the records that were added, changed and removed; each in order of creation."""

    added: list[str]
    changed: list[str]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def table_changes(before: TableState, after: TableState) -> TableDiff:
    """Return the changes from the first state to the second. Shared tables and documents are skipped."""
    if before is after:
        return TableDiff([], [], [])
    added, changed = [], []
    for document in (document for part in _unshared_parts(after, before) for document in part.values()):
        earlier = before.find(document["id"])
        if earlier is None:
            added.append(document["id"])
        elif earlier is not document and earlier != document:
            changed.append(document["id"])
    documents = (document for part in _unshared_parts(before, after) for document in part.values())
    return TableDiff(added, changed, [document["id"] for document in documents if document["id"] not in after.by_id])


def _unshared_parts(one: TableState, other: TableState) -> list[Mapping[int, Document]]:
    """Return the documents of `one` in parts, without the parts that both share."""
    shared = {id(part) for part in other.documents.parts()}
    return [part for part in one.documents.parts() if id(part) not in shared]


def operations_between(before: Tables, after: Tables) -> list[list[Any]]:
    """Return the log operations that turn the first tables into the second. Shared parts are skipped."""
    operations: list[list[Any]] = [[name] for name in before if name not in after]
    nothing = TableState()
    for name, contents in after.items():
        earlier = before.get(name, nothing)
        if earlier is contents:
            continue
        for part in _unshared_parts(earlier, contents):
            operations += [[name, number] for number in part if number not in contents.documents]
        for part in _unshared_parts(contents, earlier):
            for number, document in part.items():
                known = earlier.documents.get(number)
                if known is not document and known != document:
                    operations.append([name, number, document])
    return operations
