"""The transport on a scripted network: bytes after the end of a response, connections that are used again, errors."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import Any

import httpcore
import httpx
import pytest
from httpcore._sync import http11

from pii_sandbox.conformance.http import transport
from pii_sandbox.conformance.http.connection import new_client
from pii_sandbox.conformance.http.response_reader import ReadResponse, read_response
from pii_sandbox.conformance.http.transport import GuardedTransport
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from pii_sandbox.conformance.target.local_sandbox import local_sandbox
from tests.conformance.http.scripted_network import Arrival, ScriptedNetwork, install_network
from tests.conformance.stub_transport import vendor

URL = "http://a.example/"
BOUNDS = AnswerBounds()


def head(status: int, *headers: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\n" % status + b"".join(header + b"\r\n" for header in headers) + b"\r\n"


EMPTY = b"Content-Length: 0"


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> ScriptedNetwork:
    return install_network(monkeypatch)


def client(guarded_transport: GuardedTransport | None = None) -> httpx.Client:
    return httpx.Client(transport=guarded_transport or GuardedTransport(None, None, 0.0), timeout=10)


def read(http_client: httpx.Client, method: str = "GET") -> ReadResponse:
    return read_response(http_client, http_client.build_request(method, URL), BOUNDS, 10)


@pytest.mark.parametrize(
    ("method", "status", "headers", "surplus"),
    [
        ("GET", 204, (), 4),
        ("GET", 304, (), 4),
        ("HEAD", 200, (b"Content-Length: 4",), 4),
        # these have a body, of which the length says that nothing follows: it is not asked for
        ("GET", 200, (EMPTY,), 0),
        ("GET", 203, (EMPTY,), 0),
        ("GET", 205, (EMPTY,), 0),
        ("GET", 303, (EMPTY,), 0),
        ("GET", 305, (EMPTY,), 0),
    ],
)
def test_a_body_in_a_packet_of_its_own_where_none_may_be_is_surplus(
    network: ScriptedNetwork, method: str, status: int, headers: tuple[bytes, ...], surplus: int
) -> None:
    network.connections = [[[(0, head(status, *headers)), (0, b"late")]], [[(0, head(200, EMPTY))]]]
    with client() as http_client:
        first, second = read(http_client, method), read(http_client)
    assert (first.status, first.surplus, first.body) == (status, surplus, b"")
    assert (second.status, second.surplus) == (200, 0)
    assert [stream.requests for stream in network.streams] == [1, 1]  # in no case on the same connection
    assert network.clock.slept == []


@pytest.mark.parametrize("status", [200, 203, 205, 303, 404])
def test_a_connection_is_used_again_after_a_response_that_nothing_follows(
    network: ScriptedNetwork, status: int
) -> None:
    network.connections = [[[(0, head(status, EMPTY))]] * 2]
    with client(GuardedTransport(None, None, 0.06)) as http_client:
        assert [read(http_client).status for _ in range(2)] == [status, status]
        (stream,) = network.streams
        assert (stream.requests, len(stream.timeouts)) == (2, 2)  # nothing was read beyond the responses
        assert not stream.is_closed
    assert stream.is_closed
    assert network.clock.slept == []


def test_the_connection_of_a_204_is_closed_at_once(network: ScriptedNetwork) -> None:
    network.connections = [[[(0, head(204))]]]
    with client() as http_client:
        assert read(http_client, "DELETE").surplus == 0
        assert network.streams[0].is_closed


def test_surplus_in_the_packet_of_the_head_is_not_read_on(network: ScriptedNetwork) -> None:
    network.connections = [[[(0, head(304) + b"more"), (0, b"and more")]]]
    with client() as http_client:
        assert read(http_client).surplus == 4
    assert network.streams[0].is_closed


@pytest.mark.parametrize(("after", "surplus"), [(0.0, 4), (0.03, 4), (0.3, 0), (None, 0)])
def test_a_client_of_a_vendor_waits_a_moment_for_the_body_that_a_204_must_not_have(
    network: ScriptedNetwork, after: float | None, surplus: int
) -> None:
    """Longer than the 40 ms for which TCP may hold a packet back, not so long that a run would notice."""
    late: list[Arrival] = [] if after is None else [(after, b"late")]
    network.connections = [[[(0, head(204)), *late]]]
    with new_client(replace(vendor(), urls={"vtex": URL})) as http_client:
        assert read(http_client, "DELETE").surplus == surplus
    waited = sum(network.clock.slept)
    assert (0.045 if surplus == 0 else 0) <= waited < 0.2


def test_a_client_of_a_sandbox_of_ours_waits_for_no_late_body(network: ScriptedNetwork) -> None:
    network.connections = [[[(0, head(204)), (0.03, b"late")]]]
    with new_client(local_sandbox(URL)) as http_client:
        assert read(http_client, "DELETE").surplus == 0
    assert network.clock.slept == []


@pytest.mark.parametrize("status", [204, 304])
def test_bytes_of_tls_that_are_no_data_do_not_hold_up_a_response(network: ScriptedNetwork, status: int) -> None:
    """Such as a session ticket: the connection is readable, and a read gives nothing."""
    network.connections = [[[(0, head(status))]]]
    network.has_tickets = True
    with client() as http_client:
        assert (response := read(http_client)).status == status
        assert response.surplus == 0
    assert network.clock.at < 1001


def test_an_idle_connection_is_used_again_for_two_seconds(
    network: ScriptedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers close theirs after five and more, and a request must not meet that."""
    monkeypatch.setattr(http11, "time", network.clock)
    network.connections = [[[(0, head(200, EMPTY))]] * 2, [[(0, head(200, EMPTY))]]]
    with client() as http_client:
        for idle_seconds in (0, 1.5, 2.5):
            network.clock.at += idle_seconds
            assert read(http_client).status == 200
    assert [stream.requests for stream in network.streams] == [2, 1]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (httpcore.ConnectTimeout, "ConnectTimeout"),
        (httpcore.ConnectError, "ConnectError"),
        (httpcore.ReadError, "ReadError"),
        (httpcore.RemoteProtocolError, "RemoteProtocolError"),
        (httpcore.ProxyError, "ProxyError"),
        (httpcore.UnsupportedProtocol, "UnsupportedProtocol"),
    ],
)
def test_errors_of_the_network_are_httpx_errors_of_the_same_name(
    network: ScriptedNetwork, monkeypatch: pytest.MonkeyPatch, error: type[Exception], name: str
) -> None:
    def connect(*_: Any, **__: Any) -> httpcore.NetworkStream:
        raise error("why")

    monkeypatch.setattr(network, "connect_tcp", connect)
    with client() as http_client, pytest.raises(getattr(httpx, name), match="why") as caught:
        read(http_client)
    assert isinstance(caught.value.__cause__, error)


