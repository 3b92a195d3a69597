"""Lock of a data folder: one process at a time may use it, and may open each file once."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pii_sandbox.mockserver.store.atomic_files import NO_LINK, temporary_path
from pii_sandbox.mockserver.store.errors import StoreError

LOCK_NAME = ".lock"


@dataclass(slots=True)
class _FolderLock:
    """The lock file of a folder, and the files of stores in it that this process has open."""

    descriptor: int
    files: set[Path] = field(default_factory=set)


# The operating system grants the lock to a process, not to a store: so what is held is known process-wide.
_guard = threading.Lock()
_locked_folders: dict[Path, _FolderLock] = {}


def hold(file: Path) -> None:
    """Lock the file's folder for this process, and the file for the caller.

    Raises StoreError if another process uses the folder or this one has the file open. The lock ends with the process.
    """
    file = file.resolve()
    with _guard:
        held = _locked_folders.get(file.parent)
        if held is None:
            held = _locked_folders[file.parent] = _FolderLock(_lock_folder(file.parent))
        if file in held.files:
            raise StoreError(f"{file} is open already")
        held.files.add(file)
        with suppress(OSError):  # temporary files of a process that was killed
            temporary_path(file).unlink()


def release(file: Path) -> None:
    """Unlock the file, and the folder after its last file."""
    file = file.resolve()
    with _guard:
        held = _locked_folders[file.parent]
        held.files.discard(file)
        if not held.files:
            del _locked_folders[file.parent]
            os.close(held.descriptor)


def _lock_folder(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise StoreError(f"{folder / LOCK_NAME} is a symbolic link, which is not followed: remove it") from error
        raise StoreError(f"{folder} cannot hold a store: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
    except OSError as error:
        holder = os.pread(descriptor, 20, 0).decode(errors="replace")
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise StoreError(f"{folder} is in use by another process ({holder})") from error
        raise StoreError(f"{folder} cannot be locked: {error.strerror}") from error
    return descriptor
