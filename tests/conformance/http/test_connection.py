"""One request and its answer: what is on the wire, which client is used, and how a call without an answer is told."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.connection import TargetConnections, new_client, redirect_host
from pii_sandbox.conformance.http.network_stream import Oversize
from pii_sandbox.conformance.http.transport import LATE_BODY_SECONDS, GuardedTransport
from pii_sandbox.conformance.target.model import Target
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.request import Request
from tests.conformance.test_tls import server_context, tls_server
from tests.raw_server import serve_connections

URL = "https://shop.example.com/a/b"


@pytest.mark.parametrize(
    ("headers", "framing", "sent"),
    [
        ({}, b"content-length: 4", b"\r\n\r\nbody"),
        ({"Transfer-Encoding": "chunked"}, b"transfer-encoding: chunked", b"\r\n\r\n4\r\nbody\r\n0\r\n\r\n"),
    ],
)
def test_a_body_has_a_length_or_is_sent_in_chunks(headers: dict[str, str], framing: bytes, sent: bytes) -> None:
    received = bytearray()

    def answer(connection: socket.socket) -> None:
        while not received.endswith(sent):
            received.extend(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with serve_connections(answer) as url:
        connections = TargetConnections(Target("vendor", urls={"vtex": url}, credentials={}))
        exchange = connections.exchange(Request("vtex", None, "POST", url, body=b"body"), headers, 10)
        connections.close()
    assert exchange.status == 204
    assert [line for line in bytes(received).lower().split(b"\r\n") if b"length" in line or b"transfer" in line] == [
        framing
    ]


@pytest.mark.parametrize(
    ("status", "headers", "host"),
    [
        *((status, {"Location": "/c"}, "shop.example.com") for status in (301, 302, 303, 307, 308)),
        *((status, {"Location": "/c"}, None) for status in (200, 201, 300, 304, 305, 306, 309, 400)),
        (302, {"content-type": "text/html", "location": "https://login.example.org:8443/c"}, "login.example.org:8443"),
        (302, {"Location": "//login.example.org"}, "login.example.org"),
        (302, {"Location": "http://[::1/c"}, "shop.example.com"),
        (302, {"Content-Type": "text/html"}, None),
        (302, {"Location": ""}, None),
        (None, {}, None),
    ],
)
def test_the_host_of_a_redirect_is_found(status: int | None, headers: dict[str, str], host: str | None) -> None:
    assert redirect_host(Exchange("vtex", None, "GET", URL, {}, b"", status, headers)) == host


def context_of(target: Target) -> ssl.SSLContext | None:
    with new_client(target) as client:
        transport = client._transport
        assert isinstance(transport, GuardedTransport)
        context: ssl.SSLContext | None = transport._pool._ssl_context
        return context


@pytest.mark.parametrize(
    ("urls", "proxy", "uses_tls"),
    [
        (["http://a.test"], None, False),
        (["http://a.test", "http://b.test"], "http://proxy.test", False),
        (["http://a.test", "https://b.test"], None, True),
        (["https://a.test"], "http://proxy.test", True),
        (["http://a.test"], "https://proxy.test", True),
    ],
)
def test_certificates_are_loaded_where_a_url_asks_for_tls(urls: list[str], proxy: str | None, uses_tls: bool) -> None:
    target = Target("vendor", dict(zip(("vtex", "newstore"), urls, strict=False)), {}, proxy=proxy)
    assert (context_of(target) is not None) is uses_tls


def test_the_environment_names_no_authorities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
    context = context_of(Target("vendor", {"vtex": URL}, {}))
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def status(target: Target) -> int | None:
    with closing(TargetConnections(target)) as connections:
        return connections.exchange(Request("vtex", None, "GET", target.urls["vtex"]), {}, 10).status


def test_verification_can_be_switched_off_and_an_authority_named(certificates: Path) -> None:
    with tls_server(server_context(certificates)) as (port, _):
        target = Target("vendor", {"vtex": f"https://127.0.0.1:{port}/a"}, {})
        elsewhere = replace(target, urls={"vtex": f"https://localhost:{port}/a"})
        known = {"verify": str(certificates / "ca.pem")}
        seen = [status(target), status(replace(target, verify=False)), status(replace(target, **known))]  # type: ignore[arg-type]
        assert seen == [None, 200, 200]
        seen = [status(replace(elsewhere, verify=False)), status(replace(elsewhere, **known))]  # type: ignore[arg-type]
        assert seen == [200, None]


def test_a_client_certificate_may_be_in_one_file_with_its_key_or_in_two(certificates: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes((certificates / "client.pem").read_bytes() + (certificates / "client.key").read_bytes())
    one: tuple[Any, ...] = (str(both), (str(certificates / "client.pem"), str(certificates / "client.key")), None)
    with tls_server(server_context(certificates, asks_for_one=True)) as (port, _):
        target = Target("vendor", {"vtex": f"https://127.0.0.1:{port}/a"}, {}, verify=str(certificates / "ca.pem"))
        seen = [status(replace(target, client_certificate=certificate)) for certificate in one]
    assert seen == [200, 200, None]


@pytest.mark.parametrize(("powers", "seconds"), [(frozenset(), LATE_BODY_SECONDS), (frozenset({"control"}), 0.0)])
def test_a_late_body_is_awaited_of_others_than_our_sandbox(powers: frozenset[str], seconds: float) -> None:
    control = "http://a.test" if powers else None
    with new_client(Target("target", {"vtex": "http://a.test"}, {}, powers=powers, control=control)) as client:
        transport = client._transport
        assert isinstance(transport, GuardedTransport)
        assert transport._late_body_seconds == seconds


def exchange_of(play: Callable[[httpx.Request], httpx.Response], **more: Any) -> Exchange:
    target = Target("vendor", {"vtex": URL}, {}, **more)
    with closing(TargetConnections(target, lambda _: httpx.Client(transport=httpx.MockTransport(play)))) as connections:
        return connections.exchange(Request("vtex", "GetProfile", "GET", URL), {"A": "b"}, 7)


@pytest.mark.parametrize(
    ("error", "was_sent", "text", "oversize"),
    [
        (httpx.ConnectError("x"), False, "shop.example.com cannot be reached: the connection failed", None),
        (httpx.ConnectTimeout("x"), False, "shop.example.com cannot be reached: no connection within", None),
        (httpx.ProxyError("502 x"), False, "shop.example.com cannot be reached through the proxy: it answered", None),
        (httpx.UnsupportedProtocol("x"), False, "shop.example.com cannot be reached: the connection failed", None),
        (httpx.PoolTimeout("x"), False, "shop.example.com cannot be reached: no response within", None),
        (httpx.ReadError("x"), True, "shop.example.com gave no complete response: the connection failed", None),
        (httpx.ReadTimeout("x"), True, "shop.example.com gave no complete response: no response within", None),
        (httpx.ReadTimeout("the response did not end within 7 s"), True, "the response did not end within 7 s", None),
        (httpx.DecodingError("x"), True, "shop.example.com gave no complete response: its response could not", None),
        (Oversize("is over 1 MB long"), True, "is over 1 MB long", "is over 1 MB long"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_call_without_an_answer_says_why_and_whether_it_was_sent(
    error: Exception, was_sent: bool, text: str, oversize: str | None
) -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise error

    exchange = exchange_of(play)
    assert (exchange.status, exchange.oversize, exchange.is_unsent) == (None, oversize, not was_sent)
    assert str(exchange.error).startswith(text)
    assert (exchange.method, exchange.url, exchange.request_headers) == ("GET", URL, {"A": "b"})
    assert 0 <= exchange.elapsed_seconds < 60


def test_a_failure_through_a_proxy_names_it() -> None:
    def play(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x")

    exchange = exchange_of(play, proxy="http://proxy.example.com:3128")
    assert str(exchange.error).startswith("shop.example.com cannot be reached through the proxy proxy.example.com:3128")


def test_an_exchange_says_when_it_was_sent_and_how_long_it_took() -> None:
    before = datetime.now(UTC)
    exchange = exchange_of(lambda request: httpx.Response(200, content=b"[]", headers={"X-A": "1"}))
    assert exchange.sent_at is not None
    assert before <= exchange.sent_at <= datetime.now(UTC)
    assert 0 <= exchange.elapsed_seconds < 60
    assert (exchange.status, exchange.response_body, exchange.response_headers["x-a"]) == (200, b"[]", "1")


def test_a_call_without_a_body_announces_none() -> None:
    seen: list[httpx.Request] = []

    def play(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    exchange_of(play)
    assert not {"content-length", "transfer-encoding"} & set(seen[0].headers)
    assert seen[0].read() == b""


def test_a_client_is_closed_with_the_connections_of_its_target() -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    connections = TargetConnections(Target("vendor", {"vtex": URL}, {}), lambda _: client)
    assert not client.is_closed
    connections.close()
    assert client.is_closed
