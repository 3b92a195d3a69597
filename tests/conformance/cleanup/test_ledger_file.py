"""The file of a ledger: when it is there, what stops it from being written, and what is told of that."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pii_sandbox.conformance import private_files
from pii_sandbox.conformance.cleanup import ledger_file
from pii_sandbox.conformance.cleanup.ledger import BadLedger, Entry, Ledger, describe_untouched, read_ledger
from pii_sandbox.conformance.cleanup.ledger_file import open_locked
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.values.errors import CannotCheck

ABOUT = {"run": "abc12345", "target": "staging"}
UNDO = PlannedCall("DeleteClientProfile", {"profileId": "p-1"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.jsonl"


def fail_writes(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def fail(descriptor: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)


FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_prepared_file_is_there_at_once_and_goes_where_nothing_is_made(file: Path) -> None:
    ledger = Ledger(file, ABOUT)
    ledger.prepare()
    assert file.read_text("utf-8").count("\n") == 1
    ledger.close()
    assert not file.exists()


def test_a_prepared_file_stays_with_what_is_made(file: Path) -> None:
    ledger = Ledger(file, ABOUT)
    ledger.prepare()
    ledger.record_intent("vtex", "CreateProspect")
    ledger.close()
    assert len(file.read_text("utf-8").splitlines()) == 2
    ledger.close()  # a second time is no harm
    with closing(read_ledger(file)) as again:
        assert [entry.number for entry in again.entries] == [1]


@pytest.mark.parametrize("prepares", [True, False])
def test_a_ledger_that_was_read_stays_though_it_has_no_entries(file: Path, prepares: bool) -> None:
    text = '{"ledger": 1, "run": "abc12345"}\n'
    file.write_text(text, "utf-8")
    again = read_ledger(file)
    if prepares:
        again.prepare()
    again.close()
    assert file.read_text("utf-8") == text


def test_a_ledger_that_an_editor_gave_other_line_ends_is_read_and_stays_whole(file: Path) -> None:
    with closing(Ledger(file, ABOUT)) as ledger:
        ledger.record_intent("vtex", "CreateProspect", mark="a")
    other_ends = file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(other_ends)
    with closing(read_ledger(file)) as again:
        assert [entry.mark for entry in again.entries] == ["a"]
    assert file.read_bytes() == other_ends


def test_a_file_of_the_run_that_is_there_gets_no_second_head(file: Path) -> None:
    for _ in range(2):
        with closing(Ledger(file, ABOUT)) as ledger:
            ledger.record_intent("vtex", "CreateProspect")
    assert file.read_text("utf-8").count('"ledger"') == 1


def test_a_ledger_without_a_file_is_kept_in_memory() -> None:
    ledger = Ledger(None, ABOUT)
    ledger.prepare()
    ledger.settle(ledger.record_intent("vtex", "CreateProspect"), "made", undo=UNDO)
    ledger.close()
    assert [(entry.state, entry.undo) for entry in ledger.entries] == [("made", UNDO)]
    assert ledger.failure is None


def test_a_file_that_cannot_be_written_stops_the_run_before_it_starts(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(file, ABOUT)
    with monkeypatch.context() as patch:
        fail_writes(patch, FULL)
        with pytest.raises(BadLedger) as caught:
            ledger.prepare()
    assert str(caught.value) == (
        f"the ledger {file} cannot be written: No space left on device; nothing was started. Name a file that can be "
        "written with --ledger"
    )
    assert not file.exists()
    open_locked(file).close()  # it is not held any more


def test_a_folder_that_cannot_be_created_stops_the_run_before_it_starts(file: Path) -> None:
    file.write_text("", "utf-8")
    with pytest.raises(BadLedger, match=r"cannot be written: (Not a directory|File exists); nothing was started"):
        Ledger(file / "ledger.jsonl", ABOUT).prepare()


@pytest.mark.parametrize(
    ("error", "why"), [(FULL, "No space left on device"), (OSError("a broken disk"), "a broken disk")]
)
def test_what_cannot_be_announced_is_not_made(
    file: Path, error: OSError, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Ledger(file, ABOUT)) as ledger:
        first = ledger.record_intent("vtex", "CreateProspect")
        with monkeypatch.context() as patch:
            fail_writes(patch, error)
            with pytest.raises(CannotCheck) as caught:
                ledger.record_intent("vtex", "CreateProspect")
        assert str(caught.value) == f"nothing was created: the ledger {file} cannot be written: {why}"
        assert (ledger.entry(first + 1).state, ledger.entry(first + 1).why) == ("refused", "never sent")
        written = file.read_text("utf-8")
        with pytest.raises(CannotCheck, match=why):
            ledger.record_intent("vtex", "CreateProspect")  # for good, although the disk has room again
        ledger.settle(first, "gone")  # which is known here, and looked at again by a cleanup
        assert ledger.entry(first).state == "gone"
        assert file.read_text("utf-8") == written


def test_a_state_that_cannot_be_written_is_told_and_stops_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Ledger(file, ABOUT)) as ledger:
        number = ledger.record_intent("vtex", "CreateProspect")
        with monkeypatch.context() as patch:
            fail_writes(patch, FULL)
            ledger.settle(number, "gone")
    assert ledger.failure == f"the ledger {file} cannot be written: No space left on device"
    assert ledger.open_entries() == []


def test_text_is_written_for_people_to_read(file: Path) -> None:
    with closing(Ledger(file, {**ABOUT, "target": "Zürich"})):
        pass
    with closing(Ledger(file, {**ABOUT, "target": "Zürich"})) as ledger:
        ledger.record_intent("vtex", "CreateProspect")
    text = file.read_text("utf-8")
    assert '"target": "Zürich"' in text
    assert "null" not in text


@pytest.mark.parametrize(
    ("about", "began"),
    [({"started_at": "2026-05-01T10:00:00+00:00"}, datetime(2026, 5, 1, 10, tzinfo=UTC)), ({}, None)],
)
def test_the_mark_of_a_ledger_is_as_old_as_its_run(about: dict[str, Any], began: datetime | None) -> None:
    before = datetime.now(UTC)
    mark = Ledger(None, {**ABOUT, **about}).mark
    assert mark.run_id == "abc12345"
    if began is not None:
        assert mark.began_at == began
    else:  # one that does not say so proves no more than from now on
        assert before <= mark.began_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        (Entry(3, "not ours", "vtex", "CreateProspect", why="status 201"), "vtex CreateProspect (entry 3): status 201"),
        (Entry(4, "not ours", sandbox="abc-x", why="older"), "sandbox abc-x (entry 4): older"),
    ],
)
def test_what_is_left_alone_is_named(entry: Entry, text: str) -> None:
    assert describe_untouched(entry) == text


def test_a_file_in_use_is_let_go_of_at_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def append(name: Path) -> TextIOWrapper:
        opened.append(private_files.append(name))
        return opened[-1]

    with closing(open_locked(file)):
        monkeypatch.setattr(ledger_file, "private_files", SimpleNamespace(append=append))
        with pytest.raises(BadLedger, match=r"ledger\.jsonl is in use by a run that has not ended; wait for it, or"):
            open_locked(file)
    assert [each.closed for each in opened] == [True]


def test_the_folder_of_a_file_is_let_go_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, closed, close = [], [], os.close
    open_file = os.open

    def record_open(name: Any, *more: Any) -> int:
        descriptor = open_file(name, *more)
        if name == tmp_path:
            opened.append(descriptor)
        return descriptor

    def record_close(descriptor: int) -> None:
        closed.append(descriptor)
        close(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", record_open)
        patch.setattr(os, "close", record_close)
        ledger_file.sync_folder(tmp_path)
        ledger_file.sync_folder(tmp_path / "none")  # where it cannot be synchronized, nothing is lost
    assert opened
    assert set(opened) <= set(closed)
