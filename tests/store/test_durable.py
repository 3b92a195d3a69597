"""What was waited for survives a power cut; those who wait share one sync, and the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Store, StoreError, compaction
from pii_sandbox.mockserver.store.compaction import Compaction
from tests.store.samples import all_records, person


class Disk:
    """What a power cut would leave of one store: each file as of its last sync, under the names of the last folder's.

    Between two syncs of the folder a file may have its new or its old name there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.synced: dict[int, bytes] = {}
        self.named: set[int] = set()  # what the path may mean, by inode
        self.fdatasync, self.fsync = os.fdatasync, os.fsync

    def sync(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            self.named = {self.path.stat().st_ino}
        else:
            self.synced[status.st_ino] = os.pread(descriptor, status.st_size, 0)

    def surviving_stores(self, empty: Path) -> Iterator[Store]:
        """Each store that may be left, as it is opened again."""
        for number, inode in enumerate(self.named | {self.path.stat().st_ino}):
            path = empty / f"{number}" / self.path.name
            path.parent.mkdir(parents=True)
            path.write_bytes(self.synced.get(inode, b""))
            store = Store(path)
            yield store
            store.close()


@pytest.fixture
def disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(path)
    monkeypatch.setattr(os, "fdatasync", disk.sync)
    monkeypatch.setattr(os, "fsync", disk.sync)
    return disk


def wait_for(store: Store) -> None:
    asyncio.run(store.flushed())
    assert not store.unflushed


def test_a_power_cut_leaves_all_that_was_waited_for(path: Path, disk: Disk, tmp_path: Path) -> None:
    store = Store(path, durable=True)
    wait_for(store)
    for number in range(5):
        store.put("people", person(f"{number}"))
        assert store.unflushed
        wait_for(store)
        for left in disk.surviving_stores(tmp_path / f"{number}"):
            assert all_records(left) == all_records(store)
    store.close()


def test_a_power_cut_at_any_step_of_a_compaction_leaves_all_that_was_waited_for(
    path: Path, disk: Disk, tmp_path: Path, started_compactions: list[Compaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "DOCUMENTS_A_LINE", 3)
    store = Store(path, durable=True)
    store.put_all("people", map(person, "123456789"))
    while not started_compactions:
        store.put("people", person("1", again=True))
    going_on, number = True, 0
    while going_on:
        going_on = started_compactions[0].step()
        for left in disk.surviving_stores(tmp_path / f"{number} stepped"):
            assert number == 0 or all_records(left) == all_records(store)
        store.put("people", person(f"{number}", step=number))
        store.drop("people", f"{number + 1}")
        wait_for(store)
        for left in disk.surviving_stores(tmp_path / f"{number} written"):
            assert all_records(left) == all_records(store)
        number += 1
    assert started_compactions[0].succeeded
    store.close()


def test_a_fork_and_a_store_that_was_there_last_from_their_first_answer(path: Path, disk: Disk, tmp_path: Path) -> None:
    before = Store()
    before.put("people", person("a"))
    fork = before.fork(path, durable=True)
    assert not fork.unflushed
    for left in disk.surviving_stores(tmp_path / "fork"):
        assert all_records(left) == all_records(before)
    fork.close()
    not_waited_for = Store(path)
    not_waited_for.put("people", person("b"))
    not_waited_for.close()
    store = Store(path, durable=True)
    assert store.unflushed
    wait_for(store)
    for left in disk.surviving_stores(tmp_path / "opened"):
        assert all_records(left) == all_records(store)
    store.put("people", person("c"))
    store.close()
    for left in disk.surviving_stores(tmp_path / "closed"):
        assert all_records(left) == all_records(store)


def test_those_who_wait_share_one_sync_and_the_loop_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started, may_end, syncs = threading.Event(), threading.Event(), list[int]()

    def slow(descriptor: int) -> None:
        syncs.append(os.fstat(descriptor).st_size)
        started.set()
        assert may_end.wait(30)

    monkeypatch.setattr(os, "fdatasync", slow)
    store = Store(path, durable=True)

    async def written(number: int) -> int:
        store.put("people", person(f"{number}"))
        size = path.stat().st_size
        await store.flushed()
        return size

    async def play() -> list[int]:
        first = asyncio.create_task(written(0))
        while not started.is_set():
            await asyncio.sleep(0)
        others = [asyncio.create_task(written(number)) for number in range(1, 9)]
        gone = asyncio.create_task(written(9))
        while store.count("people") < 10:
            await asyncio.sleep(0)
        gone.cancel()
        assert not first.done()
        may_end.set()
        return await asyncio.gather(first, *others)

    sizes = asyncio.run(play())
    assert len(syncs) == 2
    assert syncs[0] >= sizes[0]
    assert syncs[1] >= max(sizes)
    store.close()


def fail_times(times: int) -> Callable[[int], None]:
    left = iter(range(times))

    def fail(descriptor: int) -> None:
        if next(left, None) is not None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    return fail


async def outcomes(store: Store, count: int) -> list[BaseException | None]:
    waiting: list[Awaitable[None]] = [store.flushed() for _ in range(count)]
    return await asyncio.gather(*waiting, return_exceptions=True)


def test_a_sync_that_fails_is_told_to_all_who_wait_and_the_next_one_writes_anew(
    path: Path, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(path, durable=True)
    wait_for(store)
    store.put("people", person("a"))
    before = path.stat().st_ino
    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", fail_times(1))
        results = asyncio.run(outcomes(store, 3))
    assert [str(error) for error in results] == [f"{path} cannot be flushed to disk: Input/output error"] * 3
    assert [type(error) for error in results] == [StoreError] * 3
    assert store.unflushed
    store.put("people", person("b"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail_times(1))
        assert [type(error) for error in asyncio.run(outcomes(store, 2))] == [StoreError] * 2
    assert path.stat().st_ino == before
    wait_for(store)
    assert path.stat().st_ino != before
    for left in disk.surviving_stores(tmp_path / "left"):
        assert all_records(left) == {"people": [person("a"), person("b")]}
    store.close()


def test_other_stores_are_as_safe_as_they_get_at_once(path: Path) -> None:
    for store in (Store(), Store(path), Store().fork(path.with_name("fork.journal"))):
        store.put("people", person("a"))
        assert not store.unflushed
        wait_for(store)
        store.close()
