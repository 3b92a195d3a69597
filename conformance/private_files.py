"""Files that hold what a run saw: opened through no symbolic link, readable by their owner alone."""

from __future__ import annotations

import os
from io import TextIOWrapper
from pathlib import Path

OWNER_ALONE = 0o600
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # not on every system


def append(file: Path) -> TextIOWrapper:
    """The file, for appending text. Raises OSError, for a symbolic link too."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NO_LINK, OWNER_ALONE)
    os.fchmod(descriptor, OWNER_ALONE)
    return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")


def replace(file: Path, text: str, *, mode: int = OWNER_ALONE) -> None:
    """Writes the file whole or not at all. Raises OSError.

    What stands beside it until then is new: a link that somebody has put there is removed, not followed.
    """
    beside = file.with_name(f".{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, mode)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as out:
            out.write(text)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)  # a full disk is not to keep a part of it
        raise
