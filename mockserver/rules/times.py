"""Instants as vendors write them. Only the edge uses this: inside, times are aware UTC datetimes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import orjson

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d:\d\d))",
    re.ASCII,
)


def rfc3339(at: datetime) -> str:
    """In UTC, with six fractional digits and Z: `2019-08-24T14:15:22.123456Z`."""
    return _isoformat(at if at.tzinfo is UTC else at.astimezone(UTC))[:-6] + "Z"


def seven_digits(at: datetime) -> str:
    """With seven fractional digits, the last always 0, and `at`'s own offset: `2022-01-18T18:51:34.1293820+00:00`."""
    text = _isoformat(at)
    return f"{text[:26]}0{text[26:]}"


def _isoformat(at: datetime) -> str:
    """With six fractional digits. orjson writes the same in a seventh of the time, but for a whole second."""
    return orjson.dumps(at).decode()[1:-1] if at.microsecond else at.isoformat(timespec="microseconds")


def parsed(text: str) -> datetime:
    """The instant that an RFC 3339 date-time names, in UTC; digits beyond the microsecond are cut off.

    A leap second (`23:59:60`) is the second after it. Raises ValueError for anything else, and outside years 1 to 9999.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no RFC 3339 date-time")
    date, minutes, seconds, fraction, offset = match.groups()
    leap = seconds == "60"
    digits = (fraction or "")[:6].ljust(6, "0")
    try:
        local = datetime.fromisoformat(f"{date}T{minutes}:{'59' if leap else seconds}.{digits}{offset or '+00:00'}")
        return local.astimezone(UTC) + timedelta(seconds=int(leap))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no RFC 3339 date-time of the years 1 to 9999") from error
