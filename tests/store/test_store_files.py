"""What a file keeps: through a restart, a torn end, damage and growth."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError, file_storage
from pii_sandbox.mockserver.store.record_format import HEADER
from tests.store.conftest import Open
from tests.store.samples import abort_unit, all_records, person

NOON = datetime(2024, 2, 29, 12, 30, 15, 123_456, tzinfo=UTC)

Write = Callable[[Store], object]


def write_several(store: Store) -> None:
    with store.exclusive():
        store.put("people", person("c"))
        store.drop("people", "a")
        store.put("orders", person("1"))
        with abort_unit(store):
            store.put("people", person("never"))


def clear_and_fill(store: Store) -> None:
    with store.exclusive():
        store.put("people", person("lost"))
        store.clear()
        store.put("people", person("b", again=True))


WRITES: dict[str, Write] = {
    "put": lambda store: store.put("people", Record("c", {"x": [1, 2.5, None, True, {"ção": "é"}]}, {"k": "v"}, NOON)),
    "update": lambda store: store.put("people", Record("a", {"changed": True}, {"email": "other"}, NOON)),
    "put_all": lambda store: store.put_all("orders", map(person, "123")),
    "drop": lambda store: store.drop("people", "a"),
    "clear": lambda store: store.clear(),
    "exclusive": write_several,
    "clear and fill": clear_and_fill,
    "beyond JSON's common ground": lambda store: store.put(
        "people", person("odd", text="\ud800 \u2028 \x00", number=-(10**40), deep=[[[]]] * 3)
    ),
    "deeper than orjson goes": lambda store: store.put("people", person("deep", deep=nested_list(300))),
    "nothing": lambda store: store.drop("people", "nobody"),
}


def nested_list(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def fill(store: Store) -> Store:
    store.put("people", Record("a", {"tags": ["x"]}, {"email": "a"}, NOON))
    store.put("people", person("b"))
    return store


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_kind_of_write_is_there_after_a_restart(reopen: Open, write: Write) -> None:
    store = fill(reopen())
    write(store)
    written = all_records(store)
    for _ in range(2):
        store = reopen()
        assert all_records(store) == written
        assert store.next_expired(NOON) == next(
            (("people", record) for record in written.get("people", []) if record.expires_at), None
        )
        for record in itertools.chain(*written.values()):
            for key, value in record.keys.items():
                assert record in store.find_by("people", key, value) + store.find_by("orders", key, value)
    store.put("people", person("last"))
    assert all_records(reopen())["people"] == [*written.get("people", []), person("last")]


@pytest.mark.parametrize("write", [WRITES["exclusive"], WRITES["put_all"], WRITES["beyond JSON's common ground"]])
def test_a_last_unit_that_is_cut_short_anywhere_is_taken_off(
    reopen: Open, path: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    store = fill(reopen())
    before, whole_before = all_records(store), path.stat().st_size
    write(store)
    store.close()
    content = path.read_bytes()
    for length in range(whole_before, len(content)):
        caplog.clear()
        path.write_bytes(content[:length])
        with caplog.at_level(logging.WARNING):
            store = reopen()
        assert all_records(store) == before
        assert path.stat().st_size == whole_before
        warned = [f"{length - whole_before} bytes at byte {whole_before}"] if length > whole_before else []
        assert len(caplog.messages) == len(warned)
        assert all(part in message for part, message in zip(warned, caplog.messages, strict=True))
    store.put("people", person("last"))
    assert all_records(reopen()) == {"people": [*before["people"], person("last")]}


@pytest.mark.parametrize("length", range(len(HEADER) + 1))
def test_a_file_that_was_cut_short_while_it_was_made_is_a_new_one(reopen: Open, path: Path, length: int) -> None:
    path.parent.mkdir()
    path.write_bytes(HEADER[:length])
    reopen().put("people", person("a"))
    assert all_records(reopen()) == {"people": [person("a")]}


@pytest.mark.parametrize("change", [0x01, 0x80, 0x0A ^ ord("a")])
def test_damage_in_the_middle_is_refused_with_its_place(reopen: Open, path: Path, change: int) -> None:
    store = reopen()
    ends = [path.stat().st_size]
    for name in "abc":
        store.put("people", Record(name, {"a": name}))
        ends.append(path.stat().st_size)
    store.close()
    content = path.read_bytes()
    for start, end in itertools.pairwise(ends):
        for place in range(start, end):
            if place == len(content) - 1:
                continue  # without its line end the last unit is one that was cut short
            damaged = bytearray(content)
            damaged[place] ^= change
            path.write_bytes(damaged)
            with pytest.raises(StoreError, match=rf"default\.journal is damaged at byte {start}:"):
                reopen()
            assert path.read_bytes() == damaged
    path.write_bytes(content)
    assert reopen().count("people") == 3


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"pii-sandbox store, format 2\n", "has format 2; this version reads format 1"),
        (b"pii-sandbox store, format 10\nrest", "has format 10; this version reads format 1"),
        (b"Pii-sandbox store, format 1\n", "is not a store"),
        (b'{"_default": {}}', "is not a store"),
        (b"\x00" * 100, "is not a store"),
    ],
)
def test_what_this_version_cannot_read_is_refused_and_left_alone(
    reopen: Open, path: Path, content: bytes, complaint: str
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError, match=complaint):
        reopen()
    assert path.read_bytes() == content
    path.unlink()
    assert reopen().counts() == {}


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "x.journal", Path("/proc/nowhere/x.journal"), Path("/proc/x.journal")):
        with pytest.raises(StoreError, match="cannot hold a store"):
            Store(path)
        with pytest.raises(StoreError, match="cannot hold a store"):
            Store().fork(path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be opened: Is a directory"):
        Store(tmp_path / "folder")


def test_files_are_readable_by_their_owner_only(reopen: Open, path: Path) -> None:
    store = reopen()
    store.fork(path.with_name("fork.journal")).close()
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


@pytest.mark.usefixtures("compact_at_once")
def test_a_file_that_has_grown_is_compacted(reopen: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 2_000)
    before = open_files()
    store = fill(reopen())
    sizes = set()
    for number in range(300):
        store.put("people", person("b", number=number))
        sizes.add(path.stat().st_size)
        if number % 50 == 0:
            store = reopen()
    assert max(sizes) < 2_400
    assert open_files() == before + 2  # the file and its folder's lock
    assert path.read_bytes().startswith(HEADER)
    assert {file.name for file in path.parent.iterdir()} == {path.name, ".lock"}
    kept = all_records(store)
    assert kept["people"][1] == person("b", number=299)
    assert all_records(reopen()) == kept


@pytest.mark.usefixtures("compact_at_once")
def test_a_file_is_compacted_when_it_is_opened_too(reopen: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = fill(reopen())
    for number in range(300):
        store.put("people", person("b", number=number))
    kept, grown = all_records(store), path.stat().st_size
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 2_000)
    assert all_records(reopen()) == kept
    assert path.stat().st_size < grown / 10
    assert all_records(reopen()) == kept


@pytest.mark.usefixtures("compact_at_once")
def test_records_in_great_number_survive_compaction_in_order(
    reopen: Open, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 0)
    store = reopen()
    store.put_all("people", (person(f"{number}") for number in range(1_000)))
    grown = path.stat().st_size
    for number in range(0, 999, 2):
        store.drop("people", f"{number}")
    store.put("people", person("last"))
    for _ in range(20):
        store.put_all("people", (person(f"{number}", again=True) for number in range(1, 999, 2)))
    kept = all_records(store)
    assert path.stat().st_size < grown * 4
    assert [record.id for record in kept["people"]][-2:] == ["999", "last"]
    assert all_records(reopen()) == kept


@pytest.mark.usefixtures("compact_at_once")
def test_a_compaction_that_fails_loses_nothing(
    reopen: Open, path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(file_storage, "SPARED_BYTES", 1_000)
    (path.parent / f"{path.name}.new").mkdir(parents=True)  # in the way of the file that is written aside
    store = fill(reopen())
    for number in range(40):
        store.put("people", person("b", number=number))
    assert "is not compacted: Is a directory" in caplog.text
    kept = all_records(store)
    assert kept["people"][1] == person("b", number=39)
    assert all_records(reopen()) == kept


def test_more_stores_can_be_open_than_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store(tmp_path / "0.journal")
    first.put("people", person("a"))
    before = open_files()
    forks = [first.fork(tmp_path / f"{number}.journal") for number in range(1, 400)]
    assert open_files() - before < 300
    for number, fork in enumerate(forks):
        fork.put("people", person(f"{number}"))
        fork.close()
    first.close()
    for number, fork in enumerate(forks):
        reopened = Store(tmp_path / f"{number + 1}.journal")
        assert all_records(reopened) == all_records(fork) == {"people": [person("a"), person(f"{number}")]}
        reopened.close()
    assert open_files() == before - 2  # without the first store and its folder's lock
