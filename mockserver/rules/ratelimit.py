"""A limit of calls within a sliding window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def admitted(calls: Sequence[datetime], now: datetime, limit: int, window_seconds: float) -> list[datetime] | int:
    """The calls to remember, this one at `now` among them; or whole seconds to wait where the limit is used up.

    `calls` are those admitted before, oldest first; refused ones do not count. A call leaves the window after
    `window_seconds`. Calls later than `now` (the clock was turned back) do not count: the caller could wait for days.
    (FAI-LIMIT-1, FAI-LIMIT-2, VTEX-JOB-3)
    """
    window = timedelta(seconds=window_seconds)
    kept = [at for at in calls if at <= now and now - at < window]
    if len(kept) < limit:
        return [*kept, now]
    wait = window - (now - kept[-limit])
    return -(-wait // timedelta(seconds=1))
