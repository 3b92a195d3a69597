"""Reads of the store's table: TinyDB's queries, answered from indexes, never from a cache.

A query may depend on a clock, so that its result may change while the documents stay the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from tinydb import Query, where
from tinydb.queries import QueryLike
from tinydb.table import Document

from pii_sandbox.mockserver.store.queries import ById, ByKey, Lookup
from pii_sandbox.mockserver.store.table import IndexedTable
from tests.store.samples import names, numbers

QUERIES: list[tuple[QueryLike, list[str]]] = [
    (where("id") == "plum", ["plum"]),
    (where("id") == "pear", []),
    (where("id") == 1, []),
    (where("keys").colour == "red", ["apple", "cherry"]),
    (where("keys")["colour"] == "green", []),
    (where("keys").size == "big", []),
    (where("weight") > 10, ["apple", "plum"]),
    (where("weight") == 8, ["cherry"]),
    ((where("weight") > 10) & (where("keys").colour == "red"), ["apple"]),
    ((where("id") == "plum") | (where("id") == "cherry"), ["plum", "cherry"]),
    (~(where("id") == "plum"), ["apple", "cherry"]),
    (where("id") != "plum", ["apple", "cherry"]),
    (where("sold")["in"].any(["RJ"]), ["plum"]),
    (where("id").matches("^[ap]"), ["apple", "plum"]),
    (where("weight").test(lambda weight: str(weight).endswith("50")), ["apple", "plum"]),
    (where("id").map(len) == 5, ["apple"]),
    (Query().fragment({"weight": 50}), ["plum"]),
    (where("absent").exists(), []),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES, ids=map(repr, range(len(QUERIES))))
def test_a_query_finds_what_it_asks_for(fruits: IndexedTable, query: QueryLike, expected: list[str]) -> None:
    assert names(fruits.search(query)) == expected
    assert fruits.count(query) == len(expected)
    assert fruits.contains(query) is bool(expected)
    document = fruits.get(query)
    assert document is None if not expected else document["id"] == expected[0]


@pytest.mark.parametrize(
    ("lookup", "query"),
    [(ById("plum"), where("id") == "plum"), (ByKey("colour", "red"), where("keys").colour == "red")],
)
def test_a_lookup_is_the_query_that_tinydb_would_build(fruits: IndexedTable, lookup: Lookup, query: Any) -> None:
    assert lookup == query
    assert hash(lookup) == hash(query)
    assert fruits.search(lookup) == fruits.search(query) == [document for document in fruits if lookup(document)]
    assert fruits.search(lookup & (where("weight") > 10)) == fruits.search(query & (where("weight") > 10))
    assert fruits.search(~lookup) == fruits.search(~query)


@pytest.mark.parametrize(
    "query", [where("id") == "cherry", where("keys").colour == "blue", ById("plum"), ByKey("colour", "blue")]
)
def test_ids_and_keys_are_looked_up(fruits: IndexedTable, query: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_on_scan(*_: object) -> bool:
        raise AssertionError("scanned")

    monkeypatch.setattr(type(query), "__call__", fail_on_scan)
    assert len(fruits.search(query)) == fruits.count(query) == 1
    assert fruits.get(query) is not None
    assert fruits.contains(query)


def test_documents_are_got_by_number(fruits: IndexedTable) -> None:
    document = fruits.get(doc_id=2)
    assert isinstance(document, Document)
    assert (document.doc_id, document["id"]) == (2, "plum")
    assert fruits.get(doc_id=9) is None
    assert names(fruits.get(doc_ids=[3, 1, 9])) == ["apple", "cherry"]
    assert (fruits.contains(doc_id=3), fruits.contains(doc_id=4)) == (True, False)
    with pytest.raises(RuntimeError):
        fruits.get()


def test_all_documents_come_in_order(fruits: IndexedTable) -> None:
    assert len(fruits) == 3
    assert numbers(fruits.all()) == numbers(list(fruits)) == [1, 2, 3]


def test_a_document_is_a_shallow_copy_and_peek_gives_the_stored_one(fruits: IndexedTable) -> None:
    for document in (fruits.get(doc_id=1), fruits.search(where("id") == "apple")[0], fruits.all()[0]):
        document["weight"] = 0
    [stored] = fruits.peek("apple")
    assert stored["weight"] == 150
    assert stored is fruits.contents.documents[1]
    assert fruits.peek("pear") == fruits.peek("green", "colour") == []


def test_no_query_is_answered_from_a_cache(fruits: IndexedTable) -> None:
    limit = 100
    heavy = where("weight").map(lambda weight: weight > limit) == True  # noqa: E712 — a query, not a comparison
    assert (len(fruits.search(heavy)), fruits.count(heavy)) == (1, 1)
    limit = 10
    assert (len(fruits.search(heavy)), fruits.count(heavy)) == (2, 2)
