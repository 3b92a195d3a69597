"""Which calls are sent again, after how long, and whose answer the last one is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http import connection
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.causes import AnswerClass
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.calls import get, post
from tests.conformance.stub_transport import BASE, Play, Time, json, stub_sender, vendor

ONCE = Retry(attempts=0)
Answer = int | Exception | httpx.Response


def answers(*given: Answer) -> Play:
    """A vendor that gives these answers, the last one on and on."""
    left = list(given)

    def play(request: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return json(answer, {}) if isinstance(answer, int) else answer

    return play


def delete(sender: Sender, **more: Any) -> Exchange:
    return sender.send(Request("vtex", "DeleteClientProfile", "DELETE", f"{BASE}/a", safety="delete", **more))


LOST = httpx.ReadError("reset")


@pytest.mark.parametrize(
    ("call", "given", "status", "answer_class", "requests"),
    [
        # a deletion that may have been carried out: a refusal of the second attempt says nothing
        (delete, (502, 404), 404, "unavailable", 2),
        (delete, (502, 400), 400, "unavailable", 2),
        (delete, (LOST, 404), 404, "network", 2),
        (delete, (502, 429, 429, 429), 429, "throttled", 4),
        (delete, (502, 204), 204, "vendor", 2),
        (delete, (429, 404), 404, "vendor", 2),
        (delete, (404,), 404, "vendor", 1),
        # a read changes nothing
        (get, (502, 404), 404, "vendor", 2),
        (get, (LOST, 400), 400, "vendor", 2),
        # what is not idempotent is sent again only where it was refused for its pace
        (post, (502,), 502, "unavailable", 1),
        (post, (LOST,), None, "network", 1),
        (post, (httpx.ConnectError("refused"),), None, "network", 1),
        (post, (429, 201), 201, "vendor", 2),
        # the vendor's own answers
        (get, (428, 200), 428, "vendor", 1),
        (get, (430, 200), 430, "vendor", 1),
        (get, (500, 200), 500, "vendor", 1),
    ],
)
def test_a_call_is_sent_again_where_that_is_harmless_and_helps(
    call: Callable[[Sender], Exchange],
    given: tuple[Answer, ...],
    status: int | None,
    answer_class: AnswerClass,
    requests: int,
) -> None:
    sender = stub_sender(vendor("write", "delete"), answers(*given))
    exchange = call(sender)
    assert (exchange.status, exchange.answer_class) == (status, answer_class)
    assert (sender.budget.requests, exchange.attempts) == (requests, requests)


@pytest.mark.parametrize(("attempts", "requests"), [(0, 1), (1, 2), (5, 6)])
def test_a_read_is_sent_as_many_times_more_as_the_target_says(attempts: int, requests: int) -> None:
    target = replace(vendor(), retry=Retry(attempts=attempts, breaker_failures=99))
    sender = stub_sender(target, answers(502))
    assert get(sender).attempts == requests
    retries = sender.observer.observations().retries
    assert retries == ({("vtex", "GetProfile"): {"unavailable": attempts}} if attempts else {})


@pytest.mark.parametrize(("share", "waits"), [(0, [0.375, 0.75, 1.5]), (1, [0.625, 1.25, 2.5])])
def test_pauses_double_and_vary_by_a_quarter(monkeypatch: pytest.MonkeyPatch, share: int, waits: list[float]) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low, high)[share])
    time = Time()
    get(stub_sender(replace(vendor(), retry=Retry(backoff_seconds=0.5)), answers(502), time))
    assert time.slept == waits


@pytest.mark.parametrize(
    ("status", "waits"), [(429, [30]), (503, [30]), (502, [0.5]), (504, [0.5]), (428, []), (430, []), (404, [])]
)
def test_only_a_refusal_for_load_or_pace_says_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, status: int, waits: list[float]
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: 1.0)
    time = Time()
    sender = stub_sender(vendor(), answers(json(status, {}, Retry_After="30"), 200), time)
    get(sender)
    get(sender)
    assert time.slept == waits


def test_a_503_that_does_not_say_when_to_come_back_is_a_host_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: 1.0)
    time = Time()
    assert get(stub_sender(vendor(), answers(503, 200), time)).status == 200
    assert time.slept == [0.5]


@pytest.mark.parametrize("status", [429, 503])
def test_a_sandbox_of_ours_moves_its_time_and_is_not_waited_for(status: int) -> None:
    time = Time()
    target = replace(local_sandbox(BASE), retry=ONCE)
    sender = stub_sender(target, answers(json(status, {}, Retry_After="30")), time)
    for _ in range(2):
        assert get(sender).status == status
    assert time.slept == []


# The limit of minutes: of one minute, the last six seconds are for undoing


def one_minute(**more: Any) -> Target:
    return replace(vendor("write", limits=Limits(minutes=1)), retry=ONCE, **more)


@pytest.mark.parametrize(
    ("target", "undoes", "seconds"),
    [
        (replace(vendor("write"), answers=AnswerBounds(seconds=30)), False, 30),
        (one_minute(answers=AnswerBounds(seconds=30)), False, 30),
        (one_minute(answers=AnswerBounds(seconds=90)), False, 54),
        (one_minute(answers=AnswerBounds(seconds=90)), True, 60),
    ],
)
def test_a_response_may_take_what_the_target_allows_and_the_limit_of_minutes_leaves(
    target: Target, undoes: bool, seconds: float
) -> None:
    timeouts: list[Any] = []

    def play(request: httpx.Request) -> httpx.Response:
        timeouts.append(request.extensions["timeout"])
        return json(200, {})

    post(stub_sender(target, play), undoes=undoes)
    assert timeouts == [dict.fromkeys(("connect", "read", "write", "pool"), seconds)]


class RealTime(Time):
    """The clock of the connection too, which measures how long a response takes."""

    monotonic = Time.now


@pytest.mark.parametrize(
    ("elapsed_seconds", "outcome", "patience_seconds", "is_over", "was_sent"),
    [
        (52, httpx.ReadTimeout("slow"), 90, True, True),
        (53.9, httpx.ConnectTimeout("slow"), 90, True, False),
        (50, httpx.ReadTimeout("slow"), 90, False, True),  # something else broke it off
        (0, httpx.ReadError("reset"), 90, False, True),
        (30, httpx.ReadTimeout("slow"), 30, False, True),  # the target's own patience
        (53, 200, 90, False, True),
        (90, httpx.ReadTimeout("slow"), 90, False, True),
    ],
)
def test_a_call_that_the_limit_of_minutes_ends_says_nothing_of_the_target(
    monkeypatch: pytest.MonkeyPatch,
    elapsed_seconds: float,
    outcome: Answer,
    patience_seconds: float,
    is_over: bool,
    was_sent: bool,
) -> None:
    time = RealTime()
    monkeypatch.setattr(connection, "time", time)
    answer = answers(outcome)

    def play(request: httpx.Request) -> httpx.Response:
        time.at += elapsed_seconds
        return answer(request)

    target = one_minute(answers=AnswerBounds(seconds=patience_seconds))
    if elapsed_seconds == patience_seconds == 90:
        target = replace(target, limits=Limits())
    sender = stub_sender(target, play, time)
    if not is_over:
        assert get(sender).status == (200 if outcome == 200 else None)
        return
    with pytest.raises(CannotCheck, match="the target's limit of 1 minutes is used up") as caught:
        get(sender)
    assert (caught.value.cause.kind, caught.value.was_sent) == ("limit", was_sent)


@pytest.mark.parametrize(("seconds", "status"), [(53, 200), (54, None), (55, None)])
def test_a_wait_that_the_limit_of_minutes_does_not_allow_is_put_down_to_who_asked_for_it(
    seconds: int, status: int | None
) -> None:
    time = Time()
    sender = stub_sender(one_minute(), answers(json(429, {}, Retry_After=str(seconds)), 200), time)
    get(sender, expected=(429,))
    if status is not None:
        assert get(sender).status == status
        assert time.slept == [seconds]
        return
    with pytest.raises(CannotCheck, match=f"the target asks for a wait of {seconds} s") as caught:
        get(sender)
    assert (caught.value.cause.kind, time.slept) == ("throttled", [])


@pytest.mark.parametrize(
    ("seconds", "undoes", "slept"),
    [(0.5, False, [0.5]), (0, False, []), (-3, False, []), (53.9, False, [53.9]), (54, False, None), (54, True, [54])],
)
def test_a_wait_is_as_long_as_asked_for_within_the_limit_of_minutes(
    seconds: float, undoes: bool, slept: list[float] | None
) -> None:
    time = Time()
    sender = stub_sender(one_minute(), answers(200), time)
    if slept is None:
        with pytest.raises(CannotCheck, match="the limit of minutes leaves no time to wait 54 s") as caught:
            sender.wait(seconds, undoes=undoes)
        assert caught.value.cause.kind == "limit"
        return
    sender.wait(seconds, undoes=undoes)
    assert time.slept == slept


def test_after_the_stop_only_undoing_waits() -> None:
    time = Time()
    sender = stub_sender(vendor(), answers(200), time)
    sender.stop.set()
    sender.wait(2, undoes=True)
    assert time.slept == [2]
    with pytest.raises(RunStopped):
        sender.wait(0)
