"""Lifetime of a sandbox: deletion waits for the operations that run in threads, and no further one begins."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pii_sandbox.mockserver.problems import Unavailable


class Lifetime:
    """Counts the running operations of one sandbox. `ended`: it is deleted, or about to be."""

    __slots__ = ("_condition", "_running", "ended")

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._running = 0
        self.ended = False

    @property
    def in_use(self) -> bool:
        return self._running > 0

    @contextmanager
    def use(self) -> Iterator[None]:
        """Keeps the sandbox from being deleted inside the block. Raises Unavailable where it is already.

        To be entered by the thread that does the work, not by one that waits for a thread: `end` may run in a thread of
        the same pool.
        """
        with self._condition:
            self.check()
            self._running += 1
        try:
            yield
        finally:
            with self._condition:
                self._running -= 1
                self._condition.notify_all()

    def check(self) -> None:
        """Raises Unavailable where the sandbox is deleted: what a call did to it until now is gone with it."""
        if self.ended:
            raise deleted()

    def end(self) -> None:
        """Returns when nothing runs any longer, and nothing will."""
        with self._condition:
            self.ended = True
            self._condition.wait_for(lambda: not self._running)


def deleted() -> Unavailable:
    return Unavailable("the sandbox was deleted while this call was under way: send it again")
