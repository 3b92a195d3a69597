"""Lifetime of a sandbox: deletion waits for operations that run in threads, and prevents further ones."""

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
        """Prevent the sandbox from being deleted inside the block. Raises Unavailable if it already is.

        Enter it in the thread that does the work, not in one that waits for a thread: `end` may run in a thread of
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
        """Raise Unavailable if the sandbox is deleted: all changes of the call are lost with it."""
        if self.ended:
            raise sandbox_deleted()

    def end(self) -> None:
        """Mark the sandbox as deleted, and return when no operation runs any more."""
        with self._condition:
            self.ended = True
            self._condition.wait_for(lambda: not self._running)


def sandbox_deleted() -> Unavailable:
    return Unavailable("the sandbox was deleted while this call was under way: send it again")
