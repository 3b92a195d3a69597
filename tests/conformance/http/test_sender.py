"""The one place that sends: hosts, redirects, pace, Retry-After, cookies."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from pii_sandbox.conformance.http.connection import new_client
from pii_sandbox.conformance.http.rate_limit import LONGEST_WAIT_SECONDS, RateLimiter, retry_after_seconds
from pii_sandbox.conformance.http.transport import GuardedTransport
from pii_sandbox.conformance.target.model import Limits
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.request import Request
from tests.conformance.http.calls import get, post
from tests.conformance.stub_transport import BASE, Time, json, stub_sender, vendor


def test_an_exchange_holds_what_was_sent_and_what_came_back() -> None:
    sender = stub_sender(vendor(headers={"X-Run": "7"}), lambda request: httpx.Response(201, content=b"made"))
    sent = sender.send(Request("vtex", "CreateClientProfile", "POST", f"{BASE}/a", {"A": "b"}, b"{}", "create"))
    assert (sent.status, sent.response_body, sent.request_body) == (201, b"made", b"{}")
    assert sent.request_headers == {"X-Run": "7", "A": "b"}
    assert sent.sent_at is not None


@pytest.mark.parametrize(
    "base", ["https://other.example.com", "https://shop.example.com:444", "https://shop.example.com.evil.test"]
)
def test_a_host_that_is_not_named_is_never_called(base: str) -> None:
    def fail_if_called(request: httpx.Request) -> httpx.Response:
        raise AssertionError("this was sent")

    with pytest.raises(CannotCheck, match="not named by the target"):
        get(stub_sender(vendor(), fail_if_called), base=base)


def test_a_redirect_to_another_host_is_not_followed_and_told() -> None:
    called: list[str] = []

    def play(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://login.example.org/"})

    with pytest.raises(CannotCheck, match=r"login.example.org .* a redirect leads"):
        get(stub_sender(vendor(), play))
    assert called == ["shop.example.com"]


def test_a_redirect_on_the_same_host_is_an_answer_and_not_followed() -> None:
    sender = stub_sender(vendor(), lambda request: httpx.Response(301, headers={"Location": "/b"}))
    assert get(sender).status == 301
    assert sender.budget.requests == 1


def test_a_host_that_does_not_answer_is_no_finding() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    time = Time()
    exchange = get(stub_sender(vendor(), play, time))
    assert (exchange.status, exchange.answer_class, exchange.attempts) == (None, "network", 4)
    assert str(exchange.error).startswith("shop.example.com")
    assert [round(slept, 1) for slept in time.slept] == [pytest.approx(wait, rel=0.3) for wait in (0.5, 1, 2)]


def test_a_connection_that_ends_without_an_answer_is_an_exchange_without_status() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("closed")

    exchange = get(stub_sender(vendor(), play))
    assert (exchange.status, exchange.answer_class) == (None, "network")
    assert exchange.error == "shop.example.com gave no complete response: it sent something that is not HTTP"


def test_requests_keep_their_pace() -> None:
    time = Time()
    sender = stub_sender(vendor(limits=Limits(requests_per_second=4)), lambda request: json(200), time)
    for _ in range(5):
        get(sender)
    assert time.at == 1001.0
    assert time.slept == [0.25] * 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_target_that_says_when_to_come_back_is_obeyed_and_asked_again(status: int) -> None:
    time, responses = Time(), iter([json(status, Retry_After="30"), json(200)])
    sender = stub_sender(vendor(), lambda request: next(responses), time)
    assert get(sender).status == 200
    assert time.slept == [30]
    assert sender.budget.requests == 2


def test_no_request_is_sent_while_the_target_asks_to_wait() -> None:
    time, responses = Time(), iter([json(429, Retry_After="30"), json(200), json(200)])
    sender = stub_sender(vendor(), lambda request: next(responses), time)
    assert get(sender, expected=(429,)).status == 429
    assert get(sender).status == 200
    assert time.slept == [30]


def test_a_refusal_without_a_time_is_waited_for_too() -> None:
    time, responses = Time(), iter([json(429), json(200)])
    assert get(stub_sender(vendor(), lambda request: next(responses), time)).status == 200
    assert len(time.slept) == 1


def test_an_expected_refusal_is_given_back_at_once() -> None:
    time = Time()
    sender = stub_sender(vendor(), lambda request: json(429, Retry_After="30"), time)
    assert get(sender, expected=(429,)).status == 429
    assert time.slept == []


def test_a_target_that_goes_on_refusing_is_no_finding() -> None:
    sender = stub_sender(vendor(), lambda request: json(429, Retry_After="1"))
    assert get(sender).answer_class == "throttled"
    assert sender.budget.requests == 4


def test_a_wait_that_is_too_long_ends_everything_that_follows() -> None:
    time, called = Time(), []

    def play(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return json(429, Retry_After="86400")

    sender = stub_sender(vendor(), play, time)
    assert get(sender).answer_class == "throttled"
    for _ in range(2):
        with pytest.raises(CannotCheck, match="asks for a wait"):
            get(sender)
    assert len(called) == 1
    assert sum(time.slept) < LONGEST_WAIT_SECONDS


def test_a_write_that_may_have_been_done_is_not_sent_again() -> None:
    sender = stub_sender(vendor("write"), lambda request: json(503, Retry_After="1"))
    assert post(sender).status == 503
    assert sender.budget.requests == 1


def test_a_refused_write_is_one_write_however_often_it_is_sent() -> None:
    responses = iter([json(429), json(429), json(201)])
    sender = stub_sender(vendor("write"), lambda request: next(responses))
    assert post(sender).status == 201
    assert (sender.budget.requests, sender.budget.writes) == (3, 1)


def test_a_sandbox_of_ours_is_not_waited_for() -> None:
    time = Time()
    sandbox_target = vendor("control", limits=Limits())
    sender = stub_sender(
        type(sandbox_target)(
            sandbox_target.name, sandbox_target.urls, sandbox_target.credentials, sandbox_target.powers, control=BASE
        ),
        lambda request: json(429),
        time,
    )
    assert get(sender).status == 429
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


def test_turns_are_handed_out_one_after_the_other() -> None:
    time = Time()
    pace = RateLimiter(2, time.now)
    assert [pace.due_in() for _ in range(3)] == [0, 0.5, 1.0]


def test_a_client_verifies_and_asks_neither_the_environment_nor_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    with new_client(vendor()) as new:
        assert new.follow_redirects is False
        assert new.trust_env is False
        pool = new._transport
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
    get(stub_sender(target, play), base=f"https://{host}")
    assert seen == [sent]


def test_a_cookie_of_one_call_does_not_go_with_the_next() -> None:
    sent: list[str | None] = []

    def play(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("Cookie"))
        return httpx.Response(200, headers=[("Set-Cookie", "session=1; Path=/"), ("Set-Cookie", "other=2")])

    sender = stub_sender(vendor(), play)
    for _ in range(2):
        assert "session=1" in get(sender).response_headers["set-cookie"]
    assert sent == [None, None]


def test_a_location_that_is_no_url_is_an_answer() -> None:
    sender = stub_sender(vendor(), lambda request: httpx.Response(302, headers={"Location": "http://[::1/\x1b"}))
    assert get(sender).status == 302
