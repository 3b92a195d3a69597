"""Paging, sorting and text search over one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pii_sandbox.mockserver.store.record import Record
from pii_sandbox.mockserver.store.table_contents import Document, TableState
from pii_sandbox.mockserver.store.text_columns import Column, Contains


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records, and the total number of records."""

    records: list[Record]
    total: int


def documents_at(
    contents: TableState, start: int, stop: int, where: Contains | None, order: Column | None, backwards: bool
) -> tuple[list[Document], int]:
    """Return the matching documents at positions `start` to `stop`, and the number of all matching ones.

    `backwards` reverses the whole order, also among documents with equal texts: the latest comes first.
    """
    documents = contents.documents
    found = None if where is None else numbers_containing(contents, where)
    total = len(documents) if found is None else len(found)
    start, stop = min(start, total), min(stop, total)
    if order is not None:
        ascending = contents.texts(order).ascending()
        if found is not None:
            ascending = _in_order(ascending, found)
        numbers = ascending[total - stop : total - start][::-1] if backwards else ascending[start:stop]
    elif found is not None:
        numbers = (found[::-1] if backwards else found)[start:stop]
    elif backwards:
        return documents.at(total - stop, total - start)[::-1], total
    else:
        return documents.at(start, stop), total
    return [documents[number] for number in numbers], total


def numbers_containing(contents: TableState, where: Contains) -> list[int]:
    """Return the numbers of the documents that contain the text, lowest first."""
    wanted, texts = where.text, contents.texts(where.column)
    found = [number for part in texts.by_number.parts() for number, text in part.items() if wanted in text]
    if "\n" in wanted:  # a document's texts are joined by line ends: the match may span two of them
        values = ((number, contents.documents[number]["value"]) for number in found)
        found = [number for number, value in values if any(wanted in text for text in where.column.texts(value))]
    return found


def _in_order(ascending: Sequence[int], found: list[int]) -> list[int]:
    kept = set(found)
    return [number for number in ascending if number in kept]
