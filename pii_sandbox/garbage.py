"""When a server that has its process to itself looks for garbage.

Left to itself, Python looks through the youngest objects some hundred times a second, and through all that is alive
whenever a quarter more has come into being: a tenth of all time under load, and 40 ms at once at 100,000 profiles. But
what requests leave behind is freed without a search, and stored documents when they go, as they refer to themselves in
no way. So here it looks between answers, ten times a second, at what came since, and what is alive of that is set aside
(`gc.freeze`): each object is walked over once.
"""

from __future__ import annotations

import gc

import uvicorn

TICKS_A_SECOND = 10  # of uvicorn
WORTH_WHILE = 1000  # new objects; fewer are left for the next time
AT_THE_LATEST = 100_000  # new objects since the last look: one call that makes so many is looked through as it goes
THOROUGH_SECONDS = 600

_NEVER = 2**30


class TidyServer(uvicorn.Server):
    """Looks between the answers."""

    async def on_tick(self, counter: int) -> bool:
        sweep(thorough=counter % (THOROUGH_SECONDS * TICKS_A_SECOND) == 0)
        return await super().on_tick(counter)


def sweep(*, thorough: bool) -> None:
    """`thorough`: with all that was set aside, some of which may have become garbage by now."""
    if thorough:
        gc.set_threshold(AT_THE_LATEST, _NEVER, _NEVER)
        gc.unfreeze()
    elif gc.get_count()[0] < WORTH_WHILE and not gc.get_count()[1]:
        return
    gc.collect()
    gc.freeze()
