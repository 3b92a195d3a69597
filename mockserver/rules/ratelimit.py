"""Rate limit: a sliding window of calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def admit_call(calls: Sequence[datetime], now: datetime, limit: int, window_seconds: float) -> list[datetime] | int:
    """Return the admitted calls including the one at `now`; or, if the limit is reached, the whole seconds to wait.

    `calls`: those admitted before, oldest first; refused ones do not count. A call leaves the window after
    `window_seconds`. Calls later than `now` (the clock was set back) do not count: the wait could be days.
    (FAI-LIMIT-1, FAI-LIMIT-2, VTEX-JOB-3)
    """
    window = timedelta(seconds=window_seconds)
    kept = [at for at in calls if at <= now and now - at < window]
    if len(kept) < limit:
        return [*kept, now]
    wait = window - (now - kept[-limit])
    return -(-wait // timedelta(seconds=1))
