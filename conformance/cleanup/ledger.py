"""What a run makes at a target, on disk before it is made, until it is undone.

One JSON object a line, the first about the run. Entries hold ids and the run's own marks: no personal data, no
credentials. A line is on the disk before the call that it announces is sent, so that a crash leaves nothing unknown.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from pii_sandbox.conformance.cleanup.ledger_entry import Entry, EntryState, as_json, describe_untouched, from_json
from pii_sandbox.conformance.cleanup.ledger_file import BadLedger, open_locked, sync_folder
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_proof import RunMark
from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.values.errors import CannotCheck

__all__ = ["BadLedger", "Entry", "EntryState", "Ledger", "describe_untouched", "read_ledger"]

FORMAT = 1


class Ledger:
    """The entries of one run. Without a file they are kept in memory alone. Safe to share between threads."""

    def __init__(self, file: Path | None, about: Mapping[str, Any]) -> None:
        self.file = file
        self.about = dict(about)
        self._opened_at = now()
        self._entries: dict[int, Entry] = {}
        self.failure: str | None = None  # why the file cannot be written any more
        self._lock = threading.Lock()
        self._out: TextIOWrapper | None = None
        self._is_prepared = False  # the file is there although nothing may come into it

    @property
    def run_id(self) -> str:
        return str(self.about["run"])

    @property
    def mark(self) -> RunMark:
        """What tells the run's objects from all others. A ledger that does not say when its run began proves little."""
        began = self.about.get("started_at")
        return RunMark(self.run_id, self._opened_at if began is None else datetime.fromisoformat(began))

    def prepare(self) -> None:
        """Opens the file before anything is made. Raises BadLedger where it cannot be written."""
        if self.file is None:
            return
        with self._lock:
            self._is_prepared = self._out is None
            try:
                self._open(self.file)
            except OSError as error:
                self._discard(self.file)
                raise BadLedger(
                    f"{self._failure(error)}; nothing was started. Name a file that can be written with --ledger"
                ) from error

    def entry(self, number: int) -> Entry:
        with self._lock:
            return self._entries[number]

    @property
    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries.values())

    def open_entries(self) -> list[Entry]:
        """What is not undone, the latest first."""
        return [entry for entry in reversed(self.entries) if entry.is_open]

    def record_intent(
        self,
        api: str = "",
        operation_id: str = "",
        *,
        mark: str | None = None,
        under: int | None = None,
        sandbox: str | None = None,
    ) -> int:
        """Announces an object that is about to be made; its number. On disk when this returns.

        Raises CannotCheck where it cannot be written (a full disk): what no ledger names must not be made.
        """
        with self._lock:
            number = len(self._entries) + 1
            entry = Entry(number, "intended", api, operation_id, mark, under, sandbox)
            self._write(entry)
            if self.failure is not None:
                self._entries[number] = replace(entry, state="refused", why="never sent")
                raise CannotCheck(f"nothing was created: {self.failure}")
            return number

    def settle(
        self,
        number: int,
        state: EntryState,
        *,
        undo: PlannedCall | None = None,
        why: str | None = None,
    ) -> None:
        """Says what became of an entry. On disk when this returns, unless `failure` says why not.

        A state that is missing there costs `cleanup` a look, and nothing else.
        """
        with self._lock:
            entry = self._entries[number]
            self._write(replace(entry, state=state, undo=undo or entry.undo, why=why))

    def close(self) -> None:
        with self._lock:
            if self.file is not None and self._is_prepared and not self._entries:
                self._discard(self.file)  # nothing was made
            if self._out is not None:
                with suppress(OSError):  # what could not be written before is tried once more here
                    self._out.close()
                self._out = None

    def _write(self, entry: Entry) -> None:
        self._entries[entry.number] = entry
        if self.file is None or self.failure is not None:
            return
        try:
            self._open(self.file)
            self._line({"at": now().isoformat(timespec="seconds"), **as_json(entry)})
        except OSError as error:
            self.failure = self._failure(error)

    def _failure(self, error: OSError) -> str:
        return f"the ledger {self.file} cannot be written: {error.strerror or error}"

    def _open(self, file: Path) -> None:
        if self._out is not None:
            return
        self._out = open_locked(file)
        if self._out.tell() == 0:
            self._line({"ledger": FORMAT, **self.about})
            sync_folder(file.parent)

    def _discard(self, file: Path) -> None:
        """Deletes a file of this run without entries."""
        if self._out is not None:
            with suppress(OSError):
                file.unlink()
            with suppress(OSError):
                self._out.close()
            self._out = None

    def _line(self, value: Mapping[str, Any]) -> None:
        assert self._out is not None
        self._out.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._out.flush()
        os.fsync(self._out.fileno())


def read_ledger(file: Path) -> Ledger:
    """The ledger in that file, to be gone on with. Raises BadLedger for a file that is none, or whose run goes on.

    A last line that was cut off in mid-write is left out: what it announced was never sent.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLedger(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    whole, _, torn = text.rpartition("\n")
    try:
        about, *lines = [json.loads(line) for line in whole.split("\n")]  # not at U+2028 within a text
        if about.pop("ledger") != FORMAT or not isinstance(about["run"], str):
            raise BadLedger(f"{file} is a ledger of another version of pii-sandbox; use the version that wrote it")
        ledger = Ledger(file, about)
        entries = [from_json(line) for line in lines]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLedger(f"{file} is not a ledger; give the ledger of a run, as its report names it") from error
    ledger._entries = {entry.number: entry for entry in entries}
    ledger._out = open_locked(file)
    if torn:
        ledger._out.truncate(len(whole.encode()) + 1)
    return ledger
