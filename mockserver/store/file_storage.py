"""File storage: live tables in memory, and an append-only log of their changes on disk."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pii_sandbox.mockserver.store import compaction as store_compaction
from pii_sandbox.mockserver.store import folder_lock
from pii_sandbox.mockserver.store.append_log import AppendLog
from pii_sandbox.mockserver.store.atomic_files import sync_folder, write_atomically
from pii_sandbox.mockserver.store.compaction import DOCUMENTS_A_LINE, Compaction
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.group_commit import GroupCommit
from pii_sandbox.mockserver.store.record_format import HEADER, encode_line
from pii_sandbox.mockserver.store.storage import Change, MemoryStorage, Origin, Tables

SPARED_BYTES = 1 << 20  # a smaller file is not worth compacting
_GROWTH = 4


class FileStorage(MemoryStorage):
    """Storage that writes each unit to its file before the unit ends. `tables`: initial contents of a new file.

    `durable`: callers can wait until writes are on the disk (`unflushed`, `flushed`). `lazy`: a new file is not created
    before the first unit.
    Raises StoreError if the file is in use or damaged, or if it exists already although `tables` are given.
    """

    def __init__(self, path: Path, tables: Tables | None = None, *, durable: bool = False, lazy: bool = False) -> None:
        super().__init__(tables)
        self._path = path
        self._closed = False
        self._group_commit = GroupCommit(self._sync) if durable else None
        self._doubtful = False  # a sync has failed: the system may have dropped the pages that it should have written
        self._compaction: Compaction | None = None
        self._journal: AppendLog | None = None  # None: no file yet
        folder_lock.hold(path)
        try:
            if tables is None:
                self._journal = AppendLog(path)
                self._load(self._journal)
            else:
                _refuse_existing(path)
                if not lazy:
                    self._create_file()
        except BaseException:
            folder_lock.release(path)
            raise

    @property
    def unflushed(self) -> bool:
        return self._group_commit is not None and self._group_commit.unflushed

    async def flushed(self) -> None:
        if self._group_commit is not None:
            await self._group_commit.flushed()

    def close(self) -> None:
        with self.lock:
            if self._closed:
                return
            if self._compaction is not None:
                self._compaction.abandon()
            with suppress(StoreError):  # no client was told that these writes are durable
                if self.unflushed:
                    self._sync()
            self._closed = True
            if self._journal is not None:
                self._journal.close()
            folder_lock.release(self._path)

    def replace(self, tables: Tables, origin: Origin | None = None) -> None:
        with self:
            for name in [name for name, contents in self.tables.items() if contents.documents]:
                self.empty(name)
            for name, contents in tables.items():
                for number, document in contents.documents.pairs():  # never changed in place: can be shared
                    self.change(name, number, document)

    def _create_file(self) -> None:
        """Create the file, with the current contents of the tables."""
        write_atomically(self._path, _log_lines(self.tables), lasting=self._group_commit is not None)
        self._journal = AppendLog(self._path)
        self._limit = _compaction_threshold(self._journal.size)

    def _load(self, journal: AppendLog) -> None:
        operations = 0
        try:
            with _gc_paused():
                for unit in journal.units():
                    operations += len(unit)
                    for operation in unit:
                        self.replay(*operation)
        except BaseException:
            journal.close()
            raise
        if self._group_commit is not None:  # the process that wrote the file may not have synced it
            journal.renamed = True
            self._group_commit.note_write()
        alive = sum(len(contents.documents) for contents in self.tables.values())
        self._limit = _compaction_threshold(journal.size * alive // max(operations, 1))
        self._tidy(journal)

    def _commit(self) -> None:
        try:
            self._keep(self._changes)
        except BaseException:
            self._rollback(0)
            raise
        super()._commit()
        if self._journal is not None:
            self._tidy(self._journal)

    def _keep(self, changes: list[Change]) -> None:
        if self._closed:
            raise StoreError(f"{self._path} is closed")
        if self._journal is None:
            self._create_file()  # the tables hold what the unit has changed
            return
        unit = [self._operation(*change) for change in changes]
        try:
            self._journal.append(unit)
        except StoreError:
            if self._compaction is None:
                raise
            self._compaction.abandon()  # the temporary file may be what filled the disk
            self._journal.append(unit)
        if self._group_commit is not None:
            self._group_commit.note_write()

    def _tidy(self, journal: AppendLog) -> None:
        """Start a compaction in the background if the file has grown large enough."""
        if journal.size > self._limit and self._compaction is None:
            store_compaction.begin(self._compacted(journal))

    def _compacted(self, journal: AppendLog) -> Compaction:
        """Return a compaction that has yet to be run. Called under the lock."""

        def end() -> None:
            """Raise the threshold of the next compaction; by more if this one has failed."""
            self._compaction = None
            self._limit = _compaction_threshold(journal.size)

        self._compaction = Compaction(journal, self.tables, self.lock, end)
        return self._compaction

    def _sync(self) -> None:
        """Sync all writes so far to the disk. Raises StoreError."""
        if self._doubtful:
            self._write_anew()
        with self.lock:
            if self._closed or self._journal is None:
                return
            files = [self._journal.duplicate(), *(self._compaction.duplicates() if self._compaction else ())]
            renamed, self._journal.renamed = self._journal.renamed, False
        try:
            for file in files:
                os.fdatasync(file)
        except OSError as error:
            self._doubtful = True
            raise StoreError(f"{self._path} cannot be flushed to disk: {error.strerror}") from error
        finally:
            for file in files:
                os.close(file)
        if renamed:
            sync_folder(self._path.parent)

    def _write_anew(self) -> None:
        """Write a new file after a failed sync: a second sync of the old one may succeed without having written."""
        with self.lock:
            if self._closed or self._journal is None:
                return
            if self._compaction is not None:
                self._compaction.abandon()
            compaction = self._compacted(self._journal)
        while compaction.step():
            pass
        if not compaction.succeeded:
            raise StoreError(f"{self._path} cannot be flushed to disk")
        self._doubtful = False


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Pause garbage collection while many long-lived objects are created; it would dominate the loading time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compaction_threshold(live_bytes: int) -> int:
    """Return the file size in bytes at which a store with `live_bytes` of live data is worth compacting."""
    return max(SPARED_BYTES, _GROWTH * live_bytes)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise StoreError(f"{path} already exists")


def _log_lines(tables: Tables) -> Iterator[bytes]:
    """Yield the lines of a file with all live documents, some hundred documents a line."""
    yield HEADER
    for name, contents in tables.items():
        last = -1
        while found := contents.documents.after(last, DOCUMENTS_A_LINE):
            yield encode_line([[name, number, document] for number, document in found])
            last = found[-1][0]
