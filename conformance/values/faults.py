"""Faults of this program: an exception of ours costs one thing, and is told with its place and never with its message.

The message of an exception may quote what a target answered.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

FAULT = "an internal error of pii-sandbox"
_PACKAGES = frozenset({"conformance", "redaction", "scenarios", "specs", "checking"})


def fault_text(where: str, error: BaseException) -> str:
    """One line for the user: what failed at which place, and what to do."""
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [each for each in frames if _package(each[0]) is not None] or frames
    place = f" at {Path(ours[-1][0].f_code.co_filename).name}:{ours[-1][1]}" if ours else ""
    return f"{FAULT} in {where}: {type(error).__name__}{place}; please report this line and the seed"


def fails_in_scenario(error: BaseException) -> bool:
    """Whether it was raised in a scenario, which trips over what came back, and not in code of ours that it calls.

    To be asked where the scenario was called: that frame itself is left out.
    """
    packages = [_package(frame) for frame, _ in list(traceback.walk_tb(error.__traceback__))[1:]]
    return next((package for package in reversed(packages) if package is not None), "scenarios") == "scenarios"


def is_ours(error: BaseException) -> bool:
    """Whether it was raised in code of ours, or below it."""
    return any(_package(frame) is not None for frame, _ in traceback.walk_tb(error.__traceback__))


def _package(frame: FrameType) -> str | None:
    """The package of ours that a frame's module belongs to, wherever that is installed; None for any other module."""
    top, _, rest = str(frame.f_globals.get("__name__", "")).partition(".")
    package = rest.partition(".")[0]
    return package if top == "pii_sandbox" and package in _PACKAGES else None


class FaultLog:
    """The faults of a run, in words. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, None] = {}

    @property
    def texts(self) -> list[str]:
        with self._lock:
            return list(self._texts)

    def add(self, where: str, error: BaseException) -> None:
        self.note(fault_text(where, error))

    def note(self, text: str) -> None:
        with self._lock:
            self._texts[text] = None

    @contextmanager
    def guard(self, where: str) -> Iterator[None]:
        """Notes an exception that is raised within and goes on after the block."""
        try:
            yield
        except Exception as error:  # whatever it is, the rest of the run is worth more
            self.add(where, error)
