"""Forks share what is stored, and see nothing of each other's writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError
from tests.store.samples import abort_unit, all_records, person

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
Write = Callable[[Store], object]

WRITES: list[Write] = [
    lambda store: store.put("people", person("new")),
    lambda store: store.put("people", Record("a", {"changed": True}, {"city": "SP"}, NOON)),
    lambda store: store.drop("people", "b"),
    lambda store: store.put_all("carts", map(person, "xy")),
    lambda store: store.clear(),
]


@pytest.fixture
def filled_store(store: Store) -> Store:
    store.put_all("people", (Record(name, {"tags": [name]}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", person("1"))
    return store


def all_lookups(store: Store) -> tuple[object, ...]:
    """Everything by every way to it."""
    found = store.find_by("people", "city", "SP"), store.find_by("people", "email", "new@x.test")
    return all_records(store), found, store.find("people", "a"), store.find("people", "new"), store.next_expired(NOON)


def test_a_fork_has_the_same_records(filled_store: Store) -> None:
    assert all_lookups(filled_store.fork()) == all_lookups(filled_store)


@pytest.mark.parametrize("write", WRITES)
def test_forks_never_see_each_others_writes(filled_store: Store, write: Write) -> None:
    first, second = filled_store.fork(), filled_store.fork()
    of_first = first.fork()
    before = all_lookups(filled_store)
    write(first)
    after = all_lookups(first)
    assert after != before
    assert all_lookups(filled_store) == all_lookups(second) == all_lookups(of_first) == before
    write(filled_store)
    assert all_lookups(filled_store) == all_lookups(first) == after
    assert all_lookups(second) == all_lookups(of_first) == before
    of_first.put("orders", person("2"))
    assert all_lookups(filled_store) == all_lookups(first) == after
    assert all_lookups(second) == before


def test_a_unit_that_is_taken_back_does_not_reach_a_fork(filled_store: Store) -> None:
    fork = filled_store.fork()
    before = all_lookups(fork)
    with abort_unit(filled_store):
        for write in WRITES:
            write(filled_store)
    assert all_lookups(filled_store) == all_lookups(fork) == before


def test_a_fork_taken_inside_a_unit_keeps_what_the_unit_gives_up(filled_store: Store) -> None:
    before = all_lookups(filled_store)
    forks = []
    with abort_unit(filled_store):
        filled_store.put("people", person("new"))
        forks.append(filled_store.fork())
        filled_store.drop("people", "a")
    assert all_lookups(filled_store) == before
    assert [record.id for record in forks[0].page("people").records] == ["a", "b", "c", "new"]


def test_a_fork_shares_the_stored_documents_until_it_writes(filled_store: Store) -> None:
    fork = filled_store.fork()
    assert fork._storage.contents("people") is filled_store._storage.contents("people")
    fork.put("people", person("new"))
    assert fork._storage.contents("people") is not filled_store._storage.contents("people")
    assert fork._storage.contents("people").find("a") is filled_store._storage.contents("people").find("a")
    assert fork._storage.contents("orders") is filled_store._storage.contents("orders")


def test_a_fork_outlives_its_origin(filled_store: Store) -> None:
    fork = filled_store.fork()
    before = all_lookups(filled_store)
    filled_store.close()
    assert all_lookups(fork) == before
    fork.put("people", person("new"))
    assert fork.count("people") == 4


def test_a_fork_with_a_path_is_kept_there(filled_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "forks" / "one.journal"
    fork = filled_store.fork(path)
    before = all_lookups(filled_store)
    assert all_lookups(fork) == before
    fork.put("people", person("new"))
    after = all_lookups(fork)
    fork.close()
    assert all_lookups(filled_store) == before
    reopened = Store(path)
    assert all_lookups(reopened) == after
    reopened.close()


def test_a_fork_does_not_take_the_place_of_a_file(filled_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "one.journal"
    path.write_bytes(b"something")
    with pytest.raises(StoreError, match="already exists"):
        filled_store.fork(path)
    assert path.read_bytes() == b"something"
    path.unlink()
    filled_store.fork(path).close()


def test_forks_may_be_written_to_by_threads_at_once(filled_store: Store) -> None:
    forks = [filled_store.fork() for _ in range(8)]

    def write(number: int) -> None:
        for _ in range(20):
            forks[number].fork().put("people", person("lost"))
            forks[number].put("people", person(f"{number}"))
            filled_store.fork().drop("people", "a")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(forks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.id for record in filled_store.page("people").records] == ["a", "b", "c"]
    for number, fork in enumerate(forks):
        assert [record.id for record in fork.page("people").records] == ["a", "b", "c", f"{number}"]
