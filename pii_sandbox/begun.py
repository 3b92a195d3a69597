"""Coroutines that were begun without a task, and what a task needs to go on with them."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any


class Rest:
    """What is left of a coroutine that has run for a while: the rest from its first wait on, its error, or nothing."""

    def __init__(
        self,
        running: Coroutine[Any, Any, None] | None = None,
        *,
        awaited: Any = None,
        error: Exception | None = None,
    ) -> None:
        self._running = running
        self._awaited = awaited
        self._error = error

    def __await__(self) -> Generator[Any, Any, None]:
        if self._error is not None:
            raise self._error
        awaited = self._awaited
        while self._running is not None:
            error: BaseException | None = None
            came = None
            try:
                came = yield awaited
            except BaseException as raised:
                error = raised
            try:
                awaited = self._running.send(came) if error is None else self._running.throw(error)
            except StopIteration:
                return
