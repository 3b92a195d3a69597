"""Runs a coroutine eagerly; wraps the remainder in an awaitable, for a task, only if it blocks.

A task costs a turn of the event loop before its first step. Nearly all requests are handled without waiting, so that
one manual step of their coroutine usually completes it.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any


class EagerTask:
    """The remainder of a coroutine that was started without a task. Awaiting it continues the coroutine.

    `awaited`: the object that the coroutine yielded at its first wait. `error`: the exception that it raised instead;
    raised again on await. Without either the coroutine has ended, and awaiting returns at once.
    """

    def __init__(
        self,
        coroutine: Coroutine[Any, Any, None] | None = None,
        *,
        awaitable: Any = None,
        error: Exception | None = None,
    ) -> None:
        self._coroutine = coroutine
        self._awaited = awaitable
        self._error = error

    @classmethod
    def start(cls, coroutine: Coroutine[Any, Any, None]) -> EagerTask | None:
        """Run a coroutine up to its first wait. None: it has ended without an error."""
        try:
            return cls(coroutine, awaitable=coroutine.send(None))
        except StopIteration:
            return None
        except Exception as error:
            return cls(error=error)

    def __await__(self) -> Generator[Any, Any, None]:
        if self._error is not None:
            raise self._error
        awaited = self._awaited
        while self._coroutine is not None:
            error: BaseException | None = None
            result = None
            try:
                result = yield awaited
            except BaseException as raised:
                error = raised
            try:
                awaited = self._coroutine.send(result) if error is None else self._coroutine.throw(error)
            except StopIteration:
                return
