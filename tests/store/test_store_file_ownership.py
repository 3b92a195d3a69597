"""To whom a store file belongs: it is opened once, by one process, through no link, and survives a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError
from pii_sandbox.mockserver.store.atomic_files import temporary_path, write_atomically
from pii_sandbox.mockserver.store.folder_lock import LOCK_NAME
from tests.store.conftest import Open
from tests.store.samples import all_records, person


def test_a_file_is_opened_once(reopen: Open, path: Path) -> None:
    store = reopen()
    with pytest.raises(StoreError, match="is open already"):
        Store(path)
    with pytest.raises(StoreError, match="is open already"):
        store.fork(path)
    store.put("people", person("a"))
    other = Store(path.with_name("other.journal"))
    other.put("people", person("b"))
    other.close()
    assert all_records(reopen()) == {"people": [person("a")]}


WRITER = """
import itertools, sys
from pathlib import Path
from pii_sandbox.mockserver.store import Record, Store

store = Store(Path(sys.argv[1]))
for number in itertools.count():
    with store.exclusive():
        store.put("people", Record(f"{number}", {"number": number}))
        store.put("last", Record("last", {"number": number}))
    print(number, flush=True)
"""


@contextmanager
def writing_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes without end and says what it has written."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_folder_belongs_to_one_process(path: Path) -> None:
    with writing_process(path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        for file in (path, path.with_name("other.journal")):
            with pytest.raises(StoreError, match=rf"data is in use by another process \({process.pid}\)"):
                Store(file)
    store = Store(path)
    assert store.count("people") > 0
    store.close()


def test_the_lock_follows_no_link(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("as it was", "utf-8")
    path.parent.mkdir(exist_ok=True)
    (path.parent / LOCK_NAME).symlink_to(other)
    with pytest.raises(StoreError, match=r"\.lock is a symbolic link, which is not followed"):
        Store(path)
    assert other.read_text("utf-8") == "as it was"


def test_no_file_comes_into_being_through_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(path)
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_is_written_aside_follows_no_link(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("as it was", "utf-8")
    path.parent.mkdir(exist_ok=True)
    temporary_path(path).symlink_to(other)
    write_atomically(path, [b"whole\n"], lasting=False)
    assert (path.read_text("utf-8"), other.read_text("utf-8")) == ("whole\n", "as it was")


def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    with writing_process(path) as process:
        assert process.stdout is not None
        while int(acknowledged := process.stdout.readline()) < 500:
            pass
        process.send_signal(signal.SIGKILL)
        acknowledged = [acknowledged, *process.stdout][-1]
    store = Store(path)
    assert [record.value["number"] for record in store.page("people").records][: int(acknowledged) + 1] == list(
        range(int(acknowledged) + 1)
    )
    assert store.find("last", "last") == Record("last", {"number": store.count("people") - 1})
    store.close()
