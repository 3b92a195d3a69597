"""JSON forms shared by several responses of the control API."""

from __future__ import annotations

from datetime import datetime


def instant(at: datetime) -> str:
    """Format an instant as RFC 3339 in UTC, with microseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"
