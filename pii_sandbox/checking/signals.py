"""Signals that end a run as Ctrl-C does: everything is undone and the reports are written."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """SIGTERM, and SIGHUP where `nohup` does not ignore it, raise KeyboardInterrupt."""
    handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGTERM: signal.default_int_handler}
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = _hang_up
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hang_up(number: int, frame: FrameType | None) -> None:
    """The terminal is gone: what is written to it from now on goes nowhere instead of failing."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                os.dup2(nowhere, descriptor)
        os.close(nowhere)
    raise KeyboardInterrupt
