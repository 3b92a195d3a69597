"""A host that fails again and again is not called any more; calls that undo something ask it now and then."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pii_sandbox.conformance.http.circuit_breaker import CircuitBreaker
from pii_sandbox.conformance.values.causes import Cause
from tests.conformance.stub_transport import Time

HOST = "shop.example.com"
CAUSE = Cause("network", "no response within the time limit", "GET /a")


def at(minute: int) -> datetime:
    return datetime(2026, 11, 22, 12, minute, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failed", "is_open"),
    [
        ([], False),
        ([True], False),
        ([True, True], False),
        ([True, True, True], True),
        ([True, True, True, True], True),
        ([True, True, False, True], False),  # in a row alone
        ([True, True, False, True, True], False),
        ([True, True, False, True, True, True], True),
        ([True, True, True, False], False),
    ],
)
def test_the_breaker_opens_after_three_failures_in_a_row(failed: list[bool], is_open: bool) -> None:
    breaker = CircuitBreaker(3, Time().now)
    for minute, one in enumerate(failed):
        breaker.note(HOST, one, at(minute))
    assert breaker.is_open(HOST) is is_open


def test_hosts_are_counted_apart_and_without_case() -> None:
    breaker = CircuitBreaker(2, Time().now)
    breaker.note(HOST, True, at(0))
    breaker.note("other.example.com", True, at(0))
    assert not breaker.is_open(HOST)
    breaker.note("Shop.Example.COM", True, at(1))
    assert breaker.is_open(HOST)
    assert not breaker.is_open("other.example.com")


@pytest.mark.parametrize(
    ("failed", "text"),
    [
        ([True, True, True], "host unavailable since 12:00:07 UTC: no response within the time limit"),
        ([True, False, True, True], "host unavailable since 12:02:07 UTC: no response within the time limit"),
        ([False], "host unavailable: no response within the time limit"),
    ],
)
def test_a_host_that_is_given_up_is_told_with_the_first_failure_of_the_row(failed: list[bool], text: str) -> None:
    breaker = CircuitBreaker(3, Time().now)
    for minute, one in enumerate(failed):
        breaker.note(HOST, one, at(minute))
    cause = breaker.give_up(HOST, CAUSE)
    assert (cause.kind, cause.text, cause.first) == ("network", text, "GET /a")
    assert breaker.state(HOST).given_up == cause


def test_any_answer_takes_a_host_back() -> None:
    breaker = CircuitBreaker(1, Time().now)
    breaker.note(HOST, True, at(0))
    breaker.give_up(HOST, CAUSE)
    breaker.note(HOST, False, at(1))
    assert breaker.state(HOST).given_up is None
    assert not breaker.is_open(HOST)


def test_undo_calls_ask_a_host_that_was_given_up_every_five_seconds() -> None:
    time = Time()
    breaker = CircuitBreaker(1, time.now)
    breaker.give_up(HOST, CAUSE)
    allowed = []
    for seconds in (0, 4.5, 0.5, 0, 4.5, 0.5, 100, 1):
        time.at += seconds
        allowed.append(breaker.may_try_undo(HOST))
    assert allowed == [False, False, True, False, False, True, True, False]
