"""A TinyDB database of our tables is used like any other (see test_tinydb_table for what is different on purpose)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, where
from tinydb.operations import add, decrement, subtract
from tinydb.operations import set as assign
from tinydb.table import Document

from pii_sandbox.mockserver.store.file_storage import FileStorage
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.table import Database


class ReadOnly(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, **values: Any) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pytest.fixture
def letters(database: Database) -> Database:
    """Three documents in the default table, numbered 1 to 3."""
    database.insert_multiple({"n": 1, "letter": letter} for letter in "abc")
    return database


def test_numbers_are_given_in_turn(database: Database) -> None:
    table = database.table("one")
    numbers: list[Any] = [table._get_next_id() for _ in range(3)]  # type: ignore[no-untyped-call] # TinyDB's own
    assert numbers == [1, 2, 3]
    assert table.insert({}) == 4


def test_tables_stand_apart_and_go_together(database: Database) -> None:
    tables = [database.table(name) for name in "abc"]
    for number, table in enumerate(tables):
        table.insert({"number": number})
    assert [table.count(where("number") == 1) for table in tables] == [0, 1, 0]
    assert database.tables() == {"a", "b", "c"}
    database.drop_tables()
    assert [len(table) for table in tables] == [0, 0, 0]
    assert tables[0].insert({}) == 1


def test_databases_stand_apart(letters: Database) -> None:
    other = Database(storage=MemoryStorage)
    assert len(other) == 0
    other.insert({"colour": "blue"})
    assert (len(letters), len(other)) == (3, 1)


def test_a_name_always_leads_to_the_same_table(database: Database) -> None:
    table = database.table("one")
    assert database.table("one") is table
    assert table.name == "one"
    with pytest.raises(AttributeError):
        table.name = "other"  # type: ignore[misc] # that it is refused is the point
    assert repr(table).startswith("<IndexedTable name='one', total=0, ")


def test_a_table_is_listed_once_it_holds_something_or_is_to_persist(database: Database) -> None:
    database.table("empty")
    assert database.tables() == set()
    database.table("kept", persist_empty=True)
    assert database.tables() == {"kept"}
    database.drop_table("never there")
    database.drop_table("kept")
    assert database.tables() == set()


def test_a_database_is_its_default_table(letters: Database) -> None:
    assert letters.tables() == {"_default"}
    assert list(letters) == letters.all()
    assert len(letters) == 3
    assert isinstance(letters.storage, MemoryStorage)
    letters.drop_table("_default")
    assert letters.tables() == set()
    assert letters.insert({}) == 1


@pytest.mark.parametrize("cache_size", [0, 1, 10, None])
def test_no_query_is_answered_from_a_cache(database: Database, cache_size: int | None) -> None:
    table, limit = database.table("one", cache_size=cache_size), 5
    numbers, beyond = where("n") == 1, where("n").map(lambda n: n + limit) == 10
    table.insert_multiple([{"n": 1}, {"n": 5}])
    assert (len(table.search(numbers)), table.count(beyond)) == (1, 1)
    table.insert({"n": 1})
    limit = 10
    assert (len(table.search(numbers)), table.count(beyond)) == (2, 0)
    table.remove(numbers)
    assert table.search(numbers) == []


def test_a_result_belongs_to_whoever_asked(letters: Database) -> None:
    found = letters.search(where("n") == 1)
    assert found == letters.search(where("n") == 1)
    found.clear()
    assert letters.count(where("n") == 1) == 3


def test_counting_makes_no_documents(letters: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> Document:
        raise AssertionError("made a document")

    monkeypatch.setattr("pii_sandbox.mockserver.store.table.Document", made)
    counts = [letters.count(query) for query in (where("n") == 1, where("letter") > "a", where("x").exists())]
    assert counts == [3, 2, 0]


def test_documents_come_from_lists_generators_and_any_mapping(database: Database) -> None:
    assert database.insert_multiple([{"n": 0}, ReadOnly(n=1)]) == [1, 2]
    assert database.insert_multiple({"n": number} for number in range(2, 5)) == [3, 4, 5]
    assert database.insert(ReadOnly(n=5)) == 6
    assert [document["n"] for document in database] == list(range(6))
    assert database.update(ReadOnly(n=7), doc_ids=[2]) == [2]
    assert database.get(doc_id=2) == {"n": 7}


@pytest.mark.parametrize("document", [[1, 2], {"set"}, object(), "text"])
def test_what_is_no_mapping_is_no_document(letters: Database, document: Any) -> None:
    before = letters.all()
    with pytest.raises(ValueError, match="not a Mapping"):
        letters.insert(document)
    with pytest.raises(ValueError, match="not a Mapping"):
        letters.insert_multiple({"n": 1, "letter": "d"})  # a document instead of several
    assert letters.all() == before


def test_what_json_cannot_hold_is_refused(letters: Database) -> None:
    before = letters.all()
    for write in (letters.insert, letters.update):
        with pytest.raises(TypeError):
            write({"n": letters})
    assert letters.all() == before
    assert letters.insert({"n": 2}) > 3


def test_documents_may_bring_their_numbers(database: Database) -> None:
    assert database.insert_multiple([Document({"n": 1}, 12), Document({"n": 2}, 77)]) == [12, 77]
    assert (database.get(doc_id=12), database.get(doc_id=77)) == ({"n": 1}, {"n": 2})
    with pytest.raises(ValueError, match="12"):
        database.insert_multiple([Document({"n": 3}, 12)])
    assert database.upsert(Document({"n": 4}, 80)) == [80]
    assert database.insert({}) == 81


def test_a_number_that_nothing_has_finds_nothing(letters: Database) -> None:
    for number in (88, -1, float("nan")):
        assert letters.get(doc_id=number) is None  # type: ignore[call-overload, arg-type, unused-ignore] # no number
    assert letters.get(doc_ids=[document.doc_id for document in letters.all()]) == letters.all()
    with pytest.raises(RuntimeError):
        letters.contains()


def test_operations_change_one_field(letters: Database) -> None:
    letters.update(add("n", 5), where("letter") == "a")
    letters.update(subtract("n", 5), where("letter") == "b")
    letters.update(decrement("n"), where("letter") == "c")
    letters.update(add("letter", "x"), doc_ids=[1])  # type: ignore[arg-type] # adds to texts as well
    letters.update(assign("letter", "y"), doc_ids=[2])
    assert letters.all() == [{"n": 6, "letter": "ax"}, {"n": -4, "letter": "y"}, {"n": 0, "letter": "c"}]


def test_a_query_reaches_into_documents(letters: Database) -> None:
    inside = Query().network.id == "114"
    letters.insert({"network": {"id": "114", "ticker": "x"}})
    assert letters.search(inside) == [{"network": {"id": "114", "ticker": "x"}}]
    assert letters.remove(inside) == [4]
    assert letters.search(inside) == []


def test_a_file_that_nobody_writes_to_stays_as_it_is(path: Path) -> None:
    with Database(storage=lambda: FileStorage(path)) as database:
        database.insert_multiple({"n": number} for number in range(100))
        database.close()
    before = path.read_bytes()
    with Database(storage=lambda: FileStorage(path)) as database:
        assert database.count(where("n") < 50) == 50
    assert path.read_bytes() == before
    with Database(storage=lambda: FileStorage(path)) as database:
        assert database.insert({"n": 100}) == 101
        database.remove(where("n") == 50)
        numbers = [document.doc_id for document in database]
    assert numbers == [number for number in range(1, 102) if number != 51]
