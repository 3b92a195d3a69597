"""Worker processes that serve the same port, and are started again when one dies."""

from __future__ import annotations

import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from pii_sandbox.server.parent_death import end_with_parent

Worker = Callable[[int], None]  # given its number, serves until it is told to stop

SHORT_LIFE_SECONDS = 2.0  # a worker that dies younger is not started again: it would die again

_log = logging.getLogger(__name__)


class Workers:
    """Runs `worker` in `count` processes, which share what this process has opened so far."""

    def __init__(self, count: int, worker: Worker) -> None:
        self._count = count
        self._worker = worker
        self._alive: dict[int, tuple[int, float]] = {}  # by process id: number of the worker, when it was started
        self._stopping = False

    def run(self) -> int:
        """Return the exit code once all have ended: after SIGTERM or SIGINT 0, after a worker that cannot live 1."""
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._stop)
        for number in range(self._count):
            self._start(number)
        failed = False
        while self._alive:
            process_id, status = os.wait()
            number, started_at = self._alive.pop(process_id, (-1, 0.0))
            if number < 0 or self._stopping:  # the log of the workers is a child, too
                continue
            _log.warning("worker %d ended (%s)", number, os.waitstatus_to_exitcode(status))
            if time.monotonic() - started_at < SHORT_LIFE_SECONDS:
                failed = True
                _log.error(
                    "worker %d lived for less than %.0f s, so the server stops: it would die again",
                    number,
                    SHORT_LIFE_SECONDS,
                )
                self._stop(signal.SIGTERM, None)
            else:
                self._start(number)
        return 1 if failed else 0

    def _start(self, number: int) -> None:
        sys.stdout.flush()
        parent = os.getpid()
        process_id = os.fork()
        if process_id:
            self._alive[process_id] = number, time.monotonic()
            if self._stopping:  # a signal came in between
                os.kill(process_id, signal.SIGTERM)
            return
        code = 1
        try:
            random.seed()
            for each in (signal.SIGTERM, signal.SIGINT):
                signal.signal(each, signal.SIG_DFL)
            end_with_parent(parent)
            self._worker(number)
            code = 0
        except SystemExit as exit_:
            code = exit_.code if isinstance(exit_.code, int) else 1
        except KeyboardInterrupt:
            code = 0
        except BaseException:
            _log.exception("worker %d failed", number)
        finally:
            os._exit(code)  # what this process opened is the parent's to close

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        for process_id in list(self._alive):
            os.kill(process_id, signal.SIGTERM)


def in_processes(count: int, worker: Worker) -> int:
    """Run `worker` in `count` processes; return the exit code."""
    return Workers(count, worker).run()


__all__: Sequence[str] = ["in_processes"]
