"""Ledger file: opened for one process alone (flock), and synchronized to disk."""

from __future__ import annotations

import os
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

from pii_sandbox.conformance import private_files


class BadLedger(Exception):
    """A file that is no ledger, or is in use; the message is one line for the user."""


def open_locked(file: Path) -> TextIOWrapper:
    """The file for appending, held for this process alone where the system can."""
    file.parent.mkdir(parents=True, exist_ok=True)
    out = private_files.append(file)
    with suppress(ImportError):
        import fcntl  # noqa: PLC0415  # not on every system

        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            out.close()
            raise BadLedger(f"{file} is in use by a run that has not ended; wait for it, or stop it") from error
    return out


def sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not on every system
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
