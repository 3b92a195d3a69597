"""Forks share what is stored, and see nothing of each other's writes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError
from tests.store.samples import abandoned, everything, somebody

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
Write = Callable[[Store], object]

WRITES: list[Write] = [
    lambda store: store.put("people", somebody("new")),
    lambda store: store.put("people", Record("a", {"changed": True}, {"city": "SP"}, NOON)),
    lambda store: store.drop("people", "b"),
    lambda store: store.put_all("carts", map(somebody, "xy")),
    lambda store: store.clear(),
]


@pytest.fixture
def filled(store: Store) -> Store:
    store.put_all("people", (Record(name, {"tags": [name]}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", somebody("1"))
    return store


def seen(store: Store) -> tuple[object, ...]:
    """Everything by every way to it."""
    found = store.find_by("people", "city", "SP"), store.find_by("people", "email", "new@x.test")
    return everything(store), found, store.find("people", "a"), store.find("people", "new"), store.next_expired(NOON)


def test_a_fork_has_the_same_records(filled: Store) -> None:
    assert seen(filled.fork()) == seen(filled)


@pytest.mark.parametrize("write", WRITES)
def test_forks_never_see_each_others_writes(filled: Store, write: Write) -> None:
    first, second = filled.fork(), filled.fork()
    of_first = first.fork()
    before = seen(filled)
    write(first)
    after = seen(first)
    assert after != before
    assert seen(filled) == seen(second) == seen(of_first) == before
    write(filled)
    assert seen(filled) == seen(first) == after
    assert seen(second) == seen(of_first) == before
    of_first.put("orders", somebody("2"))
    assert seen(filled) == seen(first) == after
    assert seen(second) == before


def test_a_unit_that_is_taken_back_does_not_reach_a_fork(filled: Store) -> None:
    fork = filled.fork()
    before = seen(fork)
    with abandoned(filled):
        for write in WRITES:
            write(filled)
    assert seen(filled) == seen(fork) == before


def test_a_fork_taken_inside_a_unit_keeps_what_the_unit_gives_up(filled: Store) -> None:
    before = seen(filled)
    forks = []
    with abandoned(filled):
        filled.put("people", somebody("new"))
        forks.append(filled.fork())
        filled.drop("people", "a")
    assert seen(filled) == before
    assert [record.id for record in forks[0].page("people").records] == ["a", "b", "c", "new"]


def test_a_fork_shares_the_stored_documents_until_it_writes(filled: Store) -> None:
    fork = filled.fork()
    assert fork._storage.contents("people") is filled._storage.contents("people")
    fork.put("people", somebody("new"))
    assert fork._storage.contents("people") is not filled._storage.contents("people")
    assert fork._storage.contents("people").find("a") is filled._storage.contents("people").find("a")
    assert fork._storage.contents("orders") is filled._storage.contents("orders")


def test_a_fork_outlives_its_origin(filled: Store) -> None:
    fork = filled.fork()
    before = seen(filled)
    filled.close()
    assert seen(fork) == before
    fork.put("people", somebody("new"))
    assert fork.count("people") == 4


def test_a_fork_with_a_path_is_kept_there(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "forks" / "one.journal"
    fork = filled.fork(path)
    before = seen(filled)
    assert seen(fork) == before
    fork.put("people", somebody("new"))
    after = seen(fork)
    fork.close()
    assert seen(filled) == before
    reopened = Store(path)
    assert seen(reopened) == after
    reopened.close()


def test_a_fork_does_not_take_the_place_of_a_file(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "one.journal"
    path.write_bytes(b"something")
    with pytest.raises(StoreError, match="is there already"):
        filled.fork(path)
    assert path.read_bytes() == b"something"
    path.unlink()
    filled.fork(path).close()


def test_forks_may_be_written_to_by_threads_at_once(filled: Store) -> None:
    forks = [filled.fork() for _ in range(8)]

    def write(number: int) -> None:
        for _ in range(20):
            forks[number].fork().put("people", somebody("lost"))
            forks[number].put("people", somebody(f"{number}"))
            filled.fork().drop("people", "a")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(forks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record.id for record in filled.page("people").records] == ["a", "b", "c"]
    for number, fork in enumerate(forks):
        assert [record.id for record in fork.page("people").records] == ["a", "b", "c", f"{number}"]
