"""What can be saved of a damaged file is saved, and the damaged one is kept."""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path

import pytest

from pii_sandbox.mockserver.store import Record, Store, StoreError
from pii_sandbox.mockserver.store.check_and_repair import check_file, repair
from pii_sandbox.mockserver.store.record_format import HEADER
from tests.store.conftest import Open
from tests.store.samples import all_records, person


@pytest.fixture
def lines(path: Path) -> list[range]:
    """A file of four people, a line each, and the place of each line."""
    store = Store(path)
    ends = [path.stat().st_size]
    for name in "abcd":
        store.put("people", person(name))
        ends.append(path.stat().st_size)
    store.close()
    return [range(start, end) for start, end in itertools.pairwise(ends)]


def overwrite(path: Path, place: int, data: bytes) -> bytes:
    damaged = bytearray(path.read_bytes())
    damaged[place : place + len(data)] = data
    path.write_bytes(damaged)
    return bytes(damaged)


def people(store: Store) -> list[str]:
    return [record.id for record in store.page("people").records]


def test_a_sound_file_is_told_and_left_alone(path: Path, lines: list[range]) -> None:
    before = path.stat()
    found = check_file(path)
    assert (found.lines, found.records, found.damaged, found.torn) == (4, 4, [], None)
    assert repair(path) is None
    assert path.stat() == before
    assert [file.name for file in path.parent.iterdir() if file.name != ".lock"] == [path.name]


def test_a_torn_end_is_no_damage(path: Path, lines: list[range]) -> None:
    path.write_bytes(path.read_bytes()[:-5])
    found = check_file(path)
    assert (found.records, found.damaged, found.torn) == (3, [], range(lines[3].start, lines[3].stop - 5))
    assert repair(path) is None


@pytest.mark.parametrize("data", [b"X", b"\n", b"\x00" * 30, b"\n\n00000000 [\n", b"\r\n"])
def test_one_damaged_line_is_all_that_is_lost(reopen: Open, path: Path, lines: list[range], data: bytes) -> None:
    for place in range(lines[1].start, lines[1].stop - len(data), 7):
        content = path.read_bytes()
        damaged = overwrite(path, place, data)
        if damaged == content:
            continue
        assert check_file(path).damaged == [lines[1]]
        repaired = repair(path)
        assert repaired is not None
        assert (repaired.records, repaired.doubles, repaired.found.damaged) == (3, 0, [lines[1]])
        assert repaired.kept_as.read_bytes() == damaged
        store = reopen()
        assert people(store) == ["a", "c", "d"]
        assert store.find_by("people", "email", "c@x.test") == [person("c")]
        assert repair_is_refused(path)
        store.close()
        repaired.kept_as.unlink()
        path.write_bytes(content)


def repair_is_refused(path: Path) -> bool:
    with pytest.raises(StoreError, match="is open already"):
        repair(path)
    return True


def test_a_damaged_line_end_costs_no_line(reopen: Open, path: Path, lines: list[range]) -> None:
    end = lines[1].stop - 1
    overwrite(path, end, b" ")
    repaired = repair(path)
    assert repaired is not None
    assert (repaired.records, repaired.found.damaged) == (4, [range(end, end + 1)])
    assert people(reopen()) == ["a", "b", "c", "d"]


def test_damage_across_lines_is_one_range_and_a_torn_end_goes_with_it(
    reopen: Open, path: Path, lines: list[range]
) -> None:
    overwrite(path, lines[1].stop - 10, b"\x00" * 40)
    path.write_bytes(path.read_bytes() + b"0000")
    found = check_file(path)
    assert found.damaged == [range(lines[1].start, lines[2].stop)]
    assert found.torn == range(lines[3].stop, lines[3].stop + 4)
    repaired = repair(path)
    assert repaired is not None
    assert repaired.records == 2
    assert people(reopen()) == ["a", "d"]


@pytest.mark.parametrize("place", [0, len(HEADER) - 1])
def test_a_damaged_header_costs_no_line(reopen: Open, path: Path, lines: list[range], place: int) -> None:
    overwrite(path, place, b"\x00")
    assert check_file(path).damaged == [range(len(HEADER))]
    assert repair(path) is not None
    assert people(reopen()) == ["a", "b", "c", "d"]


def test_stored_text_is_not_taken_for_a_line_of_the_file(reopen: Open, path: Path) -> None:
    payload = b'[["people"]]'
    stored = f"{zlib.crc32(payload):08x} {payload.decode()}"
    store = reopen()
    store.put("people", person("a"))
    start = path.stat().st_size
    store.put("orders", person("b", text=stored, list=[stored, ["people"]]))
    end = path.stat().st_size
    store.put("orders", person("c"))
    store.close()
    overwrite(path, end - 1, b" ")
    overwrite(path, start, b"X")
    repaired = repair(path)
    assert repaired is not None
    assert repaired.found.damaged == [range(start, end)]
    assert all_records(reopen()) == {"people": [person("a")], "orders": [person("c")]}


def test_a_lost_deletion_leaves_no_double(reopen: Open, path: Path) -> None:
    store = reopen()
    store.put_all("people", map(person, "abc"))
    start = path.stat().st_size
    store.drop("people", "a")
    store.put("people", person("a", again=True))
    store.drop("people", "b")
    kept = all_records(store)
    store.close()
    overwrite(path, start, b"X")
    repaired = repair(path)
    assert repaired is not None
    assert (repaired.records, repaired.doubles) == (2, 1)
    assert all_records(reopen()) == kept


def test_each_damaged_file_is_kept_under_a_name_of_its_own(path: Path, lines: list[range]) -> None:
    names = []
    for line in lines[:2]:
        overwrite(path, lines[0].start, b"X")
        repaired = repair(path)
        assert repaired is not None
        assert repaired.kept_as.stat().st_size > path.stat().st_size - len(line)
        names.append(repaired.kept_as.name)
    assert names == [f"{path.name}.damaged-1", f"{path.name}.damaged-2"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"pii-sandbox store, format 2\n", "has format 2; this version reads format 1"),
        (b'{"_default": {}}\n', "is not a store"),
        (b"\x00" * 100 + b"\n", "is not a store"),
    ],
)
def test_a_file_that_is_no_store_is_unchanged(path: Path, content: bytes, complaint: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    for look in (check_file, repair):
        with pytest.raises(StoreError, match=complaint):
            look(path)
    assert path.read_bytes() == content


def test_a_repair_without_room_changes_nothing(path: Path, lines: list[range]) -> None:
    path.with_name(f"{path.name}.new").mkdir()
    damaged = overwrite(path, lines[0].start, b"X")
    with pytest.raises(StoreError, match="cannot be written"):
        repair(path)
    assert path.read_bytes() == damaged
    assert not list(path.parent.glob("*.damaged-*"))


def test_a_file_that_is_not_there_cannot_be_read(path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        check_file(path)


def test_records_without_an_id_of_their_own_count(path: Path) -> None:
    store = Store(path)
    store.put("people", Record("a", {}))
    store.clear()
    store._database.table("plain").insert({"no": "id"})
    store.close()
    assert check_file(path).records == 1
