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
from tests.conformance.stub_transport import BASE, Time, json, stub_sender, vendor

READ = operations.operation("vtex", "GetProfile", "guide")
DELETE = operations.operation("vtex", "DeleteClientProfile", "guide")
PAGE = httpx.Response(503, html="<html>")


def read(sender: Sender, **more: Any) -> Exchange:
    return sender.send(Request("vtex", "GetProfile", "GET", f"{BASE}/a", facts=READ, credentials="full", **more))


def delete(sender: Sender, **more: Any) -> Exchange:
    return sender.send(
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

    return stub_sender(target, play, time)


@pytest.mark.parametrize("failure", [PAGE, httpx.Response(502), httpx.ReadError("reset"), httpx.ReadTimeout("slow")])
def test_a_read_that_gets_no_answer_of_the_vendor_is_sent_again(failure: httpx.Response | Exception) -> None:
    time = Time()
    sender = sender_of(vendor(), failure, failure, json(200, []), time=time)
    exchange = read(sender)
    assert (exchange.status, exchange.answer_class, exchange.attempts) == (200, "vendor", 3)
    assert sum(sender.observer.observations().retries["vtex", "GetProfile"].values()) == 2
    assert [round(wait) for wait in (time.slept[0] * 2, time.slept[1])] == [1, 1]


def test_retries_are_counted_in_the_limits() -> None:
    sender = sender_of(vendor(limits=Limits(requests=2)), PAGE)
    with pytest.raises(CannotCheck, match="limit of 2 requests"):
        read(sender)


def test_a_page_that_stands_in_the_way_is_not_asked_again() -> None:
    sender = sender_of(vendor(), httpx.Response(200, html="<html>sign in"))
    assert (read(sender).answer_class, sender.budget.requests) == ("intermediary", 1)


def test_a_deletion_that_may_have_been_carried_out_is_not_refused_by_its_second_attempt() -> None:
    sender = sender_of(vendor("write", "delete"), PAGE, json(404, {}))
    exchange = delete(sender)
    assert (exchange.status, exchange.answer_class) == (404, "unavailable")
    assert delete(sender_of(vendor("write", "delete"), PAGE, json(404, {})), expected=(404,)).answer_class == "vendor"
    never_sent = httpx.ConnectError("refused")
    assert delete(sender_of(vendor("write", "delete"), never_sent, json(404, {}))).answer_class == "vendor"


def test_credentials_that_stop_working_end_all_calls_with_them() -> None:
    sender = sender_of(vendor(), json(200, []), json(401, {}))
    assert read(sender).status == 200
    with pytest.raises(CannotCheck, match="full credentials of vtex stopped working after 3 requests") as stopped:
        read(sender)
    assert (stopped.value.cause.kind, sender.budget.requests) == ("credentials", 3)
    with pytest.raises(CannotCheck, match="stopped working after 3 requests"):
        read(sender)
    assert sender.budget.requests == 3


def test_a_refusal_while_the_credentials_still_open_what_they_did_is_of_that_call_alone() -> None:
    sender = sender_of(vendor(), json(200, []), json(403, {}), json(200, []))
    read(sender)
    assert (read(sender).answer_class, sender.budget.requests) == ("credentials", 3)
    assert read(sender).status == 200


def test_a_host_that_goes_away_and_comes_back_costs_no_call_of_those_that_wait() -> None:
    time = Time()
    sender = sender_of(vendor(), json(200, []), *[PAGE] * 8, json(200, []), time=time)
    read(sender)
    assert read(sender).answer_class == "unavailable"
    assert read(sender).status == 200
    assert 4 < time.at - 1000 < 60


def test_a_host_that_stays_away_ends_its_calls() -> None:
    time = Time()
    sender = sender_of(vendor(retry=Retry()), PAGE, time=time)
    read(sender)
    with pytest.raises(CannotCheck, match=r"host unavailable since .*: shop.example.com was unavailable") as away:
        read(sender)
    assert away.value.cause.kind == "unavailable"
    sent, at = sender.budget.requests, time.at
    assert 60 <= at - 1000 < 70
    for _ in range(3):
        with pytest.raises(CannotCheck, match="host unavailable since"):
            read(sender)
    assert (sender.budget.requests, time.at) == (sent, at)


def test_undo_calls_probe_a_host_that_was_given_up() -> None:
    time = Time()
    sender = sender_of(vendor("write", "delete"), PAGE, time=time)
    read(sender)
    for _ in range(2):
        with pytest.raises(CannotCheck):
            read(sender)
    sent = sender.budget.requests
    time.at += 10
    assert delete(sender, undoes=True).answer_class == "unavailable"
    assert sender.budget.requests > sent
    sent = sender.budget.requests
    with pytest.raises(CannotCheck, match="host unavailable"):
        delete(sender, undoes=True)
    assert sender.budget.requests == sent


def test_a_breaker_can_be_set() -> None:
    time = Time()
    target = vendor()
    hasty = replace(target, retry=replace(target.retry, attempts=0, breaker_failures=1, breaker_seconds=0))
    sender = sender_of(hasty, PAGE, time=time)
    read(sender)
    with pytest.raises(CannotCheck, match="host unavailable"):
        read(sender)
    assert time.at - 1000 < 1


def test_a_sandbox_of_ours_refuses_credentials_by_a_rule_of_its_own() -> None:
    sandbox_target = replace(vendor(), powers=frozenset({"control"}), control=BASE)
    assert read(sender_of(sandbox_target, json(403, {}))).answer_class == "vendor"
    assert read(sender_of(sandbox_target, json(429, {}))).answer_class == "vendor"
