"""What becomes of a request once it is answered: an entry in its sandbox's journal, a count, a line in the log.

On the way of every request: nothing here formats, parses or looks into a body.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from pii_sandbox.mockserver.gateway import responses
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.sandbox import JOURNAL_BYTES, JOURNAL_ENTRIES

LARGEST_BODY = 256 * 2**10  # bytes; of a larger body only the size is kept
PROVISIONAL_BYTES = 64 * 2**10  # of the journal of a sandbox that no call has been let into yet
EMPTY_WEIGHT = 1000  # bytes that a visit takes beside its texts and bodies, measured

ANSWER = "pii_sandbox.answer"  # an ASGI extension: a coroutine function of status, header lines and body
SendResponse = Callable[[int, bytes, bytes], Awaitable[None]]

requests = logging.getLogger("pii_sandbox.mockserver.requests")
_TEXT = "%(method)s %(path)s %(status)s %(rule)s %(elapsed_ms)s ms sandbox=%(sandbox)s"


class ResponseRecorder:
    """Sends what the application answers, and keeps it. `context` is whose answer it is, once that is known.

    `whole` is the server's own way to take an answer in one piece, where it has one (`ANSWER`).
    """

    __slots__ = ("_kept", "_send", "_whole", "begun", "body", "context", "head", "status")

    def __init__(self, send: Callable[[Any], Awaitable[None]], whole: SendResponse | None) -> None:
        self._send = send
        self._whole = whole
        self._kept = False
        self.begun = perf_counter()
        self.status = 0  # until there is an answer
        self.head = self.body = b""
        self.context: RequestContext | None = None

    def answer(self, status: int, head: bytes, body: bytes, plain: bytes | None = None) -> Awaitable[None]:
        """All of an answer. `head`: its header lines, each with its end. `plain`: the body without content coding."""
        self.status, self.head, self.body = status, head, body if plain is None else plain
        return self._send_as_messages(status, head, body) if self._whole is None else self._whole(status, head, body)

    async def _send_as_messages(self, status: int, head: bytes, body: bytes) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": responses.decode_headers(head)})
        await self._send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, head: bytes) -> None:
        """An answer that comes in pieces."""
        self.note_response(status, head)
        await self._send({"type": "http.response.start", "status": status, "headers": responses.decode_headers(head)})

    async def send_piece(self, body: bytes, *, more: bool) -> None:
        self.body += body
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def note_response(self, status: int, head: bytes, body: bytes = b"") -> None:
        """What is going to be sent, or would have been."""
        self.status, self.head, self.body = status, head, body

    def keep(self, method: str, held_seconds: float) -> None:
        """Records a response that was noted and is sent only in `held_seconds`: what it tells of has happened."""
        self._kept = True
        context = self.context
        if context is not None and (context.vendor is None or context.vendor.journaled):
            self._keep(context, method, perf_counter() - self.begun + held_seconds)

    def record(self, method: str) -> None:
        """Puts what was asked and answered into the journal, the counts and, where it is wanted, the log."""
        if not self.status:
            return
        elapsed_seconds = perf_counter() - self.begun
        context = self.context
        if context is not None and self._kept:
            context.elapsed_seconds = elapsed_seconds
        elif context is not None and (context.vendor is None or context.vendor.journaled):
            self._keep(context, method, elapsed_seconds)
        if requests.isEnabledFor(logging.INFO):
            line = self._line(method, elapsed_seconds)
            requests.info(_TEXT, line, extra={"request": line})

    def _keep(self, context: RequestContext, method: str, elapsed_seconds: float) -> None:
        """Lets the visit itself be the entry: it becomes an exchange when somebody reads."""
        sandbox, vendor, operation = context.sandbox, context.vendor, context.operation
        if sandbox.lifetime.ended:
            return
        api, operation_id = vendor.name if vendor else None, operation.operation_id if operation else None
        sandbox.counters.count((api, operation_id, self.status, context.rule), elapsed_seconds)
        most = sandbox.setting(JOURNAL_ENTRIES)
        if not most:
            return
        context.method, context.elapsed_seconds = method, elapsed_seconds
        context.status, context.answer_head = self.status, self.head
        weight = EMPTY_WEIGHT + context.headers.weight + len(context.url)
        body, answer = context.body, self.body
        context.answer_size = size = len(answer)
        if size <= LARGEST_BODY:
            context.answer = bytes(memoryview(answer))  # a copy: what wrote the answer keeps a buffer of 4 KB around it
            weight += size
        if body:
            context.body_size = size = len(body)
            if size > LARGEST_BODY:
                context.body = None
            else:
                weight += size
        if context.refusal is not None:
            weight += context.refusal.weight
        context.weight = weight
        most_bytes: int = sandbox.setting(JOURNAL_BYTES)
        if sandbox.admit is not None:
            most_bytes = min(most_bytes, PROVISIONAL_BYTES)
        sandbox.journal.add(context, most, most_bytes)

    def _line(self, method: str, elapsed_seconds: float) -> dict[str, Any]:
        """Nothing of what the client sent but its method and the names of sandbox and operation: no personal data."""
        context = self.context
        operation = context.operation if context else None
        return {
            "sandbox": context.sandbox.name if context else None,
            "api": context.vendor.name if context and context.vendor else None,
            "operation": operation.operation_id if operation else None,
            "method": method,
            "path": operation.path if operation else None,
            "status": self.status,
            "rule": context.rule if context else None,
            "elapsed_ms": round(elapsed_seconds * 1000, 3),
            "answer_bytes": len(self.body),
        }
