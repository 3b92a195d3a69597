"""Faults that the gateway plays itself: a status, a delay, a dropped connection, a malformed answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from mockserver.call import Reply
from mockserver.faults import Effect
from mockserver.gateway import answers
from mockserver.gateway.visit import Visit
from mockserver.problems import Injected, Malformed

HEADER = "x-sandbox-fault"


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _status(text: str) -> int:
    if not 400 <= int(text) <= 599:
        raise ValueError("must be 400 to 599")
    return int(text)


def _seconds(text: str) -> float:
    if not 0 <= float(text) <= 60:
        raise ValueError("must be 0 to 60")
    return float(text)


_READ: Mapping[str, Callable[[str], Any]] = {
    "status": _status,
    "delay_seconds": _seconds,
    "drop": _yes,
    "malformed": _yes,
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
    return visit.sandbox.faults.take(facts) if visit.sandbox.faults else None


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


async def before(effect: Effect) -> None:
    """Waits, or raises Injected where the fault is a status."""
    if effect.delay_seconds:
        await asyncio.sleep(effect.delay_seconds)
    if effect.status is not None:
        raise Injected("a fault that was asked for", status=effect.status)


async def sent_badly(effect: Effect, reply: Reply, send: Any) -> bool:
    """Sends the reply cut off or spoilt; False where the effect asks for neither."""
    if not effect.drop and not effect.malformed:
        return False
    body = answers.payload(reply)
    if effect.malformed:
        await answers.sent(replace(reply, body=body[: len(body) // 2] + b'{"'), send, "GET")
        return True
    await send(answers.start_message(reply, len(body) + 1))
    await send({"type": "http.response.body", "body": b"", "more_body": True})
    return True  # the announced body never comes: the server closes the connection
