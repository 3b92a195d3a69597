"""What the journal keeps of a request and its response, in compact form."""

from __future__ import annotations

from typing import Any

from pii_sandbox.mockserver.gateway.request_context import RequestContext, headers_of
from pii_sandbox.mockserver.gateway.responses import decode_headers
from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.entries import entry_summary

LARGEST_BODY = 256 * 2**10  # bytes; of a larger body the journal keeps only the size
EMPTY_WEIGHT = 1000  # bytes that a recorded exchange takes beside its texts and bodies (measured)


class RecordedExchange:
    """One response with the context of its request; `number` is set by the journal.

    Takes over the context: a body that is too large for the journal is released from it.
    """

    __slots__ = (
        "_body_size",
        "_context",
        "_head",
        "_method",
        "_response_body",
        "_response_size",
        "_status",
        "elapsed_seconds",
        "number",
        "weight",
    )

    def __init__(
        self, context: RequestContext, method: str, status: int, head: bytes, response_body: bytes, elapsed: float
    ) -> None:
        self.number = 0
        self.elapsed_seconds = elapsed
        self._context = context
        self._method = method
        self._status = status
        self._head = head
        weight = EMPTY_WEIGHT + context.headers.weight + len(context.url)
        self._response_body: bytes | None = None
        self._response_size = size = len(response_body)
        if size <= LARGEST_BODY:
            self._response_body = bytes(memoryview(response_body))  # a copy: orjson's bytes object holds a 4 KB buffer
            weight += size
        body = context.body
        self._body_size = 0
        if body:
            self._body_size = size = len(body)
            if size > LARGEST_BODY:
                context.body = None
            else:
                weight += size
        if context.refusal is not None:
            weight += context.refusal.weight
        self.weight = weight

    def exchange(self) -> JournalExchange:
        """Return the exchange with its response headers parsed."""
        context = self._context
        at, system_at = context.times
        return JournalExchange(
            number=self.number,
            at=at,
            system_at=system_at,
            elapsed_seconds=self.elapsed_seconds,
            sandbox=context.sandbox.name,
            dialect=context.dialect,
            method=self._method,
            url=context.url,
            headers=context.headers,
            body=context.body,
            body_size=self._body_size,
            api=context.vendor.name if context.vendor else None,
            document=context.operation.document if context.operation else None,
            operation_id=context.operation.operation_id if context.operation else None,
            path_values=context.path_values,
            status=self._status,
            response_headers=headers_of(decode_headers(self._head)),
            response_body=self._response_body,
            response_size=self._response_size,
            rule=context.rule,
            fits=context.fits,
            refusal=context.refusal,
            fault=context.fault,
        )

    def summary(self) -> dict[str, Any]:
        """Return the server's own facts, without decoding the rest."""
        context = self._context
        return entry_summary(
            self.number,
            context.times,
            self.elapsed_seconds,
            context.sandbox.name,
            context.vendor.name if context.vendor else None,
            context.operation,
            context.dialect,
            self._method,
            self._status,
            context.rule,
            context.refusal,
            context.fault,
        )
