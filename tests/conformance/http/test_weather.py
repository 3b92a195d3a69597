"""Retries, credentials that stop working, and hosts that go away, on a target that is a function."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.stub_transport import BASE, Time, json, sender, vendor

READ = operations.operation("vtex", "GetProfile", "guide")
DELETE = operations.operation("vtex", "DeleteClientProfile", "guide")
PAGE = httpx.Response(503, html="<html>")


def read(way: Sender, **more: Any) -> Exchange:
    return way.send(Request("vtex", "GetProfile", "GET", f"{BASE}/a", facts=READ, credentials="full", **more))


def delete(way: Sender, **more: Any) -> Exchange:
    return way.send(
        Request(
            "vtex", "DeleteClientProfile", "DELETE", f"{BASE}/a", {}, b"", "delete", DELETE, credentials="full", **more
        )
    )


def sender_of(target: Target, *answers: httpx.Response | Exception, time: Time | None = None) -> Sender:
    """A sender to a host that gives these answers, the last one on and on."""
    left = list(answers)

    def play(request: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return sender(target, play, time)


@pytest.mark.parametrize("failure", [PAGE, httpx.Response(502), httpx.ReadError("reset"), httpx.ReadTimeout("slow")])
def test_a_read_that_gets_no_answer_of_the_vendor_is_sent_again(failure: httpx.Response | Exception) -> None:
    time = Time()
    way = sender_of(vendor(), failure, failure, json(200, []), time=time)
    exchange = read(way)
    assert (exchange.status, exchange.answer_class, exchange.attempts) == (200, "vendor", 3)
    assert sum(way.observer.observations().retries["vtex", "GetProfile"].values()) == 2
    assert [round(wait) for wait in (time.slept[0] * 2, time.slept[1])] == [1, 1]


def test_retries_are_counted_in_the_limits() -> None:
    way = sender_of(vendor(limits=Limits(requests=2)), PAGE)
    with pytest.raises(CannotCheck, match="limit of 2 requests"):
        read(way)


def test_a_page_that_stands_in_the_way_is_not_asked_again() -> None:
    way = sender_of(vendor(), httpx.Response(200, html="<html>sign in"))
    assert (read(way).answer_class, way.budget.requests) == ("intermediary", 1)


def test_a_deletion_that_may_have_been_carried_out_is_not_refused_by_its_second_attempt() -> None:
    way = sender_of(vendor("write", "delete"), PAGE, json(404, {}))
    exchange = delete(way)
    assert (exchange.status, exchange.answer_class) == (404, "unavailable")
    assert delete(sender_of(vendor("write", "delete"), PAGE, json(404, {})), expected=(404,)).answer_class == "vendor"
    never_sent = httpx.ConnectError("refused")
    assert delete(sender_of(vendor("write", "delete"), never_sent, json(404, {}))).answer_class == "vendor"


def test_credentials_that_stop_working_end_all_calls_with_them() -> None:
    way = sender_of(vendor(), json(200, []), json(401, {}))
    assert read(way).status == 200
    with pytest.raises(CannotCheck, match="full credentials of vtex stopped working after 3 requests") as stopped:
        read(way)
    assert (stopped.value.cause.kind, way.budget.requests) == ("credentials", 3)
    with pytest.raises(CannotCheck, match="stopped working after 3 requests"):
        read(way)
    assert way.budget.requests == 3


def test_a_refusal_while_the_credentials_still_open_what_they_did_is_of_that_call_alone() -> None:
    way = sender_of(vendor(), json(200, []), json(403, {}), json(200, []))
    read(way)
    assert (read(way).answer_class, way.budget.requests) == ("credentials", 3)
    assert read(way).status == 200


def test_a_host_that_goes_away_and_comes_back_costs_no_call_of_those_that_wait() -> None:
    time = Time()
    way = sender_of(vendor(), json(200, []), *[PAGE] * 8, json(200, []), time=time)
    read(way)
    assert read(way).answer_class == "unavailable"
    assert read(way).status == 200
    assert 4 < time.at - 1000 < 60


def test_a_host_that_stays_away_ends_its_calls() -> None:
    time = Time()
    way = sender_of(vendor(retry=Retry()), PAGE, time=time)
    read(way)
    with pytest.raises(CannotCheck, match=r"host unavailable since .*: shop.example.com was unavailable") as away:
        read(way)
    assert away.value.cause.kind == "unavailable"
    sent, at = way.budget.requests, time.at
    assert 60 <= at - 1000 < 70
    for _ in range(3):
        with pytest.raises(CannotCheck, match="host unavailable since"):
            read(way)
    assert (way.budget.requests, time.at) == (sent, at)


def test_undo_calls_probe_a_host_that_was_given_up() -> None:
    time = Time()
    way = sender_of(vendor("write", "delete"), PAGE, time=time)
    read(way)
    for _ in range(2):
        with pytest.raises(CannotCheck):
            read(way)
    sent = way.budget.requests
    time.at += 10
    assert delete(way, undoes=True).answer_class == "unavailable"
    assert way.budget.requests > sent
    sent = way.budget.requests
    with pytest.raises(CannotCheck, match="host unavailable"):
        delete(way, undoes=True)
    assert way.budget.requests == sent


def test_a_breaker_can_be_set() -> None:
    time = Time()
    target = vendor()
    hasty = replace(target, retry=replace(target.retry, attempts=0, breaker_failures=1, breaker_seconds=0))
    way = sender_of(hasty, PAGE, time=time)
    read(way)
    with pytest.raises(CannotCheck, match="host unavailable"):
        read(way)
    assert time.at - 1000 < 1


def test_a_sandbox_of_ours_refuses_credentials_by_a_rule_of_its_own() -> None:
    own = replace(vendor(), powers=frozenset({"control"}), control=BASE)
    assert read(sender_of(own, json(403, {}))).answer_class == "vendor"
    assert read(sender_of(own, json(429, {}))).answer_class == "vendor"
