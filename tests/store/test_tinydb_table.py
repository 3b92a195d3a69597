"""The table behind the store: TinyDB's interface, answered from indexes and written one document at a time.

Different from TinyDB's own on purpose: a call that raises half-way changes nothing; no two documents have one `id`;
nothing writes the database as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import where
from tinydb.operations import delete, increment
from tinydb.table import Document

from pii_sandbox.mockserver.store import Store
from pii_sandbox.mockserver.store.file_storage import FileStorage
from pii_sandbox.mockserver.store.queries import ById
from pii_sandbox.mockserver.store.table import Database, IndexedTable
from tests.store.samples import names, numbers, person


def test_an_update_takes_fields_a_function_or_an_operation(fruits: IndexedTable) -> None:
    def sold_out(document: Any) -> None:
        document["sold"]["in"].clear()

    assert fruits.update({"weight": 1}, where("keys").colour == "red") == [1, 3]
    assert fruits.update(sold_out, doc_ids=[2, 9]) == [2]
    assert fruits.update(increment("weight")) == [1, 2, 3]
    assert fruits.update(delete("keys"), where("id") == "cherry") == [3]
    assert fruits.update({"ripe": True}, where("id") == "plum") == [2]
    assert fruits.update(sold_out, where("id") == "apple") == [1]
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
    assert fruits.all() == before
    assert fruits.get(doc_id=1)["sold"] == {"in": ["SP"]}


def test_indexes_follow_an_update(fruits: IndexedTable) -> None:
    fruits.update({"id": "pear", "keys": {"colour": "green"}}, where("id") == "apple")
    assert fruits.get(where("id") == "apple") is None
    assert numbers(fruits.search(where("id") == "pear")) == [1]
    assert numbers(fruits.search(where("keys").colour == "red")) == [3]
    assert numbers(fruits.search(where("keys").colour == "green")) == [1]


def test_upsert_updates_what_it_finds_and_inserts_otherwise(fruits: IndexedTable) -> None:
    assert fruits.upsert({"weight": 9}, where("keys").colour == "red") == [1, 3]
    assert fruits.upsert({"id": "pear", "weight": 200}, where("id") == "pear") == [4]
    assert [document.get("weight") for document in fruits] == [9, 50, 9, 200]
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
    assert fruits.insert_multiple([{}, {}]) == [5, 6]


@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.insert({"id": "plum"}),
        lambda table: table.insert_multiple([{"id": "fig"}, {"id": "fig"}]),
        lambda table: table.update({"id": "plum"}, where("id") == "apple"),
        lambda table: table.update({"id": "pear"}),
        lambda table: table.upsert({"id": "plum"}, where("id") == "fig"),
        lambda table: table.upsert({"id": "plum"}, where("id") == "apple"),
    ],
)
def test_no_two_documents_have_one_id(fruits: IndexedTable, write: Callable[[IndexedTable], object]) -> None:
    before = fruits.all()
    with pytest.raises(ValueError, match="already"):
        write(fruits)
    assert fruits.all() == before
    assert fruits.get(where("id") == "fig") is None


@pytest.mark.parametrize("document", [[1, 2], {"set"}, object(), "text", Document({}, doc_id=7)])
def test_only_plain_dicts_are_inserted(fruits: IndexedTable, document: Any) -> None:
    before = fruits.all()
    for write in (fruits.insert, lambda it: fruits.insert_multiple([{"id": "fig"}, it])):
        with pytest.raises(ValueError, match="not a dict"):
            write(document)
    assert fruits.all() == before


@pytest.mark.parametrize(
    "write",
    [
        lambda database: database.drop_tables(),
        lambda database: database.drop_table("fruits"),
        lambda database: database.table("fruits").update_multiple([({"weight": 0}, where("id") == "plum")]),
    ],
)
def test_no_call_writes_the_database_as_a_whole(
    fruits: IndexedTable, database: Database, write: Callable[[Database], object]
) -> None:
    before = fruits.all()
    with pytest.raises(NotImplementedError, match="single documents"):
        write(database)
    assert database.table("fruits").all() == before
    assert database.tables() == {"fruits"}


def test_the_file_keeps_what_is_written_through_tinydb(path: Path) -> None:
    with Database(storage=lambda: FileStorage(path)) as database:
        table = database.table("fruits")
        table.insert_multiple([{"id": name, "n": 1} for name in "abcd"])
        table.update(increment("n"), where("id") == "b")
        table.upsert({"id": "d", "n": 7}, ById("d"))
        table.remove(where("id") == "c")
        database.table("gone").insert({"x": 1})
        database.table("gone").truncate()
        kept = table.all()
    with Database(storage=lambda: FileStorage(path)) as database:
        assert database.table("fruits").all() == kept == [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "d", "n": 7}]
        assert database.table("gone").all() == []
        assert database.table("fruits").insert({"id": "e"}) == 5


def test_a_record_is_one_document_with_its_id_value_keys_and_instant() -> None:
    store = Store()
    store.put("people", person("ana", age=30))
    document = store._table("people").get(where("value").age == 30)
    assert document == {
        "id": "ana",
        "value": {"name": "name of ana", "addresses": [{"city": "São Paulo"}], "age": 30},
        "keys": {"email": "ana@x.test"},
        "expires_at": None,
    }


def test_the_store_reads_and_writes_through_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def record_call(name: str, method: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            called.append(name)
            return method(*arguments, **options)

        return call

    for name in ("get", "search", "peek", "upsert", "remove", "truncate", "__len__"):
        monkeypatch.setattr(IndexedTable, name, record_call(name, getattr(IndexedTable, name)))
    store = Store()
    store.put("people", person("ana"))
    store.put_owned("people", person("bia"))
    assert store.find("people", "ana") == person("ana")
    assert store.find_by("people", "email", "bia@x.test") == [person("bia")]
    assert store.peek("people", "ana") == person("ana")
    assert store.ids_by("people", "email", "bia@x.test") == ["bia"]
    assert store.count("people") == 2
    assert store.drop("people", "ana")
    store.clear()
    assert called == ["upsert", "upsert", "get", "search", "peek", "peek", "__len__", "remove", "truncate"]
