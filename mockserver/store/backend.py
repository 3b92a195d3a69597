"""Backends: where stores are kept by name, in memory or in the files of a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from pii_sandbox.mockserver.store.atomic_files import remove_file
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.store import Store

SANDBOX_SUFFIX = ".sandbox"
SNAPSHOT_SUFFIX = ".snapshot"
SNAPSHOTS_SUFFIX = ".snapshots"  # of the folder with the snapshots of one sandbox


class Backend(Protocol):
    """Keeps stores by name. Every method raises StoreError if the folder or memory cannot be used."""

    def names(self) -> list[str]:
        """Return the names of all stores, oldest first."""

    def read(self, name: str) -> Store:
        """Open the store of that name. Raises KeyError if there is none."""

    def keep(self, name: str, contents: Store, *, lazy: bool = False) -> Store:
        """Create the store of that name with the records of `contents`, which must not be written to any more.

        `lazy`: the store is not kept before its first change.
        """

    def erase(self, name: str) -> None:
        """Delete the store of that name, if it exists. It must be closed."""

    def snapshots(self, name: str) -> Backend:
        """Return the backend for the snapshots of the sandbox of that name."""

    def destroy(self) -> None:
        """Delete all stores. None of them may be open."""


class MemoryBackend:
    """Keeps stores in memory, until the process ends. Snapshots are kept by the name of their sandbox."""

    __slots__ = ("_stores",)

    def __init__(self) -> None:
        self._stores: dict[str, Store] = {}

    def names(self) -> list[str]:
        return list(self._stores)

    def read(self, name: str) -> Store:
        return self._stores[name]

    def keep(self, name: str, contents: Store, *, lazy: bool = False) -> Store:
        self._stores[name] = contents
        return contents

    def erase(self, name: str) -> None:
        self._stores.pop(name, None)

    def snapshots(self, name: str) -> MemoryBackend:
        return MemoryBackend()

    def destroy(self) -> None:
        self._stores.clear()


class FolderBackend:
    """Keeps one file per store in a folder. `durable`: acknowledged writes survive a power cut."""

    def __init__(self, folder: Path, *, durable: bool = False, suffix: str = SANDBOX_SUFFIX) -> None:
        self._folder = folder
        self._durable = durable
        self._suffix = suffix

    def names(self) -> list[str]:
        files = sorted(self._folder.glob(f"*{self._suffix}"), key=lambda file: file.stat().st_mtime_ns)
        return [file.name.removesuffix(self._suffix) for file in files]

    def read(self, name: str) -> Store:
        path = self._path(name)
        if not path.exists():
            raise KeyError(name)
        return Store(path, durable=self._durable)

    def keep(self, name: str, contents: Store, *, lazy: bool = False) -> Store:
        return contents.fork(self._path(name), durable=self._durable, lazy=lazy)

    def erase(self, name: str) -> None:
        remove_file(self._path(name), lasting=self._durable)

    def snapshots(self, name: str) -> FolderBackend:
        folder = self._folder / f"{name}{SNAPSHOTS_SUFFIX}"
        return FolderBackend(folder, durable=self._durable, suffix=SNAPSHOT_SUFFIX)

    def destroy(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{self._suffix}"


def prepare_folder(folder: Path) -> None:
    """Create the folder. Raises StoreError if it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StoreError(
            f"the data folder {folder} cannot be used: {error.strerror}; choose another with --data"
        ) from error
