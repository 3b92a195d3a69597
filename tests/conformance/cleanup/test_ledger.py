"""What is made, on disk before it is made."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pii_sandbox.conformance.cleanup import ledger
from pii_sandbox.conformance.cleanup.ledger import BadLedger, Ledger
from pii_sandbox.conformance.cleanup.links import PlannedCall

ABOUT = {"run": "abc12345", "target": "staging", "urls": {"vtex": "https://shop.example.com"}}
UNDO = PlannedCall("DeleteClientProfile", {"profileId": "p-1"})


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_ledger_file_is_created_with_the_first_entry(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.jsonl", ABOUT).close()
    assert not (tmp_path / "ledger.jsonl").exists()


def test_an_intention_is_on_the_disk_when_it_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def record_call(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", record_call)
    file = tmp_path / "very" / "deep" / "ledger.jsonl"
    ledger = Ledger(file, ABOUT)
    number = ledger.record_intent("vtex", "CreateClientProfile", mark="0f3k2a")
    head, entry = lines(file)
    assert head == {"ledger": 1, **ABOUT}
    assert {name: entry[name] for name in ("entry", "state", "api", "operation", "mark")} == {
        "entry": number,
        "state": "intended",
        "api": "vtex",
        "operation": "CreateClientProfile",
        "mark": "0f3k2a",
    }
    assert synced == ["file", "folder", "file"]  # the head, its name in the folder, the entry
    ledger.settle(number, "gone")
    assert synced[3:] == ["file"]
    assert lines(file)[-1]["state"] == "gone"
    ledger.close()


def test_a_ledger_is_read_as_it_was_left(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    open_ledger = Ledger(file, ABOUT)
    profile = open_ledger.record_intent("vtex", "CreateClientProfile", mark="a")
    address = open_ledger.record_intent("vtex", "CreateClientAddress", under=profile)
    refused = open_ledger.record_intent("vtex", "CreateClientProfile", mark="b")
    room = open_ledger.record_intent(sandbox="abc12345-x")
    open_ledger.settle(profile, "made", undo=UNDO)
    open_ledger.settle(refused, "refused", why="status 409")
    open_ledger.close()
    again = ledger.read_ledger(file)
    assert again.run_id == "abc12345"
    assert again.about == ABOUT
    assert [entry.number for entry in again.open_entries()] == [room, address, profile]
    assert again.entries == open_ledger.entries
    assert again.entry(profile).undo == UNDO
    assert again.entry(address).under == profile
    assert again.entry(room).sandbox == "abc12345-x"
    again.settle(profile, "gone", why="DeleteClientProfile answered 204")
    assert again.entry(profile).undo == UNDO
    assert again.record_intent("vtex", "CreateProspect") == room + 1
    again.close()
    with closing(ledger.read_ledger(file)) as once_more:
        assert [entry.number for entry in once_more.open_entries()] == [room + 1, room, address]


def test_a_line_that_was_cut_off_is_as_if_it_had_not_been_written(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    open_ledger = Ledger(file, ABOUT)
    open_ledger.record_intent("vtex", "CreateClientProfile", mark="a")
    open_ledger.close()
    with file.open("a", encoding="utf-8") as out:
        out.write('{"entry": 2, "state": "inten')
    again = ledger.read_ledger(file)
    assert len(again.entries) == 1
    again.settle(1, "gone")
    again.close()
    assert [line.get("state") for line in lines(file)] == [None, "intended", "gone"]


def test_a_ledger_whose_run_goes_on_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    open_ledger = Ledger(file, ABOUT)
    open_ledger.record_intent("vtex", "CreateClientProfile", mark="a")
    with pytest.raises(BadLedger, match="in use"):
        ledger.read_ledger(file)
    open_ledger.close()
    ledger.read_ledger(file).close()


@pytest.mark.parametrize(
    "text",
    [
        "", "{}\n", "[]\n", "null\n", "5\n", '"x"\n', "no\n", '{"ledger": 1}\n', "\x00\n",
        '{"ledger": 1, "run": "a"}\n{}\n',
        '{"ledger": 1, "run": "a"}\n[]\n', '{"ledger": 1, "run": "a"}\n7\n', '{"ledger": 1, "run": "a"}\n{"entry"\n',
    ],
)  # fmt: skip
def test_a_file_that_is_no_ledger_is_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ledger.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(BadLedger, match=r"ledger\.jsonl is not a ledger; give the ledger of a run"):
        ledger.read_ledger(file)


@pytest.mark.parametrize("head", ['{"ledger": 2, "run": "a"}', '{"ledger": 0, "run": "a"}', '{"ledger": 1, "run": 5}'])
def test_a_ledger_of_another_version_is_not_read(tmp_path: Path, head: str) -> None:
    (tmp_path / "ledger.jsonl").write_text(f"{head}\n", "utf-8")
    with pytest.raises(BadLedger, match=r"ledger\.jsonl is a ledger of another version of pii-sandbox"):
        ledger.read_ledger(tmp_path / "ledger.jsonl")


def test_a_ledger_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadLedger, match=r"none\.jsonl cannot be read: No such file or directory$"):
        ledger.read_ledger(tmp_path / "none.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b'{"ledger": 1, "run": "a"}\n\xff\n')
    with pytest.raises(BadLedger, match=r"bytes\.jsonl cannot be read: 'utf-8' codec can't decode"):
        ledger.read_ledger(tmp_path / "bytes.jsonl")


def test_threads_share_a_ledger(tmp_path: Path) -> None:
    open_ledger = Ledger(tmp_path / "ledger.jsonl", ABOUT)

    def make(number: int) -> None:
        open_ledger.settle(open_ledger.record_intent("vtex", "CreateProspect", mark=str(number)), "made", undo=UNDO)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(80)))
    open_ledger.close()
    with closing(ledger.read_ledger(tmp_path / "ledger.jsonl")) as again:
        assert sorted(int(entry.mark or 0) for entry in again.open_entries()) == list(range(80))
        assert [entry.number for entry in again.entries] == list(range(1, 81))


def test_a_line_separator_within_an_answer_ends_no_line(tmp_path: Path) -> None:
    file, why = tmp_path / "ledger.jsonl", "answered \u2028 \u2029 \x85 \x1c"
    with closing(Ledger(file, {"run": "r7k2"})) as written:
        written.settle(written.record_intent(sandbox="r7k2-a"), "left", why=why)
    with closing(ledger.read_ledger(file)) as read:
        assert [entry.why for entry in read.entries] == [why]
