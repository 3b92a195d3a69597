from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii_sandbox.mockserver.rules import ratelimit

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


def _at(*seconds: float) -> list[datetime]:
    return [NOW + timedelta(seconds=second) for second in seconds]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([], [0]),
        ([-10], [-10, 0]),
        ([-60, -10], [-10, 0]),
        ([-3600, -61], [0]),
        ([86_400, 86_401], [0]),
    ],
)
def test_a_call_within_the_limit_is_admitted_and_remembered(calls: list[float], expected: list[float]) -> None:
    assert ratelimit.admit_call(_at(*calls), NOW, 2, 60) == _at(*expected)


@pytest.mark.parametrize(
    ("calls", "limit", "retry_after_seconds"),
    [
        ([0, 0], 2, 60),
        ([-59, -1], 2, 1),
        ([-59.5, -1], 2, 1),
        ([-58.999999, -1], 2, 2),
        ([-59, -30, -1], 2, 30),
        ([-59, -30, -1], 1, 59),
    ],
)
def test_over_the_limit_the_wait_is_in_whole_seconds_rounded_up(
    calls: list[float], limit: int, retry_after_seconds: int
) -> None:
    assert ratelimit.admit_call(_at(*calls), NOW, limit, 60) == retry_after_seconds


@given(
    st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=40),
    st.integers(1, 5),
    st.sampled_from([0.5, 10, 60]),
)
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float], limit: int, window_seconds: float) -> None:
    now, calls, admitted = NOW, list[datetime](), list[datetime]()
    for pause in pauses:
        now += timedelta(seconds=pause)
        outcome = ratelimit.admit_call(calls, now, limit, window_seconds)
        if isinstance(outcome, int):
            assert outcome >= 1
            later = ratelimit.admit_call(calls, now + timedelta(seconds=outcome), limit, window_seconds)
            assert isinstance(later, list), "whoever waits as told is admitted"
        else:
            calls = outcome
            admitted.append(now)
    window = timedelta(seconds=window_seconds)
    for at in admitted:
        assert sum(at <= other < at + window for other in admitted) <= limit
