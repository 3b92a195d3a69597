from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.clock import LATEST
from pii_sandbox.mockserver.problems import Conflict, Stale
from pii_sandbox.mockserver.rules import locking, times

STORED = datetime(2019, 8, 24, 14, 15, 22, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 250 * 10**15).map(lambda microseconds: EPOCH + timedelta(microseconds=microseconds))
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "sent",
    ["2019-08-24T14:15:22Z", "2019-08-24T14:15:22.000+00:00", "2019-08-24T11:15:22-03:00", "2019-08-24t14:15:22.0z"],
)
def test_equality_is_of_instants(sent: str) -> None:
    locking.refuse_stale(times.parse(sent), STORED, "NS-LOCK-1")


@pytest.mark.parametrize(
    "sent",
    ["2019-08-24T14:15:21.999999Z", "2019-08-24T14:15:22.000001Z", "2019-08-24T14:15:22-03:00"],
)
def test_another_instant_is_stale(sent: str) -> None:
    with pytest.raises(Stale) as refusal:
        locking.refuse_stale(times.parse(sent), STORED, "NS-LOCK-1")
    assert refusal.value.rule == "NS-LOCK-1"


@given(INSTANTS, OFFSETS)
def test_an_instant_is_fresh_in_every_offset(stored: datetime, offset: timezone) -> None:
    locking.refuse_stale(stored.astimezone(offset), stored, "NS-LOCK-1")


@given(INSTANTS, st.lists(INSTANTS), st.sampled_from([timedelta(microseconds=1), MILLISECOND]))
def test_a_rising_field_rises_whatever_the_clock_does(first: datetime, clock: list[datetime], unit: timedelta) -> None:
    written = [first]
    for now in clock:
        written.append(locking.strictly_after(written[-1], now, unit))
    assert written == sorted(set(written))


@pytest.mark.parametrize(
    ("now", "unit", "following"),
    [
        (STORED + timedelta(hours=1), MILLISECOND, STORED + timedelta(hours=1)),
        (STORED, MILLISECOND, STORED + MILLISECOND),
        (STORED - timedelta(days=9), timedelta(microseconds=1), STORED + timedelta(microseconds=1)),
    ],
)
def test_the_clock_counts_unless_it_stood_or_went_back(now: datetime, unit: timedelta, following: datetime) -> None:
    assert locking.strictly_after(STORED, now, unit) == following


def test_at_the_end_of_time_an_update_is_refused() -> None:
    with pytest.raises(Conflict):
        locking.strictly_after(LATEST, LATEST)
