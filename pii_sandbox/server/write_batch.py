"""Batches response writes of one server, to save wake-ups of its clients.

Under load dozens of requests arrive at once. If they are written one by one, each response wakes the client, which
sleeps again before the next one is ready; for the kernel a wake-up costs half as much as a response. So responses are
collected while there are requests to read, and written after these, or once there are `MAX_RESPONSES`, so that the
first one does not wait long.
"""

from __future__ import annotations

import asyncio

MAX_RESPONSES = 16


class WriteBatch:
    """The responses of one server that have not been written yet.

    Code that writes to a connection directly, or closes one, calls `flush` first, so that responses stay in order.
    """

    def __init__(self) -> None:
        self._pending: list[tuple[asyncio.Transport, bytes]] = []

    def put(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, data: bytes) -> None:
        """Write the data before the event loop waits for new events."""
        if not self._pending:
            loop.call_soon(self.flush)
        self._pending.append((transport, data))
        if len(self._pending) >= MAX_RESPONSES:
            self.flush()

    def flush(self) -> None:
        """Write all pending responses, except to connections that are closing."""
        pending, self._pending = self._pending, []
        for transport, data in pending:
            if not transport.is_closing():
                transport.write(data)
