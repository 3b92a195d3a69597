"""What differs between two states of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.store.storage import Tables
from pii_sandbox.mockserver.store.table_contents import Document, TableState


@dataclass(frozen=True, slots=True)
class TableDiff:
    """Ids of the records that came, that are not what they were, and that went; each in order of creation."""

    added: list[str]
    changed: list[str]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def table_changes(before: TableState, after: TableState) -> TableDiff:
    """What the second state has otherwise than the first. Tables and documents that both share cost next to nothing."""
    if before is after:
        return TableDiff([], [], [])
    added, changed = [], []
    for document in (document for part in _unshared(after, before) for document in part.values()):
        earlier = before.find(document["id"])
        if earlier is None:
            added.append(document["id"])
        elif earlier is not document and earlier != document:
            changed.append(document["id"])
    documents = (document for part in _unshared(before, after) for document in part.values())
    return TableDiff(added, changed, [document["id"] for document in documents if document["id"] not in after.by_id])


def _unshared(one: TableState, other: TableState) -> list[Mapping[int, Document]]:
    """The documents of one by parts, without the parts that both share."""
    shared = {id(part) for part in other.documents.parts()}
    return [part for part in one.documents.parts() if id(part) not in shared]


def operations_between(before: Tables, after: Tables) -> list[list[Any]]:
    """The operations of a log that turn the first tables into the second. What both share costs next to nothing."""
    operations: list[list[Any]] = [[name] for name in before if name not in after]
    nothing = TableState()
    for name, contents in after.items():
        earlier = before.get(name, nothing)
        if earlier is contents:
            continue
        for part in _unshared(earlier, contents):
            operations += [[name, number] for number in part if number not in contents.documents]
        for part in _unshared(contents, earlier):
            for number, document in part.items():
                known = earlier.documents.get(number)
                if known is not document and known != document:
                    operations.append([name, number, document])
    return operations
