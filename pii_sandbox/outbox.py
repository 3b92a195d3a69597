"""Answers that leave together.

Under load some dozens of requests arrive at once. Written one by one, each answer wakes the client, which deals with it
and sleeps again before the next one is ready: a wake-up, for the kernel, costs as much as half of an answer. So answers
are collected while there are requests to read, and written when these are done, or when there are `MOST`, so that the
first does not wait for long.
"""

from __future__ import annotations

import asyncio

MOST = 16


class Outbox:
    """Of one server. Whoever writes to a connection, or ends one, by another way empties it first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.Transport, bytes]] = []

    def put(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, data: bytes) -> None:
        """Writes it before the loop waits for anything new."""
        if not self._waiting:
            loop.call_soon(self.empty)
        self._waiting.append((transport, data))
        if len(self._waiting) >= MOST:
            self.empty()

    def empty(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport, data in waiting:
            if not transport.is_closing():
                transport.write(data)
