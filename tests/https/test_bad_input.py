"""What is no TLS on the HTTPS port, and TLS where it does not belong: clear, quick, and without a traceback."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import cast

import pytest
import uvloop

from pii_sandbox.server.tls import TlsContexts, TlsOptions
from pii_sandbox.server.tls_gate import TlsGate
from tests.https.raw import Raw, TlsOverBytes
from tests.https.servers import HttpsSandbox, serve_https
from tests.https.test_serve_tls import HEALTH, assert_logged, trust
from tests.server_process import about_own_protocol

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
HANDSHAKE_SECONDS = 0.3


def test_plain_http_on_the_https_port_is_reported_to_use_https(https_server: HttpsSandbox) -> None:
    with Raw(https_server.port) as raw:
        raw.send(f"GET {HEALTH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = raw.rest()
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"write https:// in the URL" in received


@about_own_protocol
def test_tls_on_the_http_port_is_refused_and_logged(https_server: HttpsSandbox) -> None:
    with (
        socket.create_connection(("127.0.0.1", https_server.http_port), timeout=10) as raw,
        pytest.raises(ssl.SSLError, match=r"(?i)wrong.version.number|record layer failure"),
    ):
        trust(https_server).wrap_socket(raw, server_hostname="localhost")
    assert_logged(https_server, "A client speaks TLS to the port of plain HTTP: serve --tls opens another port")


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02garbage",
        b"\x16\x03\x01\x00\x05hello",
        b"\x16" * 400,
        b"\x16\x03\x01\xff\xff" + b"\x01" * 70000,
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"\x80\x2e\x01\x00\x02",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_garbage_on_the_https_port_ends_the_connection(https_server: HttpsSandbox, data: bytes) -> None:
    with Raw(https_server.port) as raw:
        raw.send(data)
        raw.rest()
    assert "Traceback" not in https_server.log.read_text()


def test_garbage_inside_tls_is_a_bad_request(https_server: HttpsSandbox) -> None:
    tls = TlsOverBytes(trust(https_server), "localhost")
    with Raw(https_server.port) as raw:
        raw.send(tls.hello())
        assert tls.exchange(raw, b"\x00\x01\x02\r\n\r\n").startswith(b"HTTP/1.1 400 ")


class UppercaseProtocol(asyncio.Protocol):
    """Answers in capitals."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data.upper())


@contextmanager
def gate(
    new_loop: Callable[[], asyncio.AbstractEventLoop], options: TlsOptions, problems: list[str]
) -> Iterator[tuple[int, set[object]]]:
    """The port of a gate, and its open connections. `problems`: what the loop was told of."""
    connections: set[object] = set()
    listening = socket.create_server(("127.0.0.1", 0))
    loop = new_loop()
    loop.set_exception_handler(lambda _, context: problems.append(str(context)))
    contexts = TlsContexts(options)

    async def run() -> None:
        server = await loop.create_server(lambda: TlsGate(contexts, UppercaseProtocol, connections), sock=listening)
        await stop.wait()
        server.close()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        yield listening.getsockname()[1], connections
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def options(state: Path, monkeypatch: pytest.MonkeyPatch) -> TlsOptions:
    monkeypatch.setenv("PII_SANDBOX_STATE_DIR", str(state))
    return TlsOptions(("localhost",), handshake_seconds=HANDSHAKE_SECONDS)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"])
def test_half_a_handshake_is_waited_for_a_short_time_only(options: TlsOptions, loop: str, sent: bytes) -> None:
    problems: list[str] = []
    with gate(LOOPS[loop], options, problems) as (port, connections), Raw(port) as raw:
        raw.send(sent)
        assert raw.rest() == b""
    assert (problems, connections) == ([], set())


@pytest.mark.parametrize("loop", LOOPS)
def test_a_client_that_leaves_in_the_middle_of_its_handshake_is_no_fault(options: TlsOptions, loop: str) -> None:
    problems: list[str] = []
    with gate(LOOPS[loop], options, problems) as (port, connections):
        hello = TlsOverBytes(ssl.create_default_context(), "localhost").hello()
        for sent in (hello[:10], hello):
            with Raw(port) as raw:
                raw.send(sent)
        with Raw(port) as last:  # what was before has been dealt with
            last.rest()
    assert (problems, connections) == ([], set())


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("cut", [1, 5, 100])
def test_a_handshake_in_pieces_and_a_request_with_its_last_message(
    options: TlsOptions, state: Path, loop: str, cut: int
) -> None:
    context = ssl.create_default_context(cafile=state / "ca" / "ca.pem")
    tls, problems = TlsOverBytes(context, "localhost"), list[str]()
    with gate(LOOPS[loop], options, problems) as (port, _), Raw(port) as raw:
        raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hello = tls.hello()
        raw.send(hello[:cut])
        raw.send(hello[cut:])
        assert tls.exchange(raw, b"hello") == b"HELLO"
    assert problems == []


def test_a_context_is_made_again_before_its_certificate_ends(options: TlsOptions) -> None:
    now = [0.0]
    contexts = TlsContexts(options, clock=lambda: now[0])
    first = contexts.current()
    now[0] += 29 * 24 * 3600
    assert contexts.current() is first
    now[0] += 2 * 24 * 3600
    assert contexts.current() is not first


def test_an_authority_that_is_gone_ends_the_connection_and_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PII_SANDBOX_STATE_DIR", str(tmp_path / "file"))
    problems: list[str] = []
    with gate(asyncio.new_event_loop, TlsOptions(("localhost",)), problems) as (port, _), Raw(port) as raw:
        raw.send(TlsOverBytes(ssl.create_default_context(), "localhost").hello())
        assert raw.rest() == b""
    assert problems == []
    assert "the certificate authority cannot be kept" in caplog.text


@about_own_protocol
def test_the_https_port_accepts_no_more_connections_than_the_limit(tmp_path: Path) -> None:
    with serve_https(tmp_path, "--max-connections", "2") as server, ExitStack() as opened:
        first, second, third = (
            opened.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), 10))) for _ in range(3)
        )
        with suppress(ConnectionResetError):
            assert third.recv(1) == b""
        for line in (first, second):
            with trust(server).wrap_socket(line, server_hostname="localhost") as encrypted:
                encrypted.sendall(f"GET {HEALTH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                assert encrypted.recv(100).startswith(b"HTTP/1.1 200 ")
