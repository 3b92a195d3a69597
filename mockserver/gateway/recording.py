"""What becomes of a request once it is answered: an entry in its sandbox's journal, a count, a line in the log.

On the way of every request: nothing here formats, parses or looks into a body.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from mockserver.gateway.visit import Visit
from mockserver.sandbox import JOURNAL_BYTES, JOURNAL_ENTRIES

LARGEST_BODY = 256 * 2**10  # bytes; of a larger body only the size is kept
EMPTY_WEIGHT = 1000  # bytes that a visit takes beside its texts and bodies, measured
HEADER_WEIGHT = 120  # bytes that a header takes beside its value

requests = logging.getLogger("mockserver.requests")
_TEXT = "%(method)s %(path)s %(status)s %(rule)s %(elapsed_ms)s ms sandbox=%(sandbox)s"


class Watched:
    """Sends what the application sends, and keeps it. `visit` is whose answer it is, once that is known."""

    __slots__ = ("_send", "begun", "messages", "visit")

    def __init__(self, send: Callable[[Any], Awaitable[None]]) -> None:
        self._send = send
        self.begun = perf_counter()
        self.messages: list[Any] = []
        self.visit: Visit | None = None

    async def __call__(self, message: Any) -> None:
        self.messages.append(message)
        await self._send(message)

    def record(self, method: str) -> None:
        """Puts what was asked and answered into the journal, the counts and, where it is wanted, the log."""
        if not self.messages:
            return
        elapsed_seconds = perf_counter() - self.begun
        visit = self.visit
        if visit is not None and (visit.vendor is None or visit.vendor.journaled):
            _keep(visit, method, self.messages, elapsed_seconds)
        if requests.isEnabledFor(logging.INFO):
            line = _line(visit, method, self.messages, elapsed_seconds)
            requests.info(_TEXT, line, extra={"request": line})


def _keep(visit: Visit, method: str, messages: list[Any], elapsed_seconds: float) -> None:
    """Lets the visit itself be the entry: it becomes an exchange when somebody reads."""
    sandbox, vendor, operation = visit.sandbox, visit.vendor, visit.operation
    status = visit.status = messages[0]["status"]
    api, operation_id = vendor.name if vendor else None, operation.operation_id if operation else None
    sandbox.tally.count((api, operation_id, status, visit.rule), elapsed_seconds)
    most = sandbox.setting(JOURNAL_ENTRIES)
    if not most:
        return
    visit.method, visit.elapsed_seconds = method, elapsed_seconds
    visit.answer_headers = messages[0]["headers"]
    headers = visit.headers.values()
    weight = EMPTY_WEIGHT + HEADER_WEIGHT * len(headers) + sum(map(len, headers)) + len(visit.url)
    body, answer = visit.body, _answer(messages)
    visit.answer_size = size = len(answer)
    if size <= LARGEST_BODY:
        visit.answer = bytes(memoryview(answer))  # a copy: what wrote the answer keeps a buffer of 4 KB around it
        weight += size
    if body:
        visit.body_size = size = len(body)
        if size > LARGEST_BODY:
            visit.body = None
        else:
            weight += size
    visit.weight = weight
    visit.number = sandbox.journal.next_number()
    sandbox.journal.add(visit, most, sandbox.setting(JOURNAL_BYTES))


def _answer(messages: list[Any]) -> bytes:
    if len(messages) == 2:
        whole: bytes = messages[1].get("body", b"")
        return whole
    return b"".join(message.get("body", b"") for message in messages[1:])


def _line(visit: Visit | None, method: str, messages: list[Any], elapsed_seconds: float) -> dict[str, Any]:
    """Nothing of what the client sent but its method and the names of sandbox and operation: no personal data."""
    operation = visit.operation if visit else None
    return {
        "sandbox": visit.sandbox.name if visit else None,
        "api": visit.vendor.name if visit and visit.vendor else None,
        "operation": operation.operation_id if operation else None,
        "method": method,
        "path": operation.path if operation else None,
        "status": messages[0]["status"],
        "rule": visit.rule if visit else None,
        "elapsed_ms": round(elapsed_seconds * 1000, 3),
        "answer_bytes": len(_answer(messages)),
    }
