"""The one place that sends: hosts, pace, Retry-After, limits."""

from __future__ import annotations

import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.budget import Budget
from pii_sandbox.conformance.http.connection import new_client
from pii_sandbox.conformance.http.rate_limit import LONGEST_WAIT_SECONDS, RateLimiter, retry_after_seconds
from pii_sandbox.conformance.http.sender import FINISH_SECONDS, Sender
from pii_sandbox.conformance.http.transport import GuardedTransport
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from pii_sandbox.conformance.target.model import Limits, Retry, Target
from pii_sandbox.conformance.values.errors import CannotCheck, RunStopped
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.raw_server import DRIP_SECONDS, OK, dripping_response, server
from tests.conformance.stub_transport import BASE, Time, json, sender, vendor


def get(way: Sender, path: str = "/a", base: str = BASE, **more: Any) -> Exchange:
    return way.send(Request("vtex", "GetProfile", "GET", base + path, **more))


def post(way: Sender, **more: Any) -> Exchange:
    return way.send(Request("vtex", "CreateClientProfile", "POST", f"{BASE}/a", {}, b"{}", "create", **more))


def test_an_exchange_holds_what_was_sent_and_what_came_back() -> None:
    way = sender(vendor(headers={"X-Run": "7"}), lambda request: httpx.Response(201, content=b"made"))
    sent = way.send(Request("vtex", "CreateClientProfile", "POST", f"{BASE}/a", {"A": "b"}, b"{}", "create"))
    assert (sent.status, sent.response_body, sent.request_body) == (201, b"made", b"{}")
    assert sent.request_headers == {"X-Run": "7", "A": "b"}
    assert sent.sent_at is not None


