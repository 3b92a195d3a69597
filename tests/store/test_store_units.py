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
from tests.store.samples import abandoned, everything, somebody

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def filled(store: Store) -> Store:
    store.put_all("people", (Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", somebody("1"))
    return store


def write_all_sorts(store: Store) -> None:
    store.put("people", Record("b", {"name": "changed"}, {"city": "RJ"}))
    store.put("people", somebody("new"))
    store.put("people", somebody("new", again=True))
    store.put_all("carts", map(somebody, "xyz"))
    store.drop("people", "a")
    store.put("people", Record("a", {"name": "again"}))
    store.clear()
    store.put("people", Record("z", {"name": "after"}, {"city": "SP"}, NOON))
    store.drop("carts", "x")


def assert_untouched(store: Store) -> None:
    people = [Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"]
    assert everything(store) == {"people": people, "orders": [somebody("1")]}
    assert store.find_by("people", "city", "SP") == people
    assert store.find_by("people", "city", "RJ") == store.find_by("people", "email", "new@x.test") == []
    assert store.next_expired(NOON) == ("people", people[0])
    assert store.find("people", "z") is None


def test_an_exception_takes_everything_back(filled: Store) -> None:
    with abandoned(filled):
        write_all_sorts(filled)
        assert filled.counts() == {"people": 1}
    assert_untouched(filled)


def test_an_interrupt_takes_everything_back(filled: Store) -> None:
    with abandoned(filled, KeyboardInterrupt):
        write_all_sorts(filled)
    assert_untouched(filled)


def test_an_inner_block_is_part_of_the_outer_one(filled: Store) -> None:
    with abandoned(filled):
        with filled.exclusive():
            write_all_sorts(filled)
        assert filled.counts() == {"people": 1}
    assert_untouched(filled)


def test_an_exception_that_leaves_an_inner_block_alone_takes_back_that_block(filled: Store) -> None:
    with filled.exclusive():
        filled.put("people", somebody("kept"))
        with abandoned(filled):
            write_all_sorts(filled)
        filled.put("people", somebody("kept too"))
    filled.drop("people", "kept")
    filled.drop("people", "kept too")
    assert_untouched(filled)


def test_put_all_stores_nothing_where_its_records_fail(filled: Store) -> None:
    def failing() -> Iterator[Record]:
        yield somebody("a")
        raise KeyError

    with pytest.raises(KeyError):
        filled.put_all("people", failing())
    assert_untouched(filled)


def test_a_unit_is_on_disk_whole_or_not_at_all(reopened: Open, path: Path) -> None:
    store = reopened()
    store.put_all("people", (Record(name, {"name": name}, {"city": "SP"}, NOON) for name in "abc"))
    store.put("orders", somebody("1"))
    before = path.stat().st_size
    with abandoned(store):
        write_all_sorts(store)
        assert path.stat().st_size == before
    assert path.stat().st_size == before
    assert_untouched(reopened())
    store = reopened()
    with store.exclusive():
        write_all_sorts(store)
    after = everything(store)
    assert path.read_bytes().count(b"\n", before) == 1
    assert everything(reopened()) == after


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

    def look() -> None:
        inside.wait()
        seen.append(store.counts())

    thread = threading.Thread(target=look)
    thread.start()
    with store.exclusive():
        store.put("people", somebody("a"))
        inside.set()
        thread.join(0.05)
        store.put("people", somebody("b"))
    thread.join()
    assert seen == [{"people": 2}]


@contextmanager
def disk_full_after(size: int) -> Iterator[None]:
    """No file of this process grows beyond that size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def replace_everything(store: Store) -> None:
    store.clear()
    store.put("people", somebody("much", text="x" * 5_000))


WRITES: list[Callable[[Store], object]] = [
    lambda store: store.put("people", somebody("much", text="x" * 5_000)),
    lambda store: store.put_all("people", [somebody("much", text="x" * 5_000), somebody("a")]),
    lambda store: store.put("people", somebody("a", text="x" * 5_000)),
    replace_everything,
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("space", [0, 1, 1_000])
def test_a_write_that_the_disk_has_no_space_for_changes_nothing(
    reopened: Open, path: Path, write: Callable[[Store], object], space: int
) -> None:
    store = reopened()
    store.put_all("people", map(somebody, "abc"))
    before, records = path.read_bytes(), everything(store)
    with (
        disk_full_after(len(before) + space),
        pytest.raises(StoreError, match=r"default\.journal cannot be written: File too large"),
        store.exclusive(),
    ):
        write(store)
    assert everything(store) == records
    assert path.read_bytes() == before
    store.put("people", somebody("d"))
    assert everything(reopened()) == {"people": [*records["people"], somebody("d")]}


def test_a_failed_write_that_cannot_be_taken_off_at_once_is_taken_off_before_the_next(
    reopened: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    store = reopened()
    store.put("people", somebody("a"))
    before = path.stat().st_size
    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", refused)
        with disk_full_after(before + 10), pytest.raises(StoreError):
            store.put("people", somebody("b"))
        assert path.stat().st_size == before + 10
        with pytest.raises(StoreError, match="Input/output error"):
            store.put("people", somebody("c"))
    store.put("people", somebody("d"))
    assert everything(reopened()) == {"people": [somebody("a"), somebody("d")]}


def test_a_file_system_that_has_become_read_only_changes_nothing(
    reopened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    store = reopened()
    store.put("people", somebody("a"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", refused)
        for write in (lambda: store.drop("people", "a"), store.clear, lambda: store.put("people", somebody("b"))):
            with pytest.raises(StoreError, match="Read-only file system"):
                write()
    assert everything(store) == everything(reopened()) == {"people": [somebody("a")]}


def test_a_closed_store_takes_no_writes(reopened: Open) -> None:
    store = reopened()
    store.put("people", somebody("a"))
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.put("people", somebody("b"))
    assert everything(store) == {"people": [somebody("a")]}
