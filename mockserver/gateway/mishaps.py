"""Faults that the gateway plays itself: a status, a delay, a connection that drops, an answer that comes spoilt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.call import Reply
from mockserver.faults import LONGEST_SECONDS, Effect
from mockserver.gateway import answers, bodies
from mockserver.gateway.recording import Watched
from mockserver.gateway.visit import Visit
from mockserver.problems import Injected, Malformed, Problem

HEADER = "x-sandbox-fault"
HANG_UP = "pii_sandbox.hang_up"  # an ASGI extension: a function that ends the connection at once, or once all is sent
DRIPS = 20


class Dropped(ConnectionResetError):
    """The connection is to drop, and the server has no way to: whoever runs the application sees this instead."""


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _status(text: str) -> int:
    if not 400 <= int(text) <= 599:
        raise ValueError("must be 400 to 599")
    return int(text)


def _seconds(text: str) -> float:
    if not 0 <= float(text) <= LONGEST_SECONDS:
        raise ValueError(f"must be 0 to {LONGEST_SECONDS:.0f}")
    return float(text)


_READ: Mapping[str, Callable[[str], Any]] = {
    "status": _status,
    "delay_seconds": _seconds,
    "drop": _yes,
    "malformed": _yes,
    "truncate": _yes,
    "drip_seconds": _seconds,
    "times": int,
}


def effect_on(visit: Visit, facts: Mapping[str, str]) -> Effect | None:
    """What befalls this request: by its own X-Sandbox-Fault header, else by a fault of its sandbox.

    Raises Malformed for a header that cannot be read.
    """
    header = visit.headers.get(HEADER)
    if header is not None:
        wanted = _parsed(header)
        times = wanted.pop("times", None)
        if visit.sandbox.faults.first_times(header, times):
            return Effect(**wanted)
    faults = visit.sandbox.faults
    if not faults:
        return None
    body = _body(visit) if faults.ask_for_body() else None
    return faults.take({**facts, "path": visit.raw_path, "headers": visit.headers, "body": body})


def _body(visit: Visit) -> Any:
    """The body as a form or as JSON; None where it is neither, which the call will be told later."""
    try:
        is_form = visit.headers.get("content-type", "").partition(";")[0].strip().lower() == bodies.FORM
        return (bodies.parsed_form if is_form else bodies.parsed_json)(visit.body or b"")
    except Problem:
        return None


def _parsed(header: str) -> dict[str, Any]:
    values = {}
    for part in filter(None, (part.strip() for part in header.split(";"))):
        name, _, text = part.partition("=")
        if name.strip() not in _READ:
            raise Malformed(f"X-Sandbox-Fault: {name.strip()} is none of {', '.join(_READ)}")
        try:
            values[name.strip()] = _READ[name.strip()](text.strip())
        except ValueError as error:
            raise Malformed(f"X-Sandbox-Fault: {name.strip()}: {error}") from error
    return values


async def before(effect: Effect | None) -> None:
    """Waits, or raises Injected where the fault is a status."""
    if effect is None:
        return
    if effect.delay_seconds:
        await asyncio.sleep(effect.delay_seconds)
    if effect.status is not None:
        raise Injected("a fault that was asked for", status=effect.status)


async def sent(effect: Effect | None, reply: Reply, scope: Any, send: Watched) -> None:
    """Sends the reply as late as it asks for, and as the effect spoils it."""
    if reply.delay_seconds:
        await asyncio.sleep(reply.delay_seconds)
    if effect is None or not await _sent_badly(effect, reply, scope, send):
        await answers.sent(reply, send, scope["method"])


async def _sent_badly(effect: Effect, reply: Reply, scope: Any, send: Watched) -> bool:
    """Sends the reply as the effect spoils it; False where it asks for nothing of the kind."""
    body = b"" if scope["method"] == "HEAD" else answers.payload(reply)
    if effect.drop:
        send.note(reply.status, answers.head(reply, len(body)))
        await _hung_up(scope, at_once=True)
    elif effect.malformed:
        await answers.sent(replace(reply, body=body[: len(body) // 2] + b'{"'), send, scope["method"])
    elif effect.truncate:
        await send.begin(reply.status, answers.head(reply, max(len(body), 1)))
        await send.piece(body[: len(body) // 2], more=True)
        await _hung_up(scope, at_once=False)
    elif effect.drip_seconds is not None:
        await _drip(reply, body, effect.drip_seconds, send)
    else:
        return False
    return True


async def _drip(reply: Reply, body: bytes, seconds: float, send: Watched) -> None:
    """The body in up to 20 pieces over that time."""
    await send.begin(reply.status, answers.head(reply, len(body)))
    size = max(1, -(-len(body) // DRIPS))
    pieces = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    for place, piece in enumerate(pieces, 1):
        await asyncio.sleep(seconds / len(pieces))
        await send.piece(piece, more=place < len(pieces))


async def _hung_up(scope: Any, *, at_once: bool) -> None:
    """Ends the connection, at once or after what was sent. Raises Dropped where the server cannot be asked to."""
    hang_up = scope.get("extensions", {}).get(HANG_UP)
    if hang_up is None:
        raise Dropped("a fault that was asked for")
    hang_up(at_once)
    await asyncio.sleep(0)  # the server hears of it before it looks for the rest of the answer
