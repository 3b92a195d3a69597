"""Check and repair the file of a store: finds damaged lines, and writes a new file of the intact ones."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pii_sandbox.mockserver.store import folder_lock
from pii_sandbox.mockserver.store.atomic_files import write_atomically
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.record_format import FAMILY, HEADER, Unit, decode_line, encode_line

_BEGINNING = re.compile(rb"(?=[0-9a-f]{8} [\[~])")
_ENDS_TRIED = 64


@dataclass(slots=True)
class StoreReport:
    """Result of a check. `damaged`: byte ranges that match no checksum. `torn`: offset of a torn last write."""

    path: Path
    lines: int = 0
    records: int = 0
    damaged: list[range] = field(default_factory=list)
    torn: range | None = None


@dataclass(frozen=True, slots=True)
class RepairReport:
    """Result of a repair. `found`: report on the damaged file; `kept_as`: its new path; `records`: in the new file.

    `doubles`: records left out because a later one has their id; the line that removed them was among the damaged.
    `unfit`: records left out because they are invalid.
    """

    found: StoreReport
    kept_as: Path
    records: int
    doubles: int
    unfit: int = 0


Documents = dict[str, dict[int, dict[str, Any]]]  # by table and number


class _Tables:
    """Record numbers by table, and those whose id a later record has, too."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[int, object]] = {}
        self._latest: dict[str, dict[object, int]] = {}

    def take(self, unit: Unit) -> None:
        for name, *rest in unit:
            if not rest:
                self._ids.pop(name, None)
                self._latest.pop(name, None)
            elif len(rest) == 1:
                self._ids.setdefault(name, {}).pop(rest[0], None)
            else:
                number, document = rest
                self._ids.setdefault(name, {})[number] = own_id = document.get("id", number)
                self._latest.setdefault(name, {})[own_id] = number

    def __len__(self) -> int:
        return sum(map(len, self._ids.values()))

    def doubles(self) -> Unit:
        """Return the unit that removes the records whose id a later one has."""
        return [
            [name, number]
            for name, ids in self._ids.items()
            for number, own_id in ids.items()
            if (latest := self._latest[name][own_id]) != number and ids.get(latest) == own_id
        ]


def check_file(path: Path) -> StoreReport:
    """Check the file without changing it. Raises StoreError if it cannot be read or is no store of this format."""
    return _scan(path, _Tables())


def stored_documents(path: Path) -> Documents:
    """Return the documents that the intact lines of the file hold. Raises StoreError as `check_file`."""
    alive: Documents = {}
    for _, _, unit in _segments(path):
        for name, *rest in unit or ():
            if not rest:
                alive.pop(name, None)
            elif len(rest) == 1:
                alive.get(name, {}).pop(rest[0], None)
            else:
                alive.setdefault(name, {})[rest[0]] = rest[1]
    return alive


def repair(path: Path, unfit: Callable[[Documents], Iterable[tuple[str, int]]] = lambda _: ()) -> RepairReport | None:
    """Replace a damaged file by one of its intact lines, and keep the old one beside it; None if nothing is damaged.

    `unfit` returns records, by table and number, that are left out, too: an intact line may hold an invalid record.
    Raises StoreError if the file is in use, cannot be read or written, or is no store of this format.
    """
    folder_lock.hold(path)
    try:
        tables = _Tables()
        found = _scan(path, tables)
        doubles = tables.doubles()
        left_out = [[*place] for place in unfit(stored_documents(path)) if [*place] not in doubles]
        if not found.damaged and not left_out:
            return None
        kept_as = _backup(path)
        try:
            write_atomically(path, _intact_lines(path, [*doubles, *left_out]), lasting=True)
        except StoreError:
            kept_as.unlink()
            raise
        return RepairReport(found, kept_as, len(tables) - len(doubles) - len(left_out), len(doubles), len(left_out))
    finally:
        folder_lock.release(path)


def _scan(path: Path, tables: _Tables) -> StoreReport:
    found, size = StoreReport(path), _size(path)
    for start, line, unit in _segments(path):
        if unit is not None:
            found.lines += 1
            tables.take(unit)
        elif line == HEADER and start == 0:
            continue
        elif found.damaged and found.damaged[-1].stop == start:
            found.damaged[-1] = range(found.damaged[-1].start, start + len(line))
        elif start + len(line) < size or line.endswith(b"\n"):
            found.damaged.append(range(start, start + len(line)))
        else:
            found.torn = range(start, start + len(line))
    found.records = len(tables)
    if found.damaged and found.damaged[0].start == 0 and not found.lines:
        raise StoreError(f"{path} is not a store: no line matches its checksum")
    return found


def _intact_lines(path: Path, doubles: Unit) -> Iterator[bytes]:
    yield HEADER
    for _, line, unit in _segments(path):
        if unit is not None:
            yield line.rstrip(b"\n") + b"\n"
    if doubles:
        yield encode_line(doubles)


def _backup(path: Path) -> Path:
    """Keep the file under a second name, which is returned."""
    kept_as = next(
        name for number in count(1) if not (name := path.with_name(f"{path.name}.damaged-{number}")).exists()
    )
    try:
        try:
            os.link(path, kept_as)
        except OSError:  # not every file system has links
            shutil.copy2(path, kept_as)
    except OSError as error:
        raise StoreError(f"{kept_as} cannot be written: {error.strerror}") from error
    return kept_as


def _segments(path: Path) -> Iterator[tuple[int, bytes, Unit | None]]:
    """Yield all bytes of the file in order, as (offset, bytes, the unit that they encode or None)."""
    try:
        with path.open("rb") as file:
            first = file.read(len(HEADER))
            if first.startswith(FAMILY) and first.endswith(b"\n") and first != HEADER:
                version = first[len(FAMILY) :].strip().decode(errors="replace")
                raise StoreError(f"{path} has format {version}; this version reads format 1")
            if first == HEADER or HEADER.startswith(first):
                yield 0, first, None
            else:
                file.seek(0)
            start = file.tell()
            for line in file:
                unit = _unit(line)
                if unit is not None or not line.endswith(b"\n"):
                    yield start, line, unit
                else:
                    yield from _embedded_lines(start, line)
                start += len(line)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error


def _embedded_lines(start: int, line: bytes) -> Iterator[tuple[int, bytes, Unit | None]]:
    """Yield the intact lines within a line that lost a line end; the bytes between them are damaged.

    Stored text cannot be mistaken for a line: the quotes around a table's name cannot occur within a JSON string.
    """
    at, last = 0, len(line) - 1
    beginnings = [found.start() for found in _BEGINNING.finditer(line)]
    for place, beginning in enumerate(beginnings):
        if beginning < at:
            continue
        ends = [end - 1 for end in beginnings[place + 1 : place + _ENDS_TRIED]]
        for end in (*ends, last):
            unit = _unit(line[beginning:end] + b"\n")
            if unit is not None:
                if beginning > at:
                    yield start + at, line[at:beginning], None
                at = len(line) if end == last else end
                yield start + beginning, line[beginning:at], unit
                break
    if at < len(line):
        yield start + at, line[at:], None


def _unit(line: bytes) -> Unit | None:
    """Return the unit of a line; None if it does not match its checksum, or matches by chance."""
    try:
        unit = decode_line(line)
    except ValueError:
        return None
    return unit if isinstance(unit, list) and all(map(_is_operation, unit)) else None


def _is_operation(operation: object) -> bool:
    match operation:
        case [str()] | [str(), int()] | [str(), int(), dict()]:
            return True
    return False
