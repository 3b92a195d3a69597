"""A file becomes shorter while it is in use, whatever happens between two steps of it."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import (
    Record,
    Store,
    StoreError,
    append_log,
    atomic_files,
    file_storage,
)
from pii_sandbox.mockserver.store import (
    compaction as store_compaction,
)
from pii_sandbox.mockserver.store.compaction import Compaction
from tests.store.conftest import Open
from tests.store.samples import abort_unit, all_records, person

Action = Callable[[Store], object]


@pytest.fixture(autouse=True)
def _short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_compaction, "DOCUMENTS_A_LINE", 3)
    monkeypatch.setattr(store_compaction, "_FEW_LINES", 2)


def write_nested_units(store: Store) -> None:
    with store.exclusive():
        store.put("people", person("3", nested=True))
        with abort_unit(store):
            store.put("people", person("4", nested="never"))
            store.clear()
        with store.exclusive():
            store.drop("people", "5")
            store.put("orders", person("1"))


def clear_and_fill(store: Store) -> None:
    store.clear()
    store.put_all("people", (person(name, again=True) for name in "798"))


def move_ids(store: Store) -> None:
    with store.exclusive():
        store.drop("people", "2")
        store.put("people", person("2", place="last"))


def many_writes(store: Store) -> None:
    for number in range(12):
        store.put("people", person(f"many {number % 5}", number=number))


def fork_and_write(store: Store) -> None:
    fork = store.fork()
    store.put("people", person("1", after="the fork"))
    fork.put("people", person("1", of="the fork"))


ACTIONS: dict[str, Action] = {
    "put": lambda store: store.put("people", person("new")),
    "update": lambda store: store.put("people", person("1", changed=True)),
    "drop": lambda store: store.drop("people", "8"),
    "a new table": lambda store: store.put("visits", person("1")),
    "clear": lambda store: store.clear(),
    "clear and fill": clear_and_fill,
    "units in units": write_nested_units,
    "an id moves": move_ids,
    "many writes": many_writes,
    "fork": fork_and_write,
}


def grow(store: Store) -> Store:
    """A store whose file is worth compacting; what is alive takes several steps."""
    store.put_all("people", map(person, "123456789"))
    while store._storage._compaction is None:  # type: ignore[attr-defined]  # a look behind the interface
        store.put("people", Record("b", {}))
    store.put_all("orders", map(person, "12345"))
    return store


def finish(compaction: Compaction) -> None:
    while compaction.step():
        pass


def steps_of_one(path: Path, started_compactions: list[Compaction]) -> int:
    store = grow(Store(path))
    count = 1
    while started_compactions[-1].step():
        count += 1
    store.close()
    path.unlink()
    started_compactions.clear()
    return count


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_what_is_written_between_any_two_steps_is_in_the_new_file(
    reopen: Open, path: Path, started_compactions: list[Compaction], action: Action
) -> None:
    for step in range(steps_of_one(path, started_compactions)):
        store = grow(reopen())
        for _ in range(step):
            assert started_compactions[0].step()
        action(store)
        finish(started_compactions[0])
        assert started_compactions[0].succeeded
        written = all_records(store)
        store.put("people", person("last"))
        del started_compactions[:]
        store = reopen()
        assert all_records(store) == {**written, "people": [*written.get("people", []), person("last")]}
        assert [path.name for path in path.parent.glob("*.new")] == []
        store.close()
        path.unlink()
        del started_compactions[:]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_a_kill_between_any_two_steps_loses_nothing(
    reopen: Open, path: Path, tmp_path: Path, started_compactions: list[Compaction], action: Action
) -> None:
    store = grow(reopen())
    going_on, number = True, 0
    while going_on:
        if number == 2:
            action(store)
        shutil.copytree(path.parent, tmp_path / f"{number}")
        killed = Store(tmp_path / f"{number}" / path.name)
        assert all_records(killed) == all_records(store)
        killed.close()
        assert {file.name for file in (tmp_path / f"{number}").iterdir()} == {path.name, ".lock"}
        going_on = started_compactions[0].step()
        number += 1


def test_a_store_that_is_closed_meanwhile_leaves_its_old_file(
    reopen: Open, path: Path, started_compactions: list[Compaction]
) -> None:
    for step in range(steps_of_one(path, started_compactions)):
        store = grow(reopen())
        kept = all_records(store)
        for _ in range(step):
            started_compactions[0].step()
        switched = started_compactions[0].succeeded
        store.close()
        assert started_compactions[0].succeeded is switched
        assert {file.name for file in path.parent.iterdir()} == {path.name, ".lock"}
        assert all_records(reopen()) == kept
        finish(started_compactions[0])
        assert all_records(reopen()) == kept
        for compaction in started_compactions:
            finish(compaction)
        del started_compactions[:]
        path.unlink()


def test_a_disk_that_fills_up_at_any_step_leaves_the_old_file(
    reopen: Open,
    path: Path,
    started_compactions: list[Compaction],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = open_files()
    refusing: list[tuple[object, str]] = [
        (store_compaction, "create_temporary"),
        (store_compaction, "write_all"),
        (os, "fsync"),
        (Path, "replace"),
    ]
    for module, name in refusing:
        for steps in range(3):
            caplog.clear()
            store = grow(reopen())
            for _ in range(steps):
                started_compactions[0].step()
            with monkeypatch.context() as patched:
                patched.setattr(module, name, full)
                if steps == 2:
                    many_writes(store)
                finish(started_compactions[0])
            if name == "create_temporary" and steps:
                assert started_compactions[0].succeeded  # it had the file already
            else:
                assert not started_compactions[0].succeeded
                assert "is not compacted: No space left on device" in caplog.text
            many_writes(store)
            kept = all_records(store)
            assert all_records(reopen()) == kept
            assert {file.name for file in path.parent.iterdir()} == {path.name, ".lock"}
            reopen().close()
            for compaction in started_compactions:
                finish(compaction)
            del started_compactions[:]
            path.unlink()
    assert open_files() == before


def test_a_line_that_only_the_old_file_takes_ends_the_compaction(
    reopen: Open, started_compactions: list[Compaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = grow(reopen())
    while not started_compactions[0].duplicates():  # lines go to both files
        started_compactions[0].step()
    with monkeypatch.context() as patched:
        patched.setattr(store_compaction, "write_all", full)
        store.put("people", person("new"))
    assert not started_compactions[0].step()
    assert not started_compactions[0].succeeded
    kept = all_records(store)
    assert all_records(reopen()) == kept


def test_room_that_a_compaction_has_taken_is_given_to_a_write(
    reopen: Open, path: Path, started_compactions: list[Compaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = grow(reopen())
    started_compactions[0].step()
    whole = atomic_files.write_all

    def full_beside_another(descriptor: int, line: bytes) -> None:
        if list(path.parent.glob("*.new")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(descriptor, line)

    monkeypatch.setattr(append_log, "write_all", full_beside_another)
    store.put("people", person("new"))
    finish(started_compactions[0])
    assert not started_compactions[0].succeeded
    assert all_records(reopen())["people"][-1] == person("new")


def test_stores_compact_side_by_side(path: Path, started_compactions: list[Compaction]) -> None:
    paths = [path, path.with_name("other.journal")]
    stores = [grow(Store(each)) for each in paths]
    stores[1].put("people", person("other"))
    while [compaction.step() for compaction in started_compactions] != [False, False]:
        many_writes(stores[0])
    kept = [all_records(store) for store in stores]
    for store in stores:
        store.close()
    for each, held in zip(paths, kept, strict=True):
        store = Store(each)
        assert all_records(store) == held
        store.close()


def test_a_store_without_an_open_file_compacts_too(
    reopen: Open, path: Path, started_compactions: list[Compaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(append_log, "_open_file_slots", threading.BoundedSemaphore(1))
    first = Store(path.with_name("first.journal"))
    before = open_files()
    store = grow(reopen())
    finish(started_compactions[0])
    assert started_compactions[0].succeeded
    many_writes(store)
    assert open_files() == before
    kept = all_records(store)
    first.close()
    assert all_records(reopen()) == kept


def test_writers_in_threads_lose_nothing_to_the_background(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    switched = threading.Event()
    run = store_compaction.run_compaction

    def noted(compaction: Compaction) -> None:
        run(compaction)
        if compaction.succeeded:
            switched.set()

    monkeypatch.setattr(store_compaction, "run_compaction", noted)
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 5_000)
    store = Store(path)

    def write(name: str) -> None:
        for number in range(300):
            with store.exclusive():
                store.put("people", person(f"{name}{number % 7}", number=number))
                store.drop("people", f"{name}{number % 3}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert switched.wait(30)
    kept = all_records(store)
    store.close()
    store = Store(path)
    assert all_records(store) == kept
    store.close()


def test_a_fault_of_ours_is_not_silent(
    reopen: Open,
    started_compactions: list[Compaction],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refused(unit: object) -> bytes:
        raise StoreError("a value cannot be written")

    store = grow(reopen())
    monkeypatch.setattr(store_compaction, "encode_line", refused)
    store_compaction.run_compaction(started_compactions[0])
    assert "is not compacted: a value cannot be written" in caplog.text
    kept = all_records(store)
    assert all_records(reopen()) == kept


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))
