"""Records to store, and a look at all that is in a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tinydb.table import Document

from pii_sandbox.mockserver.store import Record, Store


def person(id: str, **value: Any) -> Record:
    value = {"name": f"name of {id}", "addresses": [{"city": "São Paulo"}], **value}
    return Record(id, value, {"email": f"{id}@x.test"})


def all_records(store: Store) -> dict[str, list[Record]]:
    """All records by collection, in order."""
    return {collection: store.page(collection).records for collection in sorted(store.counts())}


@contextmanager
def abort_unit(store: Store, error: type[BaseException] = KeyError) -> Iterator[None]:
    """A unit that an exception ends."""
    with suppress(error), store.exclusive():
        yield
        raise error


def names(documents: list[Document]) -> list[str]:
    return [document["id"] for document in documents]


def numbers(documents: list[Document]) -> list[int]:
    return [document.doc_id for document in documents]
