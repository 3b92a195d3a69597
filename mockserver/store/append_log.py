"""Append-only log file of a store: one checksummed line per unit of writes.

A last line without a line end is a torn write: no client was told that it had succeeded, so it is cut off. Any other
line that does not match its checksum is damage, and the file is refused.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pii_sandbox.mockserver.store.atomic_files import APPENDING, write_all
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.record_format import FAMILY, HEADER, Unit, decode_line, encode_line

# Opening a file for each write costs a few microseconds; keeping all open would run into the limit of a process that
# has a thousand stores. So the first ones stay open.
_open_file_slots = threading.BoundedSemaphore(256)

_log = logging.getLogger(__name__)


class AppendLog:
    """An open log file. Errors of the operating system are raised as StoreError.

    `follower` is called with each line after it was written. `renamed`: the folder has yet to be synced for the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.follower: Callable[[bytes], None] | None = None
        self.renamed = False
        self._torn = False
        self._descriptor: int | None = None
        with self._as_store_errors("opened"):
            # through a link that leads nowhere no file comes into being
            descriptor = os.open(path, APPENDING | (0 if path.is_symlink() else os.O_CREAT), 0o600)
            self.size = os.fstat(descriptor).st_size
        self._keep_open(descriptor)

    def units(self) -> Iterator[Unit]:
        """Yield the units of the file. Read them all before the first `append`: a torn last line is cut off then."""
        self.size = 0
        with self._as_store_errors("read"), self.path.open("rb") as file:
            first = file.readline()
            if first != HEADER:
                self._begin(first)
                return
            self.size = len(HEADER)
            for line in file:
                if not line.endswith(b"\n"):
                    self._cut(len(line))
                    return
                unit = decode_line(line)
                if unit is None:
                    raise StoreError(self._damage(self.size, "the line does not match its checksum"))
                yield unit
                self.size += len(line)

    def append(self, unit: Unit) -> None:
        """Write the unit to the file, completely or not at all. It is not synced to the disk."""
        line = encode_line(unit)
        try:
            if self._descriptor is not None:
                self._add(self._descriptor, line)
            else:
                descriptor = os.open(self.path, APPENDING)
                try:
                    self._add(descriptor, line)
                finally:
                    os.close(descriptor)
        except OSError as error:
            raise self._store_error("written", error) from error
        if self.follower is not None:
            self.follower(line)

    def switch(self, descriptor: int, size: int) -> int | None:
        """Go on with another file, which was renamed to the path. Return the descriptor to close, if any."""
        before, self._descriptor = self._descriptor, None
        if before is not None:
            _open_file_slots.release()
        self.size, self._torn, self.follower, self.renamed = size, False, None, True
        self._keep_open(descriptor)
        return before

    def duplicate(self) -> int:
        """Return a duplicate of the file's descriptor, which the caller closes."""
        with self._as_store_errors("opened"):
            return os.open(self.path, os.O_RDONLY) if self._descriptor is None else os.dup(self._descriptor)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            _open_file_slots.release()

    def _keep_open(self, descriptor: int) -> None:
        if _open_file_slots.acquire(blocking=False):
            self._descriptor = descriptor
        else:
            os.close(descriptor)

    @contextmanager
    def _as_store_errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._store_error(done, error) from error

    def _store_error(self, done: str, error: OSError) -> StoreError:
        return StoreError(f"{self.path} cannot be {done}: {error.strerror}")

    def _begin(self, first: bytes) -> None:
        """Write the header of an empty file, or of one whose header is torn. Any other file is refused."""
        if first.startswith(FAMILY) and first.endswith(b"\n"):
            version = first[len(FAMILY) :].strip().decode(errors="replace")
            raise StoreError(f"{self.path} has format {version}; this version reads format 1")
        if not HEADER.startswith(first):
            raise StoreError(f"{self.path} is not a store: {self._damage(0, 'or another kind of file')}")
        self._cut(len(first))
        with self.path.open("ab", buffering=0) as file:
            write_all(file.fileno(), HEADER)
        self.size = len(HEADER)
        self.renamed = True

    def _damage(self, place: int, how: str) -> str:
        return (
            f"{self.path} is damaged at byte {place}: {how}. "
            "`pii-sandbox data check FOLDER` reports the damage, `pii-sandbox data repair FOLDER` "
            "keeps the valid records"
        )

    def _cut(self, length: int) -> None:
        if length:
            _log.warning("%s: a write of %d bytes at byte %d was cut short; taken off", self.path, length, self.size)
            os.truncate(self.path, self.size)

    def _add(self, descriptor: int, line: bytes) -> None:
        self._truncate_failed_write(descriptor)
        self._torn = True
        try:
            write_all(descriptor, line)
            self.size += len(line)
            self._torn = False
        except BaseException:
            with suppress(OSError):  # where it cannot be mended either, the next write tries again
                self._truncate_failed_write(descriptor)
            raise

    def _truncate_failed_write(self, descriptor: int) -> None:
        """Remove the part of a line that a failed write has left."""
        if self._torn:
            os.ftruncate(descriptor, self.size)
            self._torn = False
