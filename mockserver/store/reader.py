"""Read-only access to the file of a store, also while a server writes to it."""

from __future__ import annotations

from pathlib import Path

from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.record_format import HEADER, decode_line
from pii_sandbox.mockserver.store.storage import MemoryStorage
from pii_sandbox.mockserver.store.store import Store


def read_only(path: Path) -> Store:
    """Return an in-memory store with the file's records. Raises StoreError if it is damaged or no store."""
    storage = MemoryStorage()
    try:
        with path.open("rb") as file:
            if file.readline() != HEADER:
                raise StoreError(f"{path} is not a store of this format")
            for line in file:
                if not line.endswith(b"\n"):  # a write in progress, or a torn one
                    break
                unit = decode_line(line)
                if unit is None:
                    raise StoreError(f"{path} is damaged: `pii-sandbox data check FOLDER` reports the damage")
                for operation in unit:
                    storage.replay(*operation)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    return Store(storage=storage)
