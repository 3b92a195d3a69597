"""Rate limit: when the next request may be sent, at a steady pace, with the pauses that the target asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_SECONDS = 120.0


class RateLimiter:
    """Hands out moments to send at. Safe to share between threads."""

    def __init__(self, per_second: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()

    def due_in(self) -> float:
        """Seconds until the caller's turn, which is then taken."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
            return turn - now

    def pause(self, seconds: float) -> None:
        """Nobody's turn comes before that."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer asks to wait, from a number or a date; None where it asks for nothing that can be read."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
