"""What a create sets aside for its undoing is kept while it may have made something, and freed once it has not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.http.calls import get, post
from tests.conformance.stub_transport import Play, Time, json, stub_sender, vendor

REQUESTS = 20
UNDO_REQUESTS = 3  # that are kept back for each object


def target() -> Target:
    return replace(vendor("write", limits=Limits(requests=REQUESTS)), retry=Retry(attempts=0, breaker_failures=99))


def answer(status: int, **headers: str) -> Play:
    return lambda request: json(status, {}, **headers)


def failure(error: Exception) -> Play:
    def play(request: httpx.Request) -> httpx.Response:
        raise error

    return play


def requests_left(sender: Sender) -> int:
    """How many reads the limit still allows."""
    for count in range(REQUESTS + 10):
        try:
            get(sender)
        except CannotCheck:
            return count
    raise AssertionError("the limit of requests does not hold")


def create(sender: Sender, **more: Any) -> Exchange | CannotCheck:
    try:
        return post(sender, **more)
    except CannotCheck as error:
        return error


REDIRECT = answer(302, Location="https://login.example.org/")


@pytest.mark.parametrize(
    ("play", "makes", "kept_back"),
    [
        (answer(201), True, True),
        (answer(400), True, True),  # who made it frees it, once it is known that nothing was made
        (answer(201), False, False),
        (failure(httpx.ReadError("reset")), True, True),
        (failure(httpx.ConnectError("refused")), True, False),
        (failure(httpx.ConnectError("refused")), False, False),
        (REDIRECT, True, False),
        (REDIRECT, False, False),
    ],
)
def test_what_may_have_been_made_keeps_back_what_undoing_it_takes(play: Play, makes: bool, kept_back: bool) -> None:
    first = [play]
    sender = stub_sender(target(), lambda request: first.pop()(request) if first else json(200, {}))
    create(sender, makes=makes)
    assert requests_left(sender) == REQUESTS - 1 - (UNDO_REQUESTS if kept_back else 0)


@pytest.mark.parametrize("seconds", [4.5, 5.5])
def test_a_stop_during_a_create_keeps_back_what_undoing_it_takes(seconds: float) -> None:
    """Its answer is waited for; where it takes too long, nobody knows what was made."""
    time = Time()

    def play(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            sender.stop.set()
            time.sleep(seconds)
        return httpx.Response(201, stream=httpx.ByteStream(b"{}"))

    sender = stub_sender(target(), play, time)
    result = create(sender, makes=True)
    assert (isinstance(result, RunStopped) and result.was_sent) is (seconds > 5)
    sender.stop.clear()
    assert requests_left(sender) == REQUESTS - 1 - UNDO_REQUESTS


@pytest.mark.parametrize(
    ("stops", "undoes", "is_ended"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_an_answer_that_comes_is_given_up_at_the_stop_alone_and_never_in_undoing(
    stops: bool, undoes: bool, is_ended: bool
) -> None:
    time = Time()

    def play(request: httpx.Request) -> httpx.Response:
        time.sleep(9)
        if stops:
            sender.stop.set()
        return httpx.Response(201, stream=httpx.ByteStream(b"{}"))

    sender = stub_sender(target(), play, time)
    assert isinstance(create(sender, undoes=undoes), RunStopped) is is_ended
