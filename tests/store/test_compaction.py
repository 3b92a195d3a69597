"""A store's file is compacted while it is in use; writes, kills and threads between two steps lose nothing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Store, append_log, file_storage
from pii_sandbox.mockserver.store import compaction as store_compaction
from pii_sandbox.mockserver.store.compaction import Compaction
from tests.store.compaction_steps import finish, grow, many_writes, open_files
from tests.store.conftest import Open
from tests.store.samples import abort_unit, all_records, person

pytestmark = pytest.mark.usefixtures("short_lines")

Action = Callable[[Store], object]


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

    def record_call(compaction: Compaction) -> None:
        run(compaction)
        if compaction.succeeded:
            switched.set()

    monkeypatch.setattr(store_compaction, "run_compaction", record_call)
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