@pytest.mark.parametrize(
    "base", ["https://other.example.com", "https://shop.example.com:444", "https://shop.example.com.evil.test"]
)
def test_a_host_that_is_not_named_is_never_called(base: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError("this was sent")

    with pytest.raises(CannotCheck, match="not named by the target"):
        get(sender(vendor(), never), base=base)


def test_a_redirect_to_another_host_is_not_followed_and_told() -> None:
    called: list[str] = []

    def play(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://login.example.org/"})

    with pytest.raises(CannotCheck, match=r"login.example.org .* a redirect leads"):
        get(sender(vendor(), play))
    assert called == ["shop.example.com"]


def test_a_redirect_on_the_same_host_is_an_answer_and_not_followed() -> None:
    way = sender(vendor(), lambda request: httpx.Response(301, headers={"Location": "/b"}))
    assert get(way).status == 301
    assert way.budget.requests == 1


def test_a_host_that_does_not_answer_is_no_finding() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    time = Time()
    exchange = get(sender(vendor(), play, time))
    assert (exchange.status, exchange.answer_class, exchange.attempts) == (None, "network", 4)
    assert str(exchange.error).startswith("shop.example.com")
    assert [round(slept, 1) for slept in time.slept] == [pytest.approx(wait, rel=0.3) for wait in (0.5, 1, 2)]


def test_a_connection_that_ends_without_an_answer_is_an_exchange_without_status() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("closed")

    exchange = get(sender(vendor(), play))
    assert (exchange.status, exchange.answer_class) == (None, "network")
    assert exchange.error == "shop.example.com gave no complete response: it sent something that is not HTTP"


def test_requests_keep_their_pace() -> None:
    time = Time()
    way = sender(vendor(limits=Limits(requests_per_second=4)), lambda request: json(200), time)
    for _ in range(5):
        get(way)
    assert time.at == 1001.0
    assert time.slept == [0.25] * 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_target_that_says_when_to_come_back_is_obeyed_and_asked_again(status: int) -> None:
    time, responses = Time(), iter([json(status, Retry_After="30"), json(200)])
    way = sender(vendor(), lambda request: next(responses), time)
    assert get(way).status == 200
    assert time.slept == [30]
    assert way.budget.requests == 2


def test_no_request_is_sent_while_the_target_asks_to_wait() -> None:
    time, responses = Time(), iter([json(429, Retry_After="30"), json(200), json(200)])
    way = sender(vendor(), lambda request: next(responses), time)
    assert get(way, expected=(429,)).status == 429
    assert get(way).status == 200
    assert time.slept == [30]


def test_a_refusal_without_a_time_is_waited_for_too() -> None:
    time, responses = Time(), iter([json(429), json(200)])
    assert get(sender(vendor(), lambda request: next(responses), time)).status == 200
    assert len(time.slept) == 1


def test_an_expected_refusal_is_given_back_at_once() -> None:
    time = Time()
    way = sender(vendor(), lambda request: json(429, Retry_After="30"), time)
    assert get(way, expected=(429,)).status == 429
    assert time.slept == []


def test_a_target_that_goes_on_refusing_is_no_finding() -> None:
    way = sender(vendor(), lambda request: json(429, Retry_After="1"))
    assert get(way).answer_class == "throttled"
    assert way.budget.requests == 4


def test_a_wait_that_is_too_long_ends_everything_that_follows() -> None:
    time, called = Time(), []

    def play(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return json(429, Retry_After="86400")

    way = sender(vendor(), play, time)
    assert get(way).answer_class == "throttled"
    for _ in range(2):
        with pytest.raises(CannotCheck, match="asks for a wait"):
            get(way)
    assert len(called) == 1
    assert sum(time.slept) < LONGEST_WAIT_SECONDS


def test_a_write_that_may_have_been_done_is_not_sent_again() -> None:
    way = sender(vendor("write"), lambda request: json(503, Retry_After="1"))
    assert post(way).status == 503
    assert way.budget.requests == 1


def test_a_refused_write_is_one_write_however_often_it_is_sent() -> None:
    responses = iter([json(429), json(429), json(201)])
    way = sender(vendor("write"), lambda request: next(responses))
    assert post(way).status == 201
    assert (way.budget.requests, way.budget.writes) == (3, 1)


def test_a_sandbox_of_ours_is_not_waited_for() -> None:
    time = Time()
    own = vendor("control", limits=Limits())
    way = sender(
        type(own)(own.name, own.urls, own.credentials, own.powers, control=BASE), lambda request: json(429), time
    )
    assert get(way).status == 429
    assert time.slept == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_seconds({"retry-After": value}, datetime(2026, 11, 22, 12, tzinfo=UTC)) == seconds


def test_a_limit_of_requests_is_not_passed_by_any_number_of_threads() -> None:
    arrived: list[int] = []

    def play(request: httpx.Request) -> httpx.Response:
        arrived.append(1)
        return json(200)

    way = sender(vendor(limits=Limits(requests=37)), play)

    def often() -> None:
        for _ in range(20):
            with suppress(CannotCheck):
                get(way)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(often) for _ in range(8)]:
            future.result()
    assert len(arrived) == 37
    with pytest.raises(CannotCheck, match="limit of 37 requests is used up"):
        get(way)


def test_reads_go_on_when_writes_are_used_up() -> None:
    way = sender(vendor("write", limits=Limits(writes=1)), lambda request: json(200))
    post(way)
    with pytest.raises(CannotCheck, match="limit of 1 writes"):
        post(way)
    get(way)


def test_a_create_reserves_the_budget_of_its_undo_call() -> None:
    way = sender(vendor("write", limits=Limits(writes=4)), lambda request: json(201))
    post(way, makes=True)
    post(way, makes=True)
    with pytest.raises(CannotCheck):
        post(way)
    for _ in range(2):
        post(way, undoes=True)
        way.budget.settle()
    with pytest.raises(CannotCheck):
        post(way, undoes=True)
    assert way.budget.writes == 4


def test_a_create_that_could_not_be_undone_within_the_limits_is_not_sent() -> None:
    way = sender(vendor("write", limits=Limits(writes=1)), lambda request: json(201))
    with pytest.raises(CannotCheck, match="limit of 1 writes"):
        post(way, makes=True)
    post(way)


def test_a_reservation_is_released_if_nothing_was_sent() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    way = sender(vendor("write", limits=Limits(requests=5)), play)
    for _ in range(2):
        assert post(way, makes=True).answer_class == "network"


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
    way = sender(vendor(limits=Limits(minutes=1)), lambda request: json(429, Retry_After="110"), time)
    with pytest.raises(CannotCheck):
        get(way)
    assert time.slept == []


def test_after_the_stop_only_undoing_is_sent() -> None:
    way = sender(vendor("write"), lambda request: json(200))
    way.stop.set()
    with pytest.raises(RunStopped):
        get(way)
    assert post(way, undoes=True).status == 200


@pytest.mark.parametrize(
    ("seconds", "makes", "status"),
    [(FINISH_SECONDS - 1, True, 201), (FINISH_SECONDS, True, None), (0, False, None)],
    ids=["a create is finished", "a create that takes too long", "another write"],
)
def test_the_stop_waits_a_while_for_what_a_create_made(seconds: float, makes: bool, status: int | None) -> None:
    time = Time()

    def play(request: httpx.Request) -> httpx.Response:
        way.stop.set()
        time.sleep(seconds)
        return httpx.Response(201, stream=httpx.ByteStream(b"{}"))

    way = sender(vendor("write"), play, time)
    if status is not None:
        assert post(way, makes=makes).status == status
        return
    with pytest.raises(RunStopped) as stopped:
        post(way, makes=makes)
    assert stopped.value.was_sent


def test_what_was_not_sent_after_the_stop_was_not_made() -> None:
    way = sender(vendor("write"), lambda request: json(201))
    way.stop.set()
    with pytest.raises(RunStopped) as stopped:
        post(way, makes=True)
    assert not stopped.value.was_sent


def test_the_stop_ends_a_wait() -> None:
    way = Sender(
        vendor(limits=Limits(requests_per_second=0.01)),
        lambda _: httpx.Client(transport=httpx.MockTransport(lambda request: json(200))),
    )
    get(way)
    threading.Timer(0.05, way.stop.set).start()
    with pytest.raises(RunStopped):
        get(way)


def test_turns_are_handed_out_one_after_the_other() -> None:
    time = Time()
    pace = RateLimiter(2, time.now)
    assert [pace.due_in() for _ in range(3)] == [0, 0.5, 1.0]


def test_a_client_verifies_and_asks_neither_the_environment_nor_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    with new_client(vendor()) as made:
        assert made.follow_redirects is False
        assert made.trust_env is False
        pool = made._transport
        assert isinstance(pool, GuardedTransport)
        context = pool._pool._ssl_context
    assert context is not None
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname is True


@pytest.mark.parametrize(("host", "sent"), [("shop.example.com", None), ("sandbox.example.com", "secret")])
def test_the_control_token_goes_to_the_host_of_the_control_api_alone(host: str, sent: str | None) -> None:
    seen: list[str | None] = []

    def play(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("X-Sandbox-Control-Token"))
        return httpx.Response(200)

    alone = vendor(headers={"X-Sandbox-Control-Token": "secret"})
    target = replace(alone, control="https://sandbox.example.com/_sandbox/v1")
    get(sender(target, play), base=f"https://{host}")
    assert seen == [sent]


def dripping_target(url: str, minutes: float | None = None) -> Target:
    own = local_sandbox(url.rstrip("/"))
    return replace(own, name="vendor", powers=frozenset(), control=None, limits=Limits(minutes=minutes))


def test_an_answer_that_drips_ends_with_the_time_that_answers_may_take() -> None:
    began = time.monotonic()
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        target = replace(dripping_target(url), answers=AnswerBounds(seconds=0.5), retry=Retry(attempts=0))
        with closing(Sender(target)) as way:
            came = get(way, base=url.rstrip("/"))
    assert (came.status, came.error) == (None, "the response did not end within 0.5 s")
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_an_answer_that_outlasts_the_limit_of_the_run_says_nothing_of_the_target() -> None:
    began = time.monotonic()
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        way = Sender(dripping_target(url, minutes=0.01))
        with closing(way), pytest.raises(CannotCheck, match=r"limit of 0\.01 minutes is used up"):
            get(way, base=url.rstrip("/"))
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_the_stop_ends_an_answer_that_drips() -> None:
    with server(dripping_response(OK + b"Content-Length: 99999\r\n\r\n", b"x")) as url:
        way = Sender(dripping_target(url))
        threading.Timer(0.3, way.stop.set).start()
        began = time.monotonic()
        with closing(way), pytest.raises(RunStopped):
            get(way, base=url.rstrip("/"))
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_a_cookie_of_one_call_does_not_go_with_the_next() -> None:
    sent: list[str | None] = []

    def play(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Cookie"))
        return httpx.Response(200, headers=[("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "other=2")])

    way = sender(vendor(), play)
    for _ in range(2):
        assert "session=1" in get(way).response_headers["set-cookie"]
    assert sent == [None, None]


def test_a_location_that_is_no_url_is_an_answer() -> None:
    way = sender(vendor(), lambda request: httpx.Response(302, headers={"Location": "http://[::1/\x1b"}))
    assert get(way).status == 302
