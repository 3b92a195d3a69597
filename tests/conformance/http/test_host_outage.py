"""A host that is away: how it is probed, what the probes cost, and what becomes of the calls meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.http.sender import Sender
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.causes import Cause
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from tests.conformance.http.calls import get, post
from tests.conformance.stub_transport import Time, json, stub_sender, vendor

HOST = "shop.example.com"
HASTY = Retry(attempts=0, backoff_seconds=0.25, breaker_failures=1, breaker_seconds=30.0)


@dataclass
class Host:
    """Is away for as many requests as `failures` says, and then there. `paths` are those of all requests."""

    failures: float = float("inf")
    paths: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        self.failures -= 1
        return httpx.Response(502) if self.failures >= 0 else json(200, [])


def target_of(retry: Retry = HASTY, **more: Any) -> Target:
    return replace(vendor("write", "delete", **more), retry=retry)


def away(host: Host, retry: Retry = HASTY, **more: Any) -> tuple[Sender, Time]:
    """A sender whose last call found its host away, so that the next one probes it."""
    time = Time()
    sender = stub_sender(target_of(retry, **more), host, time)
    for _ in range(retry.breaker_failures):
        assert get(sender).answer_class == "unavailable"
    time.slept.clear()
    host.paths.clear()
    return sender, time


def test_a_host_is_probed_with_growing_pauses_until_its_time_is_up() -> None:
    host = Host()
    sender, time = away(host)
    with pytest.raises(CannotCheck, match="host unavailable since") as caught:
        get(sender)
    assert str(caught.value).endswith(f"{HOST} was unavailable (status 502)")
    assert caught.value.cause.kind == "unavailable"
    assert time.slept == [0.25, 0.5, 1, 2, 4, 8, 14.25]
    assert len(host.paths) == 7


@pytest.mark.parametrize(("backoff_seconds", "pause"), [(0.0, 0.05), (0.01, 0.05), (0.5, 0.5)])
def test_a_host_is_not_probed_without_a_pause(backoff_seconds: float, pause: float) -> None:
    sender, time = away(Host(1 + 3), replace(HASTY, backoff_seconds=backoff_seconds))
    assert get(sender).status == 200
    assert time.slept == pytest.approx([pause, 2 * pause, 4 * pause, 8 * pause])


def test_a_host_that_comes_back_gets_the_call_that_waited() -> None:
    host = Host(1 + 2)
    sender, time = away(host)
    assert get(sender, "/b").status == 200
    assert host.paths[-1] == "/b"
    assert len(host.paths) == 4  # two failures, a success, the call
    assert time.slept == [0.25, 0.5, 1]
    assert get(sender, "/c").status == 200
    assert len(time.slept) == 3


def test_probes_repeat_a_read_that_was_answered_and_ask_for_the_base_url_without_one() -> None:
    host = Host(1 + 1)
    sender, _ = away(host)
    get(sender, "/b", credentials="full")
    assert host.paths == ["/", "/", "/b"]
    host.failures, host.paths = 2, []
    assert get(sender, "/c").answer_class == "unavailable"
    assert get(sender, "/d").status == 200
    assert host.paths == ["/c", "/b", "/b", "/d"]


def test_probes_count_as_requests_and_not_as_writes() -> None:
    host = Host(1 + 3)
    sender, _ = away(host, limits=Limits(requests=100, writes=1))
    assert post(sender).status == 200
    assert (sender.budget.requests, sender.budget.writes) == (1 + len(host.paths), 1)
    host = Host()
    sender, _ = away(host, limits=Limits(requests=4))
    with pytest.raises(CannotCheck, match="limit of 4 requests"):
        get(sender)
    assert len(host.paths) == 3


def test_undoing_does_not_wait_for_a_host_that_is_away() -> None:
    host = Host(1)
    sender, time = away(host)
    assert post(sender, undoes=True).status == 200
    assert (host.paths, time.slept) == (["/a"], [])


def test_undoing_at_a_host_that_was_given_up_is_tried_once_now_and_then() -> None:
    host, time = Host(), Time()
    sender = stub_sender(target_of(replace(HASTY, attempts=3)), host, time)
    with pytest.raises(CannotCheck):
        get(sender)
    host.paths.clear()
    time.slept.clear()
    for seconds, requests in ((4.9, 0), (0.2, 1), (4.9, 1), (0.2, 2)):
        time.at += seconds
        if len(host.paths) < requests:
            assert post(sender, undoes=True).answer_class == "unavailable"
        else:
            with pytest.raises(CannotCheck, match="host unavailable"):
                post(sender, undoes=True)
        assert len(host.paths) == requests
    assert time.slept == []  # nothing is sent again at once


def test_a_host_that_was_given_up_and_is_there_for_undoing_is_called_again() -> None:
    host = Host()
    sender, time = away(host)
    with pytest.raises(CannotCheck):
        get(sender)
    host.failures = 0
    time.at += 5
    assert post(sender, undoes=True).status == 200
    assert get(sender).status == 200


def test_a_host_that_answers_another_thread_meanwhile_is_unavailable_to_this_call_alone() -> None:
    host = Host()
    sender, _ = away(host)
    with pytest.raises(CannotCheck):
        get(sender)

    def refuse_while_another_call_is_answered(host: str) -> bool:
        sender._breaker.note(host, failed=False, at=now())
        return False

    sender._breaker.may_try_undo = refuse_while_another_call_is_answered  # type: ignore[method-assign]
    with pytest.raises(CannotCheck, match="host unavailable since"):
        post(sender, undoes=True)
    host.failures = 0
    assert get(sender).status == 200


def test_the_stop_ends_the_probing() -> None:
    host = Host()
    sender, time = away(host)

    def stop(seconds: float) -> None:
        time.sleep(seconds)
        sender.stop.set()

    sender._sleep = stop
    with pytest.raises(RunStopped):
        get(sender)
    assert host.paths == []


def test_after_the_stop_a_host_that_was_given_up_is_not_the_cause() -> None:
    """What is left of a run was stopped; that its host is away would have it tried again with `--resume`."""
    sender, _ = away(Host())
    with pytest.raises(CannotCheck, match="host unavailable"):
        get(sender)
    sender.stop.set()
    with pytest.raises(RunStopped):
        get(sender)


def test_a_call_that_waited_while_another_gave_the_host_up_is_not_sent() -> None:
    host = Host()
    sender, time = away(host)
    state = sender._breaker.state(HOST)

    class LockOfAnother:
        """Is free once the thread that held it has given the host up."""

        def __enter__(self) -> None:
            sender._breaker.give_up(HOST, Cause("network", "nothing listens there"))

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None: ...

    state.lock = LockOfAnother()  # type: ignore[assignment]
    with pytest.raises(CannotCheck, match="nothing listens there"):
        get(sender)
    assert (host.paths, time.slept) == ([], [])


def test_one_host_that_is_away_holds_up_no_other() -> None:
    paths: list[str] = []

    def play(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.host)
        return httpx.Response(502) if request.url.host == HOST else json(200, [])

    time = Time()
    target = target_of()
    sender = stub_sender(replace(target, urls={**target.urls, "oracle": "https://other.example.com"}), play, time)
    get(sender)
    assert get(sender, base="https://other.example.com").status == 200
    assert time.slept == []
