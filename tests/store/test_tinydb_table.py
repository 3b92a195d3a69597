"""TinyDB's own interface goes on working on the table, and what it asks for by id or key is not scanned for.

What TinyDB's own tests say of tables, documents and operations holds here too, some of it in test_tinydb_database.
Different on purpose: no query is answered from a cache, whatever `cache_size` says, as a query may ask a clock; what
comes out is a copy, and what raises half-way changes nothing; no two documents have one `id`; `repr` names our own
classes. Its tests of JSONStorage, middlewares and caches have no counterpart: the storages are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, where
from tinydb.operations import delete, increment
from tinydb.queries import QueryLike
from tinydb.table import Document

from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.store.file_storage import FileStorage
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table import Database, IndexedTable
from tests.store.samples import somebody


@pytest.fixture
def fruits(database: Database) -> IndexedTable:
    """Three documents, numbered 1 to 3."""
    table = database.table("fruits")
    assert isinstance(table, IndexedTable)
    documents = [
        {"id": "apple", "keys": {"colour": "red"}, "weight": 150, "sold": {"in": ["SP"]}},
        {"id": "plum", "keys": {"colour": "blue"}, "weight": 50, "sold": {"in": ["SP", "RJ"]}},
        {"id": "cherry", "keys": {"colour": "red"}, "weight": 8, "sold": {"in": []}},
    ]
    assert table.insert_multiple(documents) == [1, 2, 3]
    return table


def names(documents: list[Document]) -> list[str]:
    return [document["id"] for document in documents]


def numbers(documents: list[Document]) -> list[int]:
    return [document.doc_id for document in documents]


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


@pytest.mark.parametrize(("query", "found"), QUERIES, ids=map(repr, range(len(QUERIES))))
def test_a_query_finds_what_it_asks_for(fruits: IndexedTable, query: QueryLike, found: list[str]) -> None:
    assert names(fruits.search(query)) == found
    assert fruits.count(query) == len(found)
    assert fruits.contains(query) is bool(found)
    document = fruits.get(query)
    assert document is None if not found else document["id"] == found[0]


@pytest.mark.parametrize("query", [where("id") == "cherry", where("keys").colour == "blue"])
def test_ids_and_keys_are_looked_up(fruits: IndexedTable, query: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(*_: object) -> bool:
        raise AssertionError("scanned")

    monkeypatch.setattr(type(query), "__call__", tried)
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


def test_what_comes_out_is_a_copy(fruits: IndexedTable) -> None:
    for document in (fruits.get(doc_id=1), fruits.search(where("id") == "apple")[0], fruits.all()[0]):
        document["sold"]["in"].append("elsewhere")
        document["weight"] = 0
    assert fruits.get(doc_id=1)["sold"] == {"in": ["SP"]}
    assert fruits.get(doc_id=1)["weight"] == 150


def test_what_goes_in_is_a_copy(fruits: IndexedTable) -> None:
    tags = ["a"]
    number = fruits.insert({"tags": tags})
    fruits.update({"labels": tags}, doc_ids=[1, 2])
    tags.append("b")
    assert fruits.get(doc_id=number) == {"tags": ["a"]}
    assert [document["labels"] for document in fruits.get(doc_ids=[1, 2])] == [["a"], ["a"]]


def test_an_update_takes_fields_a_function_or_an_operation(fruits: IndexedTable) -> None:
    def sold_out(document: Any) -> None:
        document["sold"]["in"].clear()

    assert fruits.update({"weight": 1}, where("keys").colour == "red") == [1, 3]
    assert fruits.update(sold_out, doc_ids=[2, 9]) == [2]
    assert fruits.update(increment("weight")) == [1, 2, 3]
    assert fruits.update(delete("keys"), where("id") == "cherry") == [3]
    assert fruits.update_multiple([({"ripe": True}, where("id") == "plum"), (sold_out, where("id") == "apple")]) == [
        1,
        2,
    ]
    assert [document["weight"] for document in fruits] == [2, 51, 2]
    assert [document["sold"] for document in fruits] == [{"in": []}] * 3
    assert fruits.count(where("ripe").exists()) == 1
    assert names(fruits.search(where("keys").colour == "red")) == ["apple"]


def test_an_update_that_changes_a_value_into_an_equal_one_of_another_type_is_kept(fruits: IndexedTable) -> None:
    fruits.update({"weight": 1}, doc_ids=[1])
    fruits.update({"weight": True}, doc_ids=[1])
    assert fruits.get(doc_id=1)["weight"] is True


def test_an_update_that_raises_half_way_changes_nothing(fruits: IndexedTable) -> None:
    def fails_on_cherries(document: Any) -> None:
        document["sold"]["in"].append("everywhere")
        document["weight"] /= document["weight"] - 8

    before = fruits.all()
    with pytest.raises(ZeroDivisionError):
        fruits.update(fails_on_cherries)
    with pytest.raises(TypeError):
        fruits.update({"weight": {1, 2}})
    assert fruits.all() == before


def test_indexes_follow_an_update(fruits: IndexedTable) -> None:
    fruits.update({"id": "pear", "keys": {"colour": "green"}}, where("id") == "apple")
    assert fruits.get(where("id") == "apple") is None
    assert numbers(fruits.search(where("id") == "pear")) == [1]
    assert numbers(fruits.search(where("keys").colour == "red")) == [3]
    assert numbers(fruits.search(where("keys").colour == "green")) == [1]


def test_upsert_updates_what_it_finds_and_inserts_otherwise(fruits: IndexedTable) -> None:
    assert fruits.upsert({"weight": 9}, where("keys").colour == "red") == [1, 3]
    assert fruits.upsert({"id": "pear", "weight": 200}, where("id") == "pear") == [4]
    assert fruits.upsert(Document({"weight": 201}, doc_id=4)) == [4]
    assert fruits.upsert(Document({"id": "fig"}, doc_id=40)) == [40]
    assert [document.get("weight") for document in fruits] == [9, 50, 9, 201, None]
    with pytest.raises(ValueError, match="query"):
        fruits.upsert({"weight": 1})


def test_remove_takes_a_query_or_numbers(fruits: IndexedTable) -> None:
    assert fruits.remove(where("weight") < 100) == [2, 3]
    assert fruits.remove(doc_ids=[1, 2]) == [1]
    assert fruits.all() == []
    assert fruits.search(where("id") == "plum") == fruits.search(where("keys").colour == "red") == []
    with pytest.raises(RuntimeError):
        fruits.remove()


def test_truncate_empties_the_table_and_numbers_begin_anew(fruits: IndexedTable) -> None:
    fruits.truncate()
    assert len(fruits) == 0
    assert fruits.insert({"id": "apple"}) == 1


def test_numbers_go_on_after_the_highest(fruits: IndexedTable) -> None:
    fruits.remove(doc_ids=[3])
    assert fruits.insert({}) == 4
    assert fruits.insert(Document({}, doc_id=10)) == 10
    assert fruits.insert({}) == 11
    assert fruits.insert(Document({}, doc_id=3)) == 3
    with pytest.raises(ValueError, match="3"):
        fruits.insert(Document({}, doc_id=3))
    assert fruits.insert_multiple([Document({}, doc_id=20), {}]) == [20, 12]
    with pytest.raises(ValueError, match="Mapping"):
        fruits.insert([])  # type: ignore[arg-type] # that it is refused is the point


@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.insert({"id": "plum"}),
        lambda table: table.insert_multiple([{"id": "fig"}, {"id": "fig"}]),
        lambda table: table.update({"id": "plum"}, where("id") == "apple"),
        lambda table: table.update({"id": "pear"}),
    ],
)
def test_no_two_documents_have_one_id(fruits: IndexedTable, write: Callable[[IndexedTable], object]) -> None:
    before = fruits.all()
    with pytest.raises(ValueError, match="already"):
        write(fruits)
    assert fruits.all() == before


def test_two_documents_may_swap_their_ids(fruits: IndexedTable) -> None:
    other = {"apple": "plum", "plum": "apple", "cherry": "cherry"}

    def swap(document: Any) -> None:
        document["id"] = other[document["id"]]

    fruits.update(swap)
    assert names(fruits.all()) == ["plum", "apple", "cherry"]
    assert [fruits.get(where("id") == name).doc_id for name in ("plum", "apple", "cherry")] == [1, 2, 3]


def test_tables_are_dropped(fruits: IndexedTable, database: Database) -> None:
    database.table("empty", persist_empty=True)
    database.insert({"in": "the default table"})
    assert database.tables() == {"fruits", "empty", "_default"}
    database.drop_table("fruits")
    assert database.tables() == {"empty", "_default"}
    assert database.table("fruits").all() == []
    database.drop_tables()
    assert database.tables() == set()
    assert len(database) == 0


def test_the_file_keeps_what_tinydb_writes(path: Path) -> None:
    with Database(storage=lambda: FileStorage(path)) as database:
        table = database.table("fruits")
        table.insert_multiple([{"id": name, "n": 1} for name in "abcd"])
        table.update(increment("n"), where("id") == "b")
        table.remove(where("id") == "c")
        table.insert(Document({"id": "zero"}, doc_id=0))
        database.table("gone").insert({"x": 1})
        database.drop_table("gone")
        kept = table.all()
    with Database(storage=lambda: FileStorage(path)) as database:
        assert database.tables() == {"fruits"}
        assert sorted(numbers(database.table("fruits").all())) == sorted(numbers(kept)) == [0, 1, 2, 4]
        assert all(document in kept for document in database.table("fruits"))
        assert database.table("fruits").insert({}) == 5
        database.drop_tables()
    with Database(storage=lambda: FileStorage(path)) as database:
        assert not database.tables()


def test_a_whole_database_may_be_written_at_once() -> None:
    storage = MemoryStorage()
    storage.write({"fruits": {1: {"id": "apple"}}, "nuts": {2: {"id": "walnut"}}})
    storage.write({"fruits": {1: {"id": "plum"}}})
    assert storage.read() == {"fruits": {1: {"id": "plum"}}}
    assert storage.contents("fruits").find("apple") is None
    assert storage.contents("fruits").find("plum") == {"id": "plum"}


def test_a_record_is_one_document_with_its_id_value_keys_and_instant() -> None:
    store = Store()
    store.put("people", somebody("ana", age=30))
    document = store._table("people").get(where("value").age == 30)
    assert document == {
        "id": "ana",
        "value": {"name": "name of ana", "addresses": [{"city": "São Paulo"}], "age": 30},
        "keys": {"email": "ana@x.test"},
        "expires_at": None,
    }
