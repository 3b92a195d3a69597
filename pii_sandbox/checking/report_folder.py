"""Exclusive use of a report folder: two runs at a time would overwrite each other's reports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pii_sandbox.conformance.history.checkpoint import BadCheckpoint


@contextmanager
def exclusive_use(folder: Path | None) -> Iterator[None]:
    """Holds the folder for this run until it ends, also by a crash. Raises BadCheckpoint where another run has it.

    The folder is made where it is missing. None: there is no folder to hold.
    """
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(ImportError):
            import fcntl  # noqa: PLC0415  # not on every system

            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BadCheckpoint(
                    f"{folder} is in use by a run that has not ended; give this run another folder with --report"
                ) from error
        yield
    finally:
        os.close(descriptor)
