"""The file of a store: a header, then one line for each unit of changes, only ever appended to.

A line is the CRC-32 of what follows in eight hexadecimal digits, a space, and the unit as JSON: an array of
`[table, number, document]` (put there), `[table, number]` (taken away), `[table]` (the whole table emptied).
JSON has no line end inside, so a line without one at the very end of the file is a write that was cut short: nobody was
told that it had happened, and it is taken off. Any other line that does not fit its sum is damage, and is refused.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from mockserver.store.errors import StoreError

_FAMILY = b"pii-sandbox store, format "
HEADER = _FAMILY + b"1\n"
_AT_LENGTH = b"~"  # in front of what only Python's own JSON can write: lone surrogates, numbers over 64 bits

_APPENDING = os.O_RDWR | os.O_APPEND

Unit = list[list[Any]]

# Opening a file for each write costs a few microseconds; keeping all open would run into the limit of a process that
# has a thousand stores. So the first ones stay open.
_may_stay_open = threading.BoundedSemaphore(256)

_log = logging.getLogger(__name__)


class Journal:
    """A file on disk. Every error of the operating system comes out as StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._torn = False
        self._descriptor: int | None = None
        with self._complaining("opened"):
            descriptor = os.open(path, _APPENDING | os.O_CREAT, 0o600)
            self.size = os.fstat(descriptor).st_size
        self._keep_open(descriptor)

    def units(self) -> Iterator[Unit]:
        """What the file holds. To be read to its end before the first `append`: a torn line is cut off there."""
        self.size = 0
        with self._complaining("read"), self.path.open("rb") as file:
            first = file.readline()
            if first != HEADER:
                self._begin(first)
                return
            self.size = len(HEADER)
            for line in file:
                if not line.endswith(b"\n"):
                    self._cut(len(line))
                    return
                yield self._decoded(line)
                self.size += len(line)

    def append(self, unit: Unit) -> None:
        """Hands the unit to the operating system, whole or not at all."""
        line = encoded(unit)
        try:
            descriptor = self._descriptor or os.open(self.path, _APPENDING)
            try:
                self._add(descriptor, line)
            finally:
                if descriptor != self._descriptor:
                    os.close(descriptor)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be written: {error.strerror}") from error

    def rewrite(self, units: Iterable[Unit]) -> None:
        """The file with these units in place of those that it has. On an error it stays as it was."""
        self.size = write_aside(self.path, units, lasting=True)
        self._torn = False
        self.close()
        with suppress(OSError):  # then each write opens the file for itself
            self._keep_open(os.open(self.path, _APPENDING))

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            _may_stay_open.release()

    def _keep_open(self, descriptor: int) -> None:
        if _may_stay_open.acquire(blocking=False):
            self._descriptor = descriptor
        else:
            os.close(descriptor)

    @contextmanager
    def _complaining(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"{self.path} cannot be {done}: {error.strerror}") from error

    def _begin(self, first: bytes) -> None:
        """Writes the header of a file that is empty or whose header was cut short; any other is none of ours."""
        if first.startswith(_FAMILY) and first.endswith(b"\n"):
            version = first[len(_FAMILY) :].strip().decode(errors="replace")
            raise StoreError(f"{self.path} has format {version}; this version reads format 1")
        if not HEADER.startswith(first):
            raise StoreError(f"{self.path} is not a store: damaged at byte 0, or another kind of file")
        self._cut(len(first))
        with self.path.open("ab", buffering=0) as file:
            _write(file.fileno(), HEADER)
        self.size = len(HEADER)

    def _decoded(self, line: bytes) -> Unit:
        payload = line[9:-1]
        if line[:9] != _checksum(payload):
            raise StoreError(f"{self.path} is damaged at byte {self.size}: that line does not fit its checksum")
        unit: Unit = json.loads(payload[1:]) if payload.startswith(_AT_LENGTH) else orjson.loads(payload)
        return unit

    def _cut(self, length: int) -> None:
        if length:
            _log.warning("%s: a write of %d bytes at byte %d was cut short; taken off", self.path, length, self.size)
            os.truncate(self.path, self.size)

    def _add(self, descriptor: int, line: bytes) -> None:
        self._mend(descriptor)
        self._torn = True
        try:
            _write(descriptor, line)
            self.size += len(line)
            self._torn = False
        except BaseException:
            with suppress(OSError):  # where it cannot be mended either, the next write tries again
                self._mend(descriptor)
            raise

    def _mend(self, descriptor: int) -> None:
        """Takes off what a failed write has left behind."""
        if self._torn:
            os.ftruncate(descriptor, self.size)
            self._torn = False


def encoded(unit: Unit) -> bytes:
    """The line of a unit. Raises StoreError for a value that JSON cannot hold."""
    try:
        payload = orjson.dumps(unit)
    except TypeError:
        payload = _at_length(unit)
    return b"%b%b\n" % (_checksum(payload), payload)


def _at_length(unit: Unit) -> bytes:
    try:
        return _AT_LENGTH + json.dumps(unit, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"a value cannot be written as JSON: {error}") from error


def _checksum(payload: bytes) -> bytes:
    return b"%08x " % zlib.crc32(payload)


def write_aside(path: Path, units: Iterable[Unit], *, lasting: bool) -> int:
    """A whole new file that takes the place of `path` in one step; `lasting`: it is on the disk by then, too.

    Gives its size. Raises StoreError, with everything as it was.
    """
    aside = path.with_name(path.name + ".new")
    try:
        with aside.open("wb") as file:
            aside.chmod(0o600)
            file.write(HEADER)
            file.writelines(encoded(unit) for unit in units)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
            size = file.tell()
        aside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink()
        if isinstance(error, OSError):
            raise StoreError(f"{path} cannot be written: {error.strerror}") from error
        raise
    if lasting:
        _sync_folder(path.parent)
    return size


def _sync_folder(folder: Path) -> None:
    """The new name is on the disk, too. Where a file system cannot say so, a power cut leaves the old file, whole."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(descriptor: int, line: bytes) -> None:
    """All of it: a write may take less than it is given, where the disk fills up for one."""
    while line := line[os.write(descriptor, line) :]:
        pass
