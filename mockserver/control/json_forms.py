"""Forms that several answers of the control API share."""

from __future__ import annotations

from datetime import datetime


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"