def test_a_body_that_breaks_off_is_an_error_of_httpx_too(network: ScriptedNetwork) -> None:
    network.connections = [[[(0, head(200, b"Content-Length: 9") + b"half"), (0, b"")]]]
    with client() as http_client, pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        read(http_client)
    assert network.streams[0].is_closed


@pytest.mark.parametrize(
    "answer",
    [head(200, *[b"X-%d: 1" % number for number in range(2_000)]), head(200, b"Content-Length: 99999999") + b"x" * 9],
    ids=["too many headers", "unread"],
)
def test_a_response_that_is_not_read_to_its_end_ends_its_connection(network: ScriptedNetwork, answer: bytes) -> None:
    network.connections = [[[(0, answer), (0, b"x" * 5_000)]]]
    small = replace(BOUNDS, wire_bytes=4_000) if b"99999999" in answer else BOUNDS
    with client() as http_client:
        read_response(http_client, http_client.build_request("GET", URL), small, 10)
        assert network.streams[0].is_closed


def test_the_response_of_another_transport_has_no_surplus() -> None:
    assert transport.surplus(httpx.Response(200, content=b"{}")) == b""


@pytest.mark.parametrize(("scheme", "is_tls"), [("http", False), ("https", True)])
def test_a_request_goes_through_the_proxy_that_is_named(network: ScriptedNetwork, scheme: str, is_tls: bool) -> None:
    """A proxy with an https URL is spoken to over TLS, with the trust of the target."""
    network.connections = [[[(0, head(200, EMPTY))]]]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with client(GuardedTransport(context, f"{scheme}://user:word@proxy.example:3128", 0.0)) as http_client:
        assert read(http_client).status == 200
        (stream,) = network.streams
        assert stream.sent.startswith(b"GET http://a.example/ HTTP/1.1\r\n")
        assert b"\r\nProxy-Authorization: Basic dXNlcjp3b3Jk\r\n" in stream.sent
        assert stream.tls == ([(context, "proxy.example")] if is_tls else [])


def test_a_proxy_that_speaks_no_http_is_refused() -> None:
    with pytest.raises(ValueError, match="a proxy must be an http or https URL, not socks5"):
        GuardedTransport(None, "socks5://127.0.0.1:1080", 0.0)
