"""Compaction when the disk is full or a value cannot be written: the old file stays valid."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import StoreError, append_log, atomic_files
from pii_sandbox.mockserver.store import compaction as store_compaction
from pii_sandbox.mockserver.store.compaction import Compaction
from tests.store.compaction_steps import finish, grow, many_writes, open_files
from tests.store.conftest import Open
from tests.store.samples import all_records, person

pytestmark = pytest.mark.usefixtures("short_lines")


def test_a_disk_that_fills_up_at_any_step_leaves_the_old_file(
    reopen: Open,
    path: Path,
    started_compactions: list[Compaction],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def raise_disk_full(*_: object) -> None:
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
                patched.setattr(module, name, raise_disk_full)
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
    def raise_disk_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = grow(reopen())
    while not started_compactions[0].duplicates():  # lines go to both files
        started_compactions[0].step()
    with monkeypatch.context() as patched:
        patched.setattr(store_compaction, "write_all", raise_disk_full)
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
    write_all = atomic_files.write_all

    def full_beside_another(descriptor: int, line: bytes) -> None:
        if list(path.parent.glob("*.new")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_all(descriptor, line)

    monkeypatch.setattr(append_log, "write_all", full_beside_another)
    store.put("people", person("new"))
    finish(started_compactions[0])
    assert not started_compactions[0].succeeded
    assert all_records(reopen())["people"][-1] == person("new")


def test_a_fault_of_ours_is_not_silent(
    reopen: Open,
    started_compactions: list[Compaction],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(unit: object) -> bytes:
        raise StoreError("a value cannot be written")

    store = grow(reopen())
    monkeypatch.setattr(store_compaction, "encode_line", refuse)
    store_compaction.run_compaction(started_compactions[0])
    assert "is not compacted: a value cannot be written" in caplog.text
    kept = all_records(store)
    assert all_records(reopen()) == kept
