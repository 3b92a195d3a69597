"""Formats and parses the vendors' date-times. Internally, times are aware UTC datetimes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import orjson

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d:\d\d))",
    re.ASCII,
)


def rfc3339(at: datetime) -> str:
    """Format in UTC, with six fractional digits and Z: `2019-08-24T14:15:22.123456Z`."""
    return _isoformat(at if at.tzinfo is UTC else at.astimezone(UTC))[:-6] + "Z"


def seven_digits(at: datetime) -> str:
    """Format with seven fractional digits (the last is 0) and its own offset: `2022-01-18T18:51:34.1293820+00:00`."""
    text = _isoformat(at)
    return f"{text[:26]}0{text[26:]}"


def _isoformat(at: datetime) -> str:
    """Format with six fractional digits. orjson is seven times as fast, but omits the fraction of a whole second.

    It also refuses subclasses of datetime, which tests that freeze the process's time (freezegun) put in its place.
    """
    try:
        return orjson.dumps(at).decode()[1:-1] if at.microsecond else at.isoformat(timespec="microseconds")
    except TypeError:
        return at.isoformat(timespec="microseconds")


def parse(text: str) -> datetime:
    """Parse an RFC 3339 date-time; return it in UTC, truncated to microseconds.

    A leap second (`23:59:60`) counts as the following second. Raises ValueError for other texts, and outside the years
    1 to 9999.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an RFC 3339 date-time")
    date, minutes, seconds, fraction, offset = match.groups()
    leap = seconds == "60"
    digits = (fraction or "")[:6].ljust(6, "0")
    try:
        local = datetime.fromisoformat(f"{date}T{minutes}:{'59' if leap else seconds}.{digits}{offset or '+00:00'}")
        return local.astimezone(UTC) + timedelta(seconds=int(leap))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is not an RFC 3339 date-time of the years 1 to 9999") from error
