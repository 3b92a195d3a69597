"""Limits of a run and its stop: requests, reserved undo calls, minutes, answers that drip."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace

import httpx
import pytest

from pii_sandbox.conformance.http.budget import Budget
from pii_sandbox.conformance.http.sender import FINISH_SECONDS, Sender
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from tests.conformance.http.calls import get, post
from tests.conformance.http.raw_server import DRIP_SECONDS, OK, dripping_response, server
from tests.conformance.stub_transport import Time, json, stub_sender, vendor


def test_a_limit_of_requests_is_not_passed_by_any_number_of_threads() -> None:
    arrived: list[int] = []

    def play(request: httpx.Request) -> httpx.Response:
        arrived.append(1)
        return json(200)

    sender = stub_sender(vendor(limits=Limits(requests=37)), play)

    def send_repeatedly() -> None:
        for _ in range(20):
            with suppress(CannotCheck):
                get(sender)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(send_repeatedly) for _ in range(8)]:
            future.result()
    assert len(arrived) == 37
    with pytest.raises(CannotCheck, match="limit of 37 requests is used up"):
        get(sender)


def test_reads_go_on_when_writes_are_used_up() -> None:
    sender = stub_sender(vendor("write", limits=Limits(writes=1)), lambda request: json(200))
    post(sender)
    with pytest.raises(CannotCheck, match="limit of 1 writes"):
        post(sender)
    get(sender)


def test_a_create_reserves_the_budget_of_its_undo_call() -> None:
    sender = stub_sender(vendor("write", limits=Limits(writes=4)), lambda request: json(201))
    post(sender, makes=True)
    post(sender, makes=True)
    with pytest.raises(CannotCheck):
        post(sender)
    for _ in range(2):
        post(sender, undoes=True)
        sender.budget.settle()
    with pytest.raises(CannotCheck):
        post(sender, undoes=True)
    assert sender.budget.writes == 4


def test_a_create_that_could_not_be_undone_within_the_limits_is_not_sent() -> None:
    sender = stub_sender(vendor("write", limits=Limits(writes=1)), lambda request: json(201))
    with pytest.raises(CannotCheck, match="limit of 1 writes"):
        post(sender, makes=True)
    post(sender)


def test_a_reservation_is_released_if_nothing_was_sent() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    sender = stub_sender(vendor("write", limits=Limits(requests=5)), play)
    for _ in range(2):
        assert post(sender, makes=True).answer_class == "network"


def test_minutes_end_a_run_and_leave_the_last_part_to_undoing() -> None:
    time = Time()
    budget = Budget(Limits(minutes=5), time.now)
    time.at += 4 * 60 + 31
    with pytest.raises(CannotCheck, match="limit of 5 minutes"):
        budget.spend(writes=False)
    budget.spend(writes=True, undoes=True)
    time.at += 30
    with pytest.raises(CannotCheck, match="limit of 5 minutes"):
        budget.spend(writes=True, undoes=True)


def test_a_wait_beyond_the_minutes_is_not_begun() -> None:
    time = Time()
    sender = stub_sender(vendor(limits=Limits(minutes=1)), lambda request: json(429, Retry_After="110"), time)
    with pytest.raises(CannotCheck):
        get(sender)
    assert time.slept == []


def test_after_the_stop_only_undoing_is_sent() -> None:
    sender = stub_sender(vendor("write"), lambda request: json(200))
    sender.stop.set()
    with pytest.raises(RunStopped):
        get(sender)
    assert post(sender, undoes=True).status == 200


@pytest.mark.parametrize(
    ("seconds", "makes", "status"),
    [(FINISH_SECONDS - 1, True, 201), (FINISH_SECONDS, True, None), (0, False, None)],
    ids=["a create is finished", "a create that takes too long", "another write"],
)
def test_the_stop_waits_a_while_for_what_a_create_made(seconds: float, makes: bool, status: int | None) -> None:
    time = Time()

    def play(request: httpx.Request) -> httpx.Response:
        sender.stop.set()
        time.sleep(seconds)
        return httpx.Response(201, stream=httpx.ByteStream(b"{}"))

    sender = stub_sender(vendor("write"), play, time)
    if status is not None:
        assert post(sender, makes=makes).status == status
        return
    with pytest.raises(RunStopped) as stopped:
        post(sender, makes=makes)
    assert stopped.value.was_sent


def test_what_was_not_sent_after_the_stop_was_not_made() -> None:
    sender = stub_sender(vendor("write"), lambda request: json(201))
    sender.stop.set()
    with pytest.raises(RunStopped) as stopped:
        post(sender, makes=True)
    assert not stopped.value.was_sent


def test_the_stop_ends_a_wait() -> None:
    sender = Sender(
        vendor(limits=Limits(requests_per_second=0.01)),
        lambda _: httpx.Client(transport=httpx.MockTransport(lambda request: json(200))),
    )
    get(sender)
    threading.Timer(0.05, sender.stop.set).start()
    with pytest.raises(RunStopped):
        get(sender)


def dripping_target(url: str, minutes: float | None = None) -> Target:
    sandbox_target = local_sandbox(url.rstrip("/"))
    return replace(sandbox_target, name="vendor", powers=frozenset(), control=None, limits=Limits(minutes=minutes))


def test_an_answer_that_drips_ends_with_the_time_that_answers_may_take() -> None:
    began = time.monotonic()
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        target = replace(dripping_target(url), answers=AnswerBounds(seconds=0.5), retry=Retry(attempts=0))
        with closing(Sender(target)) as sender:
            response = get(sender, base=url.rstrip("/"))
    assert (response.status, response.error) == (None, "the response did not end within 0.5 s")
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_an_answer_that_outlasts_the_limit_of_the_run_says_nothing_of_the_target() -> None:
    began = time.monotonic()
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        sender = Sender(dripping_target(url, minutes=0.01))
        with closing(sender), pytest.raises(CannotCheck, match=r"limit of 0\.01 minutes is used up"):
            get(sender, base=url.rstrip("/"))
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_the_stop_ends_an_answer_that_drips() -> None:
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        sender = Sender(dripping_target(url))
        threading.Timer(0.3, sender.stop.set).start()
        began = time.monotonic()
        with closing(sender), pytest.raises(RunStopped):
            get(sender, base=url.rstrip("/"))
    assert time.monotonic() - began < DRIP_SECONDS / 2
