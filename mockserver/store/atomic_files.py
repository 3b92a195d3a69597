"""Atomic and durable file operations: complete writes, replacement in one step, folder sync."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pii_sandbox.mockserver.store.errors import StoreError

APPENDING = os.O_RDWR | os.O_APPEND
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # not on every system


def temporary_path(path: Path) -> Path:
    """Return the path of the temporary file that is written first and then renamed to `path`."""
    return path.with_name(path.name + ".new")


def create_temporary(path: Path) -> int:
    """Create a new file, replacing any; return its descriptor. A link is removed, not followed. Raises OSError."""
    temporary_path(path).unlink(missing_ok=True)
    return os.open(temporary_path(path), APPENDING | os.O_CREAT | os.O_EXCL | NO_LINK, 0o600)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data: `os.write` may write less, for instance when the disk fills up. Raises OSError."""
    while data := data[os.write(descriptor, data) :]:
        pass


def write_atomically(path: Path, lines: Iterable[bytes], *, lasting: bool) -> None:
    """A whole new file that takes the place of `path` in one step; `flushed`: it is on the disk by then, too.

    Raises StoreError, with everything as it was.
    """
    try:
        with open(create_temporary(path), "wb") as file:
            file.writelines(lines)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        temporary_path(path).replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary_path(path).unlink()
        if isinstance(error, OSError):
            raise StoreError(f"{path} cannot be written: {error.strerror}") from error
        raise
    if lasting:
        sync_folder(path.parent)


def remove_file(path: Path, *, lasting: bool) -> None:
    """Remove a file, if it exists, and its temporary file. Raises StoreError."""
    try:
        temporary_path(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path} cannot be removed: {error.strerror}") from error
    if lasting:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that created, renamed and removed files last; a no-op where a file system cannot."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
