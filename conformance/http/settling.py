"""Lag between a write and the reads that show it: repeats a read that contradicts the run's own write.

A read is repeated until its status is one that was asked for, or the target's `settle_seconds` since the last write are
over. What only the content of an answer contradicts is played again by the confirmation, which lets reads wait first.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 1.0


class Settling:
    """One scenario's writes and when they settle. `repeats`: reads may be repeated; `waits`: they wait first."""

    def __init__(self, api: str, sender: Sender, settle_seconds: float, *, repeats: bool, waits: bool) -> None:
        self._api = api
        self._sender = sender
        self._settle_seconds = settle_seconds
        self._repeats, self._waits = repeats, waits
        self._written_at = -math.inf  # all that was there before has settled
        self._lock = threading.Lock()

    def wait_before(self, request: Request) -> None:
        """Lets a read wait until the last write has settled, where reads wait."""
        if self._waits and self._repeats and request.safety == "read" and not request.undoes:
            self._sender.wait(self._seconds_left())

    def may_lag(self, request: Request) -> bool:
        return self._repeats and request.safety == "read" and bool(request.expected) and not request.undoes

    def repeat_until_settled(
        self, request: Request, exchange: Exchange, send: Callable[[Request], Exchange]
    ) -> Exchange:
        """The exchange, or the one after which the answer agrees with what was asked for."""
        pause = FIRST_PAUSE_SECONDS
        repeated = False
        while _contradicts(request, exchange) and self._seconds_left() > 0:
            self._sender.wait(min(pause, self._seconds_left()))
            exchange, repeated = send(request), True
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        if repeated and exchange.answer_class == "vendor" and exchange.status in request.expected:
            lag = self._sender.seconds() - self._written_at
            self._sender.observer.note_lag(self._api, str(request.operation_id), round(lag, 3))
        return exchange

    def note(self, request: Request, exchange: Exchange) -> None:
        """Remembers when something was changed."""
        changed = exchange.status is not None and exchange.status < 300
        if request.safety != "read" and changed and not request.undoes:
            with self._lock:
                self._written_at = self._sender.seconds()

    def _seconds_left(self) -> float:
        """Until the last write has settled; negative after that."""
        return self._written_at + self._settle_seconds - self._sender.seconds()


def _contradicts(request: Request, exchange: Exchange) -> bool:
    """Whether a vendor's answer has a status that was not asked for: what was written is not there yet, or still is."""
    return exchange.answer_class == "vendor" and exchange.status not in request.expected
