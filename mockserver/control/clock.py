"""Control API: read, set, advance, freeze and thaw the sandbox's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.clock import Clock
from pii_sandbox.mockserver.control.json_forms import rfc3339_text
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes


def get_clock(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return _clock_json(sandbox)


def set_clock(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Set, freeze or thaw the clock; a refused change has no effect."""
    before = sandbox.clock.state()
    try:
        _set(sandbox.clock, call.body)
    except Malformed:
        sandbox.clock.restore(**before)
        raise
    return _after_move(sandbox)


def _set(clock: Clock, body: Mapping[str, Any]) -> None:
    """Change the clock. Freezes or thaws first, so that a frozen clock shows exactly the requested instant."""
    if body.get("frozen") is True:
        clock.freeze()
    if body.get("frozen") is False:
        clock.thaw()
    if "at" in body:
        clock.set(_instant(body["at"]))
    if "offset_seconds" in body:
        clock.advance(timedelta(seconds=body["offset_seconds"] - clock.offset_seconds))


def advance_clock(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandbox.clock.advance(timedelta(**call.body))
    return _after_move(sandbox)


def _instant(text: str) -> datetime:
    try:
        return times.parse(text)
    except (ValueError, OverflowError) as error:
        raise Malformed("at is not an RFC 3339 date-time", errors={"at": ["is not an RFC 3339 date-time"]}) from error


def _after_move(sandbox: Sandbox) -> Reply:
    """Process expired records at once, so that setting the clock back later does not undo the expiry."""
    sandbox.save()
    sandbox.process_expired()
    return _clock_json(sandbox)


def _clock_json(sandbox: Sandbox) -> Reply:
    clock = sandbox.clock
    return Reply(
        200, {"now": rfc3339_text(clock.now()), "offset_seconds": clock.offset_seconds, "frozen": clock.frozen}
    )


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "getClock": get_clock,
    "setClock": set_clock,
    "advanceClock": advance_clock,
}
