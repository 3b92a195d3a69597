"""What is written together is there whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError
from tests.store.conftest import Open
from tests.store.samples import abort_unit, all_records, person

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def filled_store(store: Store) -> Store:
    store.put_all("people", (Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", person("1"))
    return store


def write_all_sorts(store: Store) -> None:
    store.put("people", Record("b", {"name": "changed"}, {"city": "RJ"}))
    store.put("people", person("new"))
    store.put("people", person("new", again=True))
    store.put_all("carts", map(person, "xyz"))
    store.drop("people", "a")
    store.put("people", Record("a", {"name": "again"}))
    store.clear()
    store.put("people", Record("z", {"name": "after"}, {"city": "SP"}, NOON))
    store.drop("carts", "x")


def assert_untouched(store: Store) -> None:
    people = [Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"]
    assert all_records(store) == {"people": people, "orders": [person("1")]}
    assert store.find_by("people", "city", "SP") == people
    assert store.find_by("people", "city", "RJ") == store.find_by("people", "email", "new@x.test") == []
    assert store.next_expired(NOON) == ("people", people[0])
    assert store.find("people", "z") is None


def test_an_exception_takes_everything_back(filled_store: Store) -> None:
    with abort_unit(filled_store):
        write_all_sorts(filled_store)
        assert filled_store.counts() == {"people": 1}
    assert_untouched(filled_store)


def test_an_interrupt_takes_everything_back(filled_store: Store) -> None:
    with abort_unit(filled_store, KeyboardInterrupt):
        write_all_sorts(filled_store)
    assert_untouched(filled_store)


def test_an_inner_block_is_part_of_the_outer_one(filled_store: Store) -> None:
    with abort_unit(filled_store):
        with filled_store.exclusive():
            write_all_sorts(filled_store)
        assert filled_store.counts() == {"people": 1}
    assert_untouched(filled_store)


def test_an_exception_that_leaves_an_inner_block_alone_takes_back_that_block(filled_store: Store) -> None:
    with filled_store.exclusive():
        filled_store.put("people", person("kept"))
        with abort_unit(filled_store):
            write_all_sorts(filled_store)
        filled_store.put("people", person("kept too"))
    filled_store.drop("people", "kept")
    filled_store.drop("people", "kept too")
    assert_untouched(filled_store)


def test_put_all_stores_nothing_where_its_records_fail(filled_store: Store) -> None:
    def fail() -> Iterator[Record]:
        yield person("a")
        raise KeyError

    with pytest.raises(KeyError):
        filled_store.put_all("people", fail())
    assert_untouched(filled_store)


def test_a_unit_is_on_disk_whole_or_not_at_all(reopen: Open, path: Path) -> None:
    store = reopen()
    store.put_all("people", (Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", person("1"))
    before = path.stat().st_size
    with abort_unit(store):
        write_all_sorts(store)
        assert path.stat().st_size == before
    assert path.stat().st_size == before
    assert_untouched(reopen())
    store = reopen()
    with store.exclusive():
        write_all_sorts(store)
    after = all_records(store)
    assert path.read_bytes().count(b"\n", before) == 1
    assert all_records(reopen()) == after


def test_no_other_thread_writes_between_a_read_and_a_write_of_one_unit(store: Store) -> None:
    store.put("people", Record("a", {"number": 0}))

    def count_up() -> None:
        for _ in range(50):
            with store.exclusive():
                record = store.find("people", "a")
                assert record is not None
                store.put("people", Record("a", {"number": record.value["number"] + 1}))

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.find("people", "a") == Record("a", {"number": 400})


def test_a_unit_is_invisible_before_its_end(store: Store) -> None:
    inside, seen = threading.Event(), list[dict[str, int]]()

    def read() -> None:
        inside.wait()
        seen.append(store.counts())

    thread = threading.Thread(target=read)
    thread.start()
    with store.exclusive():
        store.put("people", person("a"))
        inside.set()
        thread.join(0.05)
        store.put("people", person("b"))
    thread.join()
    assert seen == [{"people": 2}]


@contextmanager
def limit_file_size(size: int) -> Iterator[None]:
    """No file of this process grows beyond that size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def replace_everything(store: Store) -> None:
    store.clear()
    store.put("people", person("much", text="x" * 5_000))


WRITES: list[Callable[[Store], object]] = [
    lambda store: store.put("people", person("much", text="x" * 5_000)),
    lambda store: store.put_all("people", [person("much", text="x" * 5_000), person("a")]),
    lambda store: store.put("people", person("a", text="x" * 5_000)),
    replace_everything,
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("space", [0, 1, 1_000])
def test_a_write_that_the_disk_has_no_space_for_changes_nothing(
    reopen: Open, path: Path, write: Callable[[Store], object], space: int
) -> None:
    store = reopen()
    store.put_all("people", map(person, "abc"))
    before, records = path.read_bytes(), all_records(store)
    with (
        limit_file_size(len(before) + space),
        pytest.raises(StoreError, match=r"default\.journal cannot be written: File too large"),
        store.exclusive(),
    ):
        write(store)
    assert all_records(store) == records
    assert path.read_bytes() == before
    store.put("people", person("d"))
    assert all_records(reopen()) == {"people": [*records["people"], person("d")]}


def test_a_failed_write_that_cannot_be_taken_off_at_once_is_taken_off_before_the_next(
    reopen: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store = reopen()
    store.put("people", person("a"))
    before = path.stat().st_size
    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", refuse)
        with limit_file_size(before + 10), pytest.raises(StoreError):
            store.put("people", person("b"))
        assert path.stat().st_size == before + 10
        with pytest.raises(StoreError, match="Input/output error"):
            store.put("people", person("c"))
    store.put("people", person("d"))
    assert all_records(reopen()) == {"people": [person("a"), person("d")]}


def test_a_file_system_that_has_become_read_only_changes_nothing(reopen: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    store = reopen()
    store.put("people", person("a"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", refuse)
        for write in (lambda: store.drop("people", "a"), store.clear, lambda: store.put("people", person("b"))):
            with pytest.raises(StoreError, match="Read-only file system"):
                write()
    assert all_records(store) == all_records(reopen()) == {"people": [person("a")]}


def test_a_closed_store_takes_no_writes(reopen: Open) -> None:
    store = reopen()
    store.put("people", person("a"))
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.put("people", person("b"))
    assert all_records(store) == {"people": [person("a")]}
