from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.clock import system_now
from pii_sandbox.mockserver.rules import times

BRASILIA = timezone(timedelta(hours=-3))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 250 * 10**15).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2019, 8, 24, 14, 15, 22, 123_456, tzinfo=UTC), "2019-08-24T14:15:22.123456Z"),
        (datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC), "2019-08-24T14:15:22.000000Z"),
        (datetime(2019, 8, 24, 11, 15, 22, tzinfo=BRASILIA), "2019-08-24T14:15:22.000000Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_z(at: datetime, text: str) -> None:
    assert times.rfc3339(at) == text


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2022, 1, 18, 18, 51, 34, 129_382, tzinfo=UTC), "2022-01-18T18:51:34.1293820+00:00"),
        (datetime(2022, 1, 18, 18, 51, 34, tzinfo=UTC), "2022-01-18T18:51:34.0000000+00:00"),
        (datetime(2023, 9, 5, 17, 19, 33, 196_902, tzinfo=BRASILIA), "2023-09-05T17:19:33.1969020-03:00"),
    ],
)
def test_an_instant_is_written_with_seven_digits_and_its_offset(at: datetime, text: str) -> None:
    assert times.seven_digits(at) == text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2019-08-24T14:15:22Z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24t14:15:22z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24 14:15:22Z", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
        ("2019-08-24T11:15:22.5-03:00", datetime(2019, 8, 24, 14, 15, 22, 500_000, tzinfo=UTC)),
        ("2022-01-18T18:51:34.1293829+00:00", datetime(2022, 1, 18, 18, 51, 34, 129_382, tzinfo=UTC)),
        ("2019-08-24T14:15:22." + "9" * 40 + "Z", datetime(2019, 8, 24, 14, 15, 22, 999_999, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2019-08-24T14:15:22-00:00", datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)),
    ],
)
def test_any_rfc_3339_time_is_read(text: str, at: datetime) -> None:
    assert times.parse(text) == at
    assert times.parse(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2019-08-24",
        "2019-08-24T14:15:22",
        "2019-08-24T14:15Z",
        "20190824T141522Z",
        "2019-W34-6T14:15:22Z",
        "2019-02-30T14:15:22Z",
        "2019-08-24T25:15:22Z",
        "2019-08-24T14:15:61Z",
        "2019-08-24T14:15:22+24:00",
        "2019-08-24T14:15:22.Z",
        "2019-08-24T14:15:22Z\n",
        "٢٠١٩-08-24T14:15:22Z",
        "0000-08-24T14:15:22Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:60Z",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        times.parse(text)


@given(INSTANTS, OFFSETS)
def test_what_is_written_reads_back_as_the_same_instant(at: datetime, offset: timezone) -> None:
    assert times.parse(times.rfc3339(at.astimezone(offset))) == at
    assert times.parse(times.seven_digits(at.astimezone(offset))) == at


def test_an_instant_is_written_while_a_test_has_frozen_the_time_of_the_process() -> None:
    with freeze_time("2031-05-06T07:08:09.123456Z"):
        assert times.rfc3339(system_now()) == "2031-05-06T07:08:09.123456Z"
