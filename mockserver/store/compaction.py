"""Compaction of an append-only log in the background, while it is written to."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from pii_sandbox.mockserver.store.append_log import AppendLog
from pii_sandbox.mockserver.store.atomic_files import create_temporary, sync_folder, temporary_path, write_all
from pii_sandbox.mockserver.store.record_format import HEADER, Unit, encode_line
from pii_sandbox.mockserver.store.storage import Tables

DOCUMENTS_A_LINE = 256
_FEW_LINES = 256  # at most so many are written under the lock
_REST_SECONDS = 0.001  # after each step, so that requests are not delayed

_log = logging.getLogger(__name__)
_thread = ThreadPoolExecutor(1, thread_name_prefix="compaction")  # one compaction at a time: none is urgent


class Compaction:
    """Writes the live documents into a temporary file, which then replaces the log.

    Documents are looked up under the lock, a few hundred a step, and written outside it: no document is ever changed in
    place. Lines that are written to the log meanwhile are noted and appended after them, so it does not matter whether
    a document was copied before or after its change. While the new file is synced, lines go to both files, so that
    either of them is complete after a power cut.

    Call `step` until it returns False, from one thread at a time; `abandon` from any thread that holds the lock.
    `ended` is called under the lock in either case. After an error the old log stays in use.
    """

    def __init__(self, journal: AppendLog, tables: Tables, lock: Any, ended: Callable[[], None]) -> None:
        self.succeeded = False
        self._journal = journal
        self._tables = tables
        self._lock = lock
        self._ended = ended
        self._over = False
        self._size = 0
        self._noted: list[bytes] = []
        self._descriptor: int | None = None
        self._both = False
        self._steps = self._work()

    def step(self) -> bool:
        """Do one step; return False when the compaction has ended."""
        try:
            next(self._steps)
            going_on = True
        except StopIteration:
            going_on = False
        except Exception as error:  # of any kind: the old log is still complete
            with self._lock:
                self._give_up(error)
        if self._over and not self.succeeded:
            self._discard()
            return False
        return going_on

    def abandon(self) -> None:
        """End the compaction and remove its file. Called under the lock; a thread may still write to the open file."""
        if not self._over:
            self._over = True
            self._journal.follower = None
            with suppress(OSError):
                temporary_path(self._journal.path).unlink()
            self._ended()

    def duplicates(self) -> list[int]:
        """Return duplicated descriptors of files to sync besides the log; the caller closes them. Under the lock."""
        return [os.dup(self._file)] if self._both and not self._over else []

    @property
    def _file(self) -> int:
        assert self._descriptor is not None, "used after its end"
        return self._descriptor

    def _give_up(self, error: Exception) -> None:
        if not self._over:
            _log.warning("%s is not compacted: %s", self._journal.path, getattr(error, "strerror", None) or error)
        self.abandon()

    def _discard(self) -> None:
        """Close the file. Called once no other thread has its descriptor, whose number may be reused at once."""
        self._steps.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _work(self) -> Generator[None, None, None]:
        with self._lock:
            if self._over:
                return
            self._descriptor = create_temporary(self._journal.path)
            self._journal.follower = self._noted.append
        self._write(HEADER)
        for unit in self._alive():
            self._write(encode_line(unit))
            yield
        fewest = sys.maxsize
        while _FEW_LINES < len(self._noted) < fewest:  # does not run after faster writers for ever
            with self._lock:
                lines = self._noted[:]
                self._noted.clear()
            fewest = len(lines)
            self._write(b"".join(lines))
            yield
        self._follow_closely()
        yield
        os.fsync(self._file)
        yield
        replaced = self._switch()
        if replaced is not None:
            os.close(replaced)  # not under the lock: freeing the space of a large file takes time
        yield
        sync_folder(self._journal.path.parent)

    def _alive(self) -> Iterator[Unit]:
        """Yield the documents of all tables, some hundred a unit. Later additions are noted separately."""
        with self._lock:
            ends = {name: contents.documents.last() for name, contents in self._tables.items() if contents.documents}
        for name, end in ends.items():
            last = -1
            while unit := self._slice(name, last, end):
                yield unit
                last = unit[-1][1]

    def _slice(self, name: str, last: int, end: int) -> Unit:
        """Return the next documents after number `last`, up to number `end`, as a unit."""
        with self._lock:
            contents = self._tables.get(name)
            if self._over or contents is None:
                return []
            found = contents.documents.after(last, DOCUMENTS_A_LINE)
            return [[name, number, document] for number, document in found if number <= end]

    def _write(self, data: bytes) -> None:
        write_all(self._file, data)
        self._size += len(data)

    def _follow_closely(self) -> None:
        with self._lock:
            if not self._over:
                self._write(b"".join(self._noted))
                self._journal.follower = self._follow
                self._both = True

    def _follow(self, line: bytes) -> None:
        """Note a line that was written to the log. Called under the lock."""
        try:
            self._write(line)
        except OSError as error:
            self._give_up(error)

    def _switch(self) -> int | None:
        """Replace the log by the new file; return the old file's descriptor if it was open."""
        with self._lock:
            if self._over:
                return None
            temporary_path(self._journal.path).replace(self._journal.path)
            self._over = self.succeeded = True
            replaced = self._journal.switch(self._file, self._size)
            self._ended()
            return replaced


def begin(compaction: Compaction) -> None:
    """Run the compaction in the background thread."""
    with suppress(RuntimeError):  # the interpreter is shutting down: the log stays as it is
        _thread.submit(run_compaction, compaction)


def run_compaction(compaction: Compaction) -> None:
    while compaction.step():
        time.sleep(_REST_SECONDS)
