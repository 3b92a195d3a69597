"""Requests that ask for another protocol are answered as if they did not: RFC 9110, section 7.8."""

from __future__ import annotations

import logging
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.raw_sockets import BODY, is_over, is_quiet, request, response
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol

SETTINGS = "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"
UPGRADES = {
    "h2c, as Java's HttpClient": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", SETTINGS),
    "TLS, as Apache HttpClient 5": ("Upgrade: TLS/1.2", "Connection: Upgrade"),
    "websocket": ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    "several protocols": ("Connection: keep-alive, Upgrade", "Upgrade: h2c, TLS/1.3, websocket"),
    "several Connection headers": ("Connection: HTTP2-Settings", "Connection: upgrade", "Upgrade: h2c", SETTINGS),
    "several Upgrade headers": ("Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket"),
    "any case": ("CONNECTION: UPGRADE", "uPGRADE: H2C"),
}


def chunked_request(path: str, *pieces: bytes, headers: tuple[str, ...] = ()) -> bytes:
    lines = [f"POST /{path} HTTP/1.1", "Host: here", "Transfer-Encoding: chunked", *headers, "", ""]
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return "\r\n".join(lines).encode() + chunks + b"0\r\n\r\n"


@pytest.mark.parametrize("headers", UPGRADES.values(), ids=UPGRADES)
@pytest.mark.parametrize("body", [b"", b"hello", BODY], ids=["none", "small", "large"])
def test_an_upgrade_is_ignored_and_the_body_is_received(
    line: socket.socket, headers: tuple[str, ...], body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            line.sendall(request("whole", body, *headers))
            assert response(line)[1] == b"POST /whole " + body
    assert [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")] == []


@pytest.mark.parametrize("headers", UPGRADES.values(), ids=UPGRADES)
def test_a_chunked_body_is_received(line: socket.socket, headers: tuple[str, ...]) -> None:
    line.sendall(chunked_request("whole", b"one, ", b"two", headers=headers))
    assert response(line)[1] == b"POST /whole one, two"


@pytest.mark.parametrize("headers", UPGRADES.values(), ids=UPGRADES)
@pytest.mark.parametrize("framed", ["by length", "by chunks"])
def test_it_may_arrive_byte_by_byte(line: socket.socket, headers: tuple[str, ...], framed: str) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    by_length = framed == "by length"
    sent = (
        request("whole", b"hello", *headers) if by_length else chunked_request("whole", b"hel", b"lo", headers=headers)
    )
    for byte in sent:
        line.sendall(bytes([byte]))
    assert response(line)[1] == b"POST /whole hello"


def test_pipelined_requests_with_and_without_an_upgrade_are_answered_in_order(line: socket.socket) -> None:
    upgrade = UPGRADES["h2c, as Java's HttpClient"]
    line.sendall(
        request("late-whole", b"1", *upgrade)
        + chunked_request("streamed", b"2", headers=upgrade)
        + request("whole", b"3")
        + request("whole", b"", *upgrade, method="GET")
        + request("whole", b"5", *upgrade)
    )
    bodies = [response(line)[1] for _ in range(5)]
    assert bodies == [b"POST /late-whole 1", b"POST /streamed 2", b"POST /whole 3", b"GET /whole ", b"POST /whole 5"]
    assert is_quiet(line)


def test_a_client_that_waits_for_100_continue_gets_it(line: socket.socket) -> None:
    sent = request("whole", b"hello", "Expect: 100-continue", *UPGRADES["websocket"])
    head, body = sent[:-5], sent[-5:]
    line.sendall(head)
    assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    line.sendall(body)
    assert response(line)[1] == b"POST /whole hello"


def test_a_connection_that_is_to_be_closed_is_closed(line: socket.socket) -> None:
    line.sendall(request("whole", b"hello", "Connection: close, Upgrade", "Upgrade: h2c"))
    head, body = response(line)
    assert (b"connection: close" in head, body, is_over(line)) == (True, b"POST /whole hello", True)


def test_what_is_no_http_after_the_head_is_refused(line: socket.socket) -> None:
    line.sendall(request("whole", b"", *UPGRADES["websocket"], method="GET") + b"\x81\x05hello")
    assert response(line)[1] == b"GET /whole "
    assert b"Invalid HTTP request" in response(line)[1]
    assert is_over(line)


def test_http_2_with_prior_knowledge_is_refused_with_a_reason(line: socket.socket) -> None:
    line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    head, body = response(line)
    assert (head[:12], is_over(line)) == (b"HTTP/1.1 400", True)
    assert b"HTTP/2" in body
    assert b"HTTP/1.1" in body


JAVA = """
import java.net.URI;
import java.net.http.*;

class Post {
    public static void main(String[] arguments) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 3; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0]))
                .POST(HttpRequest.BodyPublishers.ofString("hello " + i)).build();
            System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }
}
"""


@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK on this machine")
def test_javas_own_http_client_can_write(address: tuple[str, int], tmp_path: Path) -> None:
    program = tmp_path / "Post.java"
    program.write_text(JAVA)
    url = "http://{}:{}/whole".format(*address)
    completed = subprocess.run(["java", program, url], capture_output=True, text=True, timeout=120, check=True)
    assert completed.stdout.splitlines() == [f"POST /whole hello {number}" for number in range(3)]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_curl_may_ask_for_http_2(address: tuple[str, int]) -> None:
    url = "http://{}:{}/whole".format(*address)
    completed = subprocess.run(
        ["curl", "-s", "--noproxy", "*", "--http2", "-d", "hello", url], capture_output=True, timeout=60, check=True
    )
    assert completed.stdout == b"POST /whole hello"
