"""Server-sent events: a response without an end, until the client, its sandbox or the server ends it."""

from __future__ import annotations

from typing import Any, Protocol

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.gateway import responses
from pii_sandbox.mockserver.gateway.endpoint import Endpoint
from pii_sandbox.mockserver.gateway.fault_injection import WaitingClient
from pii_sandbox.mockserver.gateway.recorder import ResponseRecorder
from pii_sandbox.mockserver.gateway.request_context import KEY, RequestContext
from pii_sandbox.mockserver.problems import Problem

IS_ENDING = "pii_sandbox.is_ending"  # ASGI extension: a function that returns whether the server is shutting down
MEDIA_TYPE = "text/event-stream"
POLL_SECONDS = 0.25  # each look costs as much as a call: the more streams, the more it tells
SILENCE_SECONDS = 15.0  # a comment is sent after so long without an event: proxies cut silent connections
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_COMMENT = b":\n\n"


class EventSource(Protocol):
    """The body of a reply of a streaming operation."""

    def next_events(self) -> bytes | None:
        """Return the events since the last call, encoded; None once there will be no more."""
        ...


class EventStreamEndpoint(Endpoint):
    """Endpoint of an operation whose handler returns an `EventSource`."""

    async def __call__(self, scope: Any, receive: Any, send: ResponseRecorder) -> None:
        context: RequestContext = scope[KEY]
        context.operation = self.facts
        try:
            reply = await self._reply(context, scope, receive)
        except Problem as problem:
            await responses.send(self._refused(context, problem), send, scope["method"])
            return
        await _stream(reply, scope, receive, send)


async def _stream(reply: Reply, scope: Any, receive: Any, send: ResponseRecorder) -> None:
    source: EventSource = reply.body
    await send.begin(reply.status, responses.encode_stream_headers(MEDIA_TYPE, _HEADERS))
    await send.send_unrecorded(_COMMENT, more=True)  # the head goes out with the first piece
    is_ending = scope.get("extensions", {}).get(IS_ENDING, _never)
    client = WaitingClient(receive)
    silent_seconds = 0.0
    try:
        while not is_ending() and (events := source.next_events()) is not None:
            silent_seconds = 0.0 if events else silent_seconds + POLL_SECONDS
            if silent_seconds >= SILENCE_SECONDS:
                events, silent_seconds = _COMMENT, 0.0
            if events:
                await send.send_unrecorded(events, more=True)
            if not await client.stays(POLL_SECONDS):
                return
        await send.send_unrecorded(b"", more=False)
    finally:
        client.close()


def _never() -> bool:
    return False
