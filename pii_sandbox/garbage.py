"""When a server that has its process to itself looks for garbage.

Left to itself, Python looks through the youngest objects some hundred times a second, and through all that is alive
whenever a quarter more has come into being: a tenth of all time under load, and 40 ms at once at 100,000 profiles. But
what requests leave behind is freed without a search, and stored documents when they go, as they refer to themselves in
no way. So here what has come is set aside between answers (`gc.freeze`), ten times a second, and looked through before
that once in a while, or each time as long as there is garbage to be found.
"""

from __future__ import annotations

import gc

import uvicorn

from pii_sandbox.server.https_server import HttpsServer

TICKS_A_SECOND = 10  # of uvicorn
WORTH_WHILE = 1000  # new objects; fewer are left for the next time
UNSEEN_SWEEPS = 9  # between two that look, while there is nothing to be found
FOUND = 100  # objects, of a tenth of a second: that is something
AT_THE_LATEST = 100_000  # new objects since the last sweep: one call that makes so many is looked through as it goes
THOROUGH_SECONDS = 600

_NEVER = 2**30


class TidyServer(HttpsServer):
    """Looks between the answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._sweeper = Sweeper()

    async def on_tick(self, counter: int) -> bool:
        self._sweeper.sweep(thorough=counter % (THOROUGH_SECONDS * TICKS_A_SECOND) == 0)
        return await super().on_tick(counter)


class Sweeper:
    """Sets aside what is new, and knows how often it was worth looking through."""

    def __init__(self) -> None:
        self._unseen = 0

    def sweep(self, *, thorough: bool) -> None:
        """`thorough`: with all that was set aside, some of which may have become garbage by now."""
        if thorough:
            gc.set_threshold(AT_THE_LATEST, _NEVER, _NEVER)
            gc.unfreeze()
        elif gc.get_count()[0] < WORTH_WHILE and not gc.get_count()[1]:
            return
        if thorough or self._unseen >= UNSEEN_SWEEPS:
            found = gc.collect()
            self._unseen = UNSEEN_SWEEPS if found >= FOUND else 0
        else:
            self._unseen += 1
        gc.freeze()
