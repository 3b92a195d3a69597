"""Turns at a steady pace, pauses that a target asks for, and Retry-After in each form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pii_sandbox.conformance.http.rate_limit import RateLimiter, retry_after_seconds
from pii_sandbox.conformance.values.errors import CannotCheck
from tests.conformance.http.calls import get
from tests.conformance.stub_transport import Time, json, stub_sender, vendor

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_without_a_limit_each_turn_is_at_once() -> None:
    limiter = RateLimiter(None, Time().now)
    assert [limiter.due_in() for _ in range(3)] == [0, 0, 0]


def test_turns_that_nobody_took_do_not_add_up() -> None:
    time = Time()
    limiter = RateLimiter(2, time.now)
    limiter.due_in()
    time.at += 60
    assert [limiter.due_in() for _ in range(3)] == [0, 0.5, 1.0]


def test_after_a_pause_turns_go_on_at_their_pace() -> None:
    time = Time()
    limiter = RateLimiter(4, time.now)
    limiter.pause(30)
    assert [limiter.due_in() for _ in range(3)] == [30, 30.25, 30.5]
    time.at += 31
    assert limiter.due_in() == 0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    limiter = RateLimiter(None, Time().now)
    limiter.pause(30)
    limiter.pause(5)
    assert [limiter.due_in() for _ in range(3)] == [30, 30, 30]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:00:01 GMT", 1),
        ("Sun, 22 Nov 2026 14:00:30 +0200", 30),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30),  # without a time zone
        ("Sun, 22 Nov 2026 12:00:30", 30),
        ("Sunday, 22-Nov-26 12:00:30 GMT", 30),
        ("1.5", None),
        ("Sun, 32 Nov 2026 12:00:00 GMT", None),
        ("Sun, 22 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:00:00 +999999", None),
    ],
)
def test_retry_after_is_a_date_in_any_zone_or_nothing(value: str, seconds: float | None) -> None:
    assert retry_after_seconds({"Retry-After": value}, NOON) == seconds


def test_only_the_header_retry_after_asks_for_a_wait() -> None:
    headers = {"Content-Length": "2", "RETRY-AFTER": "7", "Age": "30"}
    assert retry_after_seconds(headers, NOON) == 7
    assert retry_after_seconds({"Content-Length": "2"}, NOON) is None


@pytest.mark.parametrize(("seconds", "status", "slept"), [(120, 200, [120]), (121, 429, [])])
def test_two_minutes_are_the_longest_wait_that_is_obeyed(seconds: int, status: int, slept: list[float]) -> None:
    time, responses = Time(), iter([json(429, Retry_After=str(seconds)), json(200)])
    assert get(stub_sender(vendor(), lambda request: next(responses), time)).status == status
    assert time.slept == slept


@pytest.mark.parametrize(("seconds", "slept"), [(120, [120]), (121, None)])
def test_a_request_after_a_refusal_waits_for_two_minutes_at_most(seconds: int, slept: list[float] | None) -> None:
    time, responses = Time(), iter([json(429, Retry_After=str(seconds)), json(200)])
    sender = stub_sender(vendor(), lambda request: next(responses), time)
    assert get(sender, expected=(429,)).status == 429
    if slept is None:
        with pytest.raises(CannotCheck, match="asks for a wait of 121 s before the next request") as caught:
            get(sender)
        assert caught.value.cause.kind == "throttled"
    else:
        assert get(sender).status == 200
    assert time.slept == (slept or [])


def test_a_429_that_does_not_say_how_long_is_waited_for_five_seconds() -> None:
    time, responses = Time(), iter([json(429), json(429, Retry_After="soon"), json(200)])
    assert get(stub_sender(vendor(), lambda request: next(responses), time)).status == 200
    assert time.slept == [5, 5]
