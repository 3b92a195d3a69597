"""Garbage collection policy of the server process: freezes new objects between requests, collects rarely.

Python's default collects the youngest objects about a hundred times a second, and all objects whenever their number
has grown by a quarter: a tenth of the time under load, and pauses of 40 ms at 100,000 profiles. But objects of requests
are freed by reference counting, and stored documents have no reference cycles. So new objects are excluded from
collection between requests (`gc.freeze`), ten times a second; they are collected before that now and then, and each
time as long as garbage is found.
"""

from __future__ import annotations

import gc

import uvicorn

from pii_sandbox.server.https_server import HttpsServer

TICKS_PER_SECOND = 10  # of uvicorn
MIN_NEW_OBJECTS = 1000  # fewer wait for the next tick
MAX_UNSEEN_FREEZES = 9  # between two that collect first, while no garbage is found
MIN_GARBAGE = 100  # objects found by one collection for the next freeze to collect too
COLLECT_THRESHOLD = 100_000  # new objects since the last freeze: one call that makes so many is collected as it goes
FULL_COLLECTION_SECONDS = 600

_NEVER = 2**30


class CollectingServer(HttpsServer):
    """A server that collects garbage between requests, at uvicorn's ticks."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._collector = Collector()

    async def on_tick(self, counter: int) -> bool:
        self._collector.run(full=counter % (FULL_COLLECTION_SECONDS * TICKS_PER_SECOND) == 0)
        return await super().on_tick(counter)


class Collector:
    """Freezes new objects, and decides when to collect them first."""

    def __init__(self) -> None:
        self._unseen = 0

    def run(self, *, full: bool) -> None:
        """Freeze new objects, after a collection if one is due. `full`: also collect the frozen objects."""
        if full:
            gc.set_threshold(COLLECT_THRESHOLD, _NEVER, _NEVER)
            gc.unfreeze()
        elif gc.get_count()[0] < MIN_NEW_OBJECTS and not gc.get_count()[1]:
            return
        if full or self._unseen >= MAX_UNSEEN_FREEZES:
            garbage = gc.collect()
            self._unseen = MAX_UNSEEN_FREEZES if garbage >= MIN_GARBAGE else 0
        else:
            self._unseen += 1
        gc.freeze()
