"""Records responses: an entry in the sandbox's journal, a count for the metrics, a line in the request log.

Part of the hot path: nothing here formats, parses or inspects a body.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from pii_sandbox.mockserver.gateway import responses
from pii_sandbox.mockserver.gateway.recorded_exchange import RecordedExchange
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.sandbox import JOURNAL_BYTES, JOURNAL_ENTRIES

PROVISIONAL_BYTES = 64 * 2**10  # limit of the journal of a provisional sandbox

RESPONSE = "pii_sandbox.response"  # ASGI extension: a coroutine function of status, header lines and body
SendResponse = Callable[[int, bytes, bytes], Awaitable[None]]

requests = logging.getLogger("pii_sandbox.mockserver.requests")
_TEXT = "%(method)s %(path)s %(status)s %(rule)s %(elapsed_ms)s ms sandbox=%(sandbox)s"


class ResponseRecorder:
    """Sends the response of one request and records it. `context` is set once the request is resolved.

    `whole`: the server's function to send a complete response in one call (`RESPONSE`), None if it has none.
    """

    __slots__ = ("_recorded_exchange", "_send", "_whole", "body", "context", "head", "started_at", "status")

    def __init__(self, send: Callable[[Any], Awaitable[None]], whole: SendResponse | None) -> None:
        self._send = send
        self._whole = whole
        self._recorded_exchange: RecordedExchange | None = None  # set where the response is recorded early
        self.started_at = perf_counter()
        self.status = 0  # until there is a response
        self.head = self.body = b""
        self.context: RequestContext | None = None

    def send_response(self, status: int, head: bytes, body: bytes, plain: bytes | None = None) -> Awaitable[None]:
        """Send a complete response.

        `head`: the header lines, each with its CRLF. `plain`: the body without content coding, if it has one.
        """
        self.status, self.head, self.body = status, head, body if plain is None else plain
        return self._send_as_messages(status, head, body) if self._whole is None else self._whole(status, head, body)

    async def _send_as_messages(self, status: int, head: bytes, body: bytes) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": responses.decode_headers(head)})
        await self._send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, head: bytes) -> None:
        """Start a response whose body is sent in pieces."""
        self.note_response(status, head)
        await self._send({"type": "http.response.start", "status": status, "headers": responses.decode_headers(head)})

    async def send_piece(self, body: bytes, *, more: bool) -> None:
        self.body += body
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def send_unrecorded(self, body: bytes, *, more: bool) -> None:
        """Send a piece of a body that has no bound: none of it is kept."""
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def note_response(self, status: int, head: bytes, body: bytes = b"") -> None:
        """Set the response to record, without sending it."""
        self.status, self.head, self.body = status, head, body

    def record_early(self, method: str, held_seconds: float) -> None:
        """Record a noted response that is sent in `held_seconds`: its call has already been carried out."""
        context = self.context
        if context is not None and (context.vendor is None or context.vendor.journaled):
            self._recorded_exchange = self._record(context, method, perf_counter() - self.started_at + held_seconds)

    def record(self, method: str) -> None:
        """Record the exchange in the journal, the counters and, if it is enabled, the log."""
        if not self.status:
            return
        elapsed_seconds = perf_counter() - self.started_at
        context = self.context
        if self._recorded_exchange is not None:
            self._recorded_exchange.elapsed_seconds = elapsed_seconds
        elif context is not None and (context.vendor is None or context.vendor.journaled):
            self._record(context, method, elapsed_seconds)
        if requests.isEnabledFor(logging.INFO):
            line = self._line(method, elapsed_seconds)
            requests.info(_TEXT, line, extra={"request": line})

    def _record(self, context: RequestContext, method: str, elapsed_seconds: float) -> RecordedExchange | None:
        """Count the response, and add the exchange to the journal if the sandbox keeps one."""
        sandbox, vendor, operation = context.sandbox, context.vendor, context.operation
        if sandbox.lifetime.ended:
            return None
        api, operation_id = vendor.name if vendor else None, operation.operation_id if operation else None
        sandbox.counters.count((api, operation_id, self.status, context.rule), elapsed_seconds)
        most = sandbox.setting(JOURNAL_ENTRIES)
        if not most:
            return None
        exchange = RecordedExchange(context, method, self.status, self.head, self.body, elapsed_seconds)
        most_bytes: int = sandbox.setting(JOURNAL_BYTES)
        if sandbox.admit is not None:
            most_bytes = min(most_bytes, PROVISIONAL_BYTES)
        sandbox.journal.add(exchange, most, most_bytes)
        return exchange

    def _line(self, method: str, elapsed_seconds: float) -> dict[str, Any]:
        """Return the fields of the log line. Contains no personal data: no URL, header or body of the request."""
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
