"""The storage that lasts: live tables with a journal beside them."""

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
from pii_sandbox.mockserver.store.record_format import HEADER, encoded
from pii_sandbox.mockserver.store.storage import Change, MemoryStorage, Origin, Tables

SPARED_BYTES = 1 << 20  # a file that is smaller is not worth compacting
_GROWTH = 4


class FileStorage(MemoryStorage):
    """Every unit is in the file before it is over. `tables` are what a new file begins with.

    `durable`: what was written can be waited for until it is on the disk (`unflushed`, `flushed`). `lazy`: a new file
    is written with the first unit, and not before.
    Raises StoreError where the file cannot be had: in use, damaged, or there already although there are `tables`.
    """

    def __init__(self, path: Path, tables: Tables | None = None, *, durable: bool = False, lazy: bool = False) -> None:
        super().__init__(tables)
        self._path = path
        self._closed = False
        self._group_commit = GroupCommit(self._sync) if durable else None
        self._doubtful = False  # a sync has failed: the system may have forgotten what it was to write
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
            with suppress(StoreError):  # nobody has been told that these writes last
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
                for number, document in contents.documents.pairs():  # none is ever changed in place: they can be shared
                    self.change(name, number, document)

    def _create_file(self) -> None:
        """Writes a file of all that the tables hold."""
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
        if self._group_commit is not None:  # whoever wrote the file may not have waited
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
            self._compaction.abandon()  # what it has written so far may be all the room that there was
            self._journal.append(unit)
        if self._group_commit is not None:
            self._group_commit.note_write()

    def _tidy(self, journal: AppendLog) -> None:
        """A file that has grown shrinks to what is alive, in the background."""
        if journal.size > self._limit and self._compaction is None:
            store_compaction.begin(self._compacted(journal))

    def _compacted(self, journal: AppendLog) -> Compaction:
        """A compaction that has yet to be done. Under the lock."""

        def end() -> None:
            """Where a compaction has failed, the next one waits until it is worth more."""
            self._compaction = None
            self._limit = _compaction_threshold(journal.size)

        self._compaction = Compaction(journal, self.tables, self.lock, end)
        return self._compaction

    def _sync(self) -> None:
        """What was written so far is on the disk when this returns. Raises StoreError."""
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
            raise StoreError(f"{self._path} cannot be brought to the disk: {error.strerror}") from error
        finally:
            for file in files:
                os.close(file)
        if renamed:
            sync_folder(self._path.parent)

    def _write_anew(self) -> None:
        """After a failed sync a second one may succeed without having written: only another file is beyond doubt."""
        with self.lock:
            if self._closed or self._journal is None:
                return
            if self._compaction is not None:
                self._compaction.abandon()
            compaction = self._compacted(self._journal)
        while compaction.step():
            pass
        if not compaction.succeeded:
            raise StoreError(f"{self._path} cannot be brought to the disk")
        self._doubtful = False


@contextmanager
def _gc_paused() -> Iterator[None]:
    """No garbage collection: where only things that stay come into being, it takes longer than all the rest."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compaction_threshold(live_bytes: int) -> int:
    """The size at which a file of that much that is alive is worth compacting."""
    return max(SPARED_BYTES, _GROWTH * live_bytes)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise StoreError(f"{path} is there already")


def _log_lines(tables: Tables) -> Iterator[bytes]:
    """A file of all that is alive, in lines of a handy length."""
    yield HEADER
    for name, contents in tables.items():
        last = -1
        while found := contents.documents.after(last, DOCUMENTS_A_LINE):
            yield encoded([[name, number, document] for number, document in found])
            last = found[-1][0]
