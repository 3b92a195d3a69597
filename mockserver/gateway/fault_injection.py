"""Fault injection: an error status instead of the call, or a delayed, dropped, truncated, slow or malformed response.

A call that is not refused with a `status` is carried out on arrival, and its journal entry is written then. Only the
response is delayed, and it is abandoned if the client disconnects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.call import Reply
from pii_sandbox.mockserver.faults import LONGEST_SECONDS, Effect, combination_error
from pii_sandbox.mockserver.gateway import bodies, responses
from pii_sandbox.mockserver.gateway.recorder import ResponseRecorder
from pii_sandbox.mockserver.gateway.request_context import RequestContext
from pii_sandbox.mockserver.problems import InjectedError, Malformed, Problem

HEADER = "x-sandbox-fault"
LONGEST_HEADER = 256  # characters: header values with `times` are stored to count their uses
HANG_UP = "pii_sandbox.hang_up"  # ASGI extension: a function that closes the connection, at once or after the sent data
DRIPS = 20

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class ConnectionDropped(ConnectionResetError):
    """Raised in place of a dropped connection by a server without the `HANG_UP` extension, as in in-process tests."""


def _flag(text: str) -> bool:
    if text != "true":
        raise ValueError("must be true, or left out")
    return True


def _status(text: str) -> int:
    if not (text.isdecimal() and 400 <= int(text) <= 599):
        raise ValueError("must be a status from 400 to 599")
    return int(text)


def _times(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise ValueError("must be a whole number from 1 to 1000000")
    return int(text)


def _seconds(text: str) -> float:
    wrong = f"must be a number of seconds from 0 to {LONGEST_SECONDS:.0f}"
    try:
        seconds = float(text)
    except ValueError as error:
        raise ValueError(wrong) from error
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise ValueError(wrong)
    return seconds


_READ: Mapping[str, Callable[[str], Any]] = {
    "status": _status,
    "delay_seconds": _seconds,
    "drop": _flag,
    "malformed": _flag,
    "truncate": _flag,
    "drip_seconds": _seconds,
    "times": _times,
}


def effect_on(context: RequestContext, facts: Mapping[str, str]) -> Effect | None:
    """Return the effect to inject: from the X-Sandbox-Fault header, else from the sandbox's faults, else None.

    Raises Malformed for an invalid header.
    """
    faults, header = context.sandbox.faults, context.headers.get(HEADER)
    if header is not None:
        values = _parse_header(header)
        times = values.pop("times", None)
        if faults.count_header_use(header, times):
            return Effect(**values)
    if not faults:
        return None
    body = _body(context) if faults.needs_body() else None
    return faults.take({**facts, "path": context.raw_path, "headers": context.headers, "body": body})


def _body(context: RequestContext) -> Any:
    """Return the parsed form or JSON body, or None for a malformed one, which body validation refuses later."""
    try:
        is_form = context.headers.get("content-type", "").partition(";")[0].strip().lower() == bodies.FORM
        return (bodies.parse_form_body if is_form else bodies.parse_json_body)(context.body or b"")
    except Problem:
        return None


def _parse_header(header: str) -> dict[str, Any]:
    """Parse an X-Sandbox-Fault header. Raises Malformed unless it names one effect (besides its delay and `times`)."""
    if len(header) > LONGEST_HEADER:
        raise Malformed(f"X-Sandbox-Fault has at most {LONGEST_HEADER} characters")
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in header.split(";"))):
        name, _, text = (text.strip() for text in part.partition("="))
        if name not in _READ:
            raise Malformed(f"X-Sandbox-Fault: {name} is none of {', '.join(_READ)}")
        if name in values:
            raise Malformed(f"X-Sandbox-Fault: {name} is named twice")
        try:
            values[name] = _READ[name](text)
        except ValueError as error:
            raise Malformed(f"X-Sandbox-Fault: {name} {error}") from error
    if not values.keys() - {"times"}:
        raise Malformed(
            f"X-Sandbox-Fault names no effect: one of {', '.join(name for name in _READ if name != 'times')} is needed"
        )
    wrong = combination_error(values)
    if wrong:
        raise Malformed(f"X-Sandbox-Fault {wrong}")
    return values


def refuse(effect: Effect | None) -> None:
    """Raise InjectedError if the fault is an error status: the call is not carried out."""
    if effect is not None and effect.status is not None:
        raise InjectedError("a fault was injected, as requested", status=effect.status)


async def respond(effect: Effect | None, reply: Reply, scope: Any, receive: Receive, send: ResponseRecorder) -> None:
    """Send the reply with the delays of reply and effect, and as the effect changes it."""
    method, effect = scope["method"], effect or Effect()
    delay_seconds = reply.delay_seconds + (effect.delay_seconds or 0.0)
    body = responses.encode_body(reply)
    if effect.malformed and reply.body is not None:
        body = body[: len(body) // 2] + b'{"'
    head = responses.encode_headers(reply, max(len(body), 1) if effect.truncate else len(body))
    sent_body = b"" if method == "HEAD" or effect.drop else body[: len(body) // 2] if effect.truncate else body
    held_seconds = delay_seconds + (effect.drip_seconds or 0.0)
    if held_seconds:
        send.note_response(reply.status, head, sent_body)
        send.record_early(method, held_seconds)
    client = WaitingClient(receive)
    try:
        if not delay_seconds or await client.stays(delay_seconds):
            await _send(effect, (reply.status, head, sent_body), scope, send, client)
    finally:
        client.close()


async def _send(
    effect: Effect, response: tuple[int, bytes, bytes], scope: Any, send: ResponseRecorder, client: WaitingClient
) -> None:
    status, head, body = response
    if effect.drop:
        send.note_response(status, head)
        await _close_connection(scope, at_once=True)
    elif effect.truncate:
        await send.begin(status, head)
        await send.send_piece(body, more=True)
        await _close_connection(scope, at_once=False)
    elif effect.drip_seconds is not None:
        await send.begin(status, head)
        await _send_slowly(body, effect.drip_seconds, send, client)
    else:
        await send.send_response(status, head, body)


async def _send_slowly(body: bytes, seconds: float, send: ResponseRecorder, client: WaitingClient) -> None:
    """Send the body in up to 20 pieces, spread over `seconds`."""
    size = max(1, -(-len(body) // DRIPS))
    pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    for number, piece in enumerate(pieces, 1):
        if not await client.stays(seconds / len(pieces)):
            return
        await send.send_piece(piece, more=number < len(pieces))


class WaitingClient:
    """Delays a response while watching for the client to disconnect."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._leaving: asyncio.Future[None] | None = None

    async def stays(self, seconds: float) -> bool:
        """Wait for `seconds`, or until the client disconnects; return whether it is still connected."""
        if self._leaving is None:
            self._leaving = asyncio.ensure_future(self._disconnect())
        done, _ = await asyncio.wait({self._leaving}, timeout=seconds)
        return not done

    def close(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()

    async def _disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _close_connection(scope: Any, *, at_once: bool) -> None:
    """Close the connection, at once or after the sent data. Raises ConnectionDropped if the server cannot."""
    hang_up = scope.get("extensions", {}).get(HANG_UP)
    if hang_up is None:
        raise ConnectionDropped("the connection was dropped: a fault was injected, as requested")
    hang_up(at_once)
    await asyncio.sleep(0)  # lets the server close the connection before it checks that the response is complete
