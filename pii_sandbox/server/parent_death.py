"""Ends child processes whose parent has died, for instance by SIGKILL: nobody else would."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1  # of prctl(2): the signal that the kernel sends when the parent's thread ends
_POLL_SECONDS = 1.0


def end_with_parent(parent: int) -> None:
    """Have this process sent SIGTERM when the process `parent`, which has forked it, ends.

    By the kernel on Linux, elsewhere by a thread that looks every second.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it has ended meanwhile
            os.kill(os.getpid(), signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def tied_command(command: Sequence[str]) -> list[str]:
    """Return the command to start instead, so that its process ends with this one. Only Linux can do so.

    To be started by a thread that lives as long as the process: the kernel looks at the thread.
    """
    if sys.platform != "linux":
        return [*command]
    return [sys.executable, "-I", "-c", _EXECUTE, str(os.getpid()), *command]


# in a process of its own, and not between fork and exec: other threads may hold locks there
_EXECUTE = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl({_PR_SET_PDEATHSIG}, {int(signal.SIGTERM)})
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
