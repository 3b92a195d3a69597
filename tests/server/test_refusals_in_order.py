"""Refusals behind requests that are not answered yet, and within the body of one, over raw sockets."""

from __future__ import annotations

import socket

import pytest

from tests.raw_sockets import is_over, is_quiet, read, request, response
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol

LATE = request("late-whole", b"first")
CHUNKED = b"POST /%b HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
REFUSED = {
    "no HTTP": (b"no request\r\n\r\n", 400),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a long path": (b"GET /" + b"p" * 9000, 414),
    "many header fields": (request("whole", b"", *[f"X-{number}: v" for number in range(100)]), 431),
    "a broken body": (CHUNKED % b"whole" + b"no chunk\r\n", 400),
    "CONNECT": (b"CONNECT shop.example.com:443 HTTP/1.1\r\nHost: shop.example.com\r\n\r\n", 400),
}


@pytest.mark.parametrize(("refused", "status"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("waiting", [1, 3])
def test_a_refusal_is_sent_after_the_incomplete_responses(
    line: socket.socket, refused: bytes, status: int, waiting: int
) -> None:
    line.sendall(LATE * waiting + refused)
    for _ in range(waiting):
        assert response(line)[1] == b"POST /late-whole first"
    assert response(line)[0].startswith(b"HTTP/1.1 %d " % status)
    assert is_over(line)


def test_a_response_that_came_before_the_end_of_its_body_is_the_only_one(line: socket.socket) -> None:
    line.sendall(CHUNKED % b"unread" + b"5\r\nhello\r\n")
    assert response(line)[1] == b"POST /unread "
    line.sendall(b"no chunk\r\n")
    assert is_over(line)


@pytest.mark.parametrize("target", ["/whole", "http://here/whole", "*", "here"])
def test_connect_with_an_invalid_target_gets_a_response(line: socket.socket, target: str) -> None:
    line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    assert response(line)[0].startswith(b"HTTP/1.1 501 ")
    assert is_over(line)


def test_connect_is_answered_behind_a_request_with_an_upgrade(line: socket.socket) -> None:
    upgrade = request("whole", b"hello", "Connection: Upgrade", "Upgrade: h2c")
    line.sendall(upgrade + b"CONNECT here:443 HTTP/1.1\r\nHost: here\r\n\r\n")
    assert response(line)[1] == b"POST /whole hello"
    assert response(line)[0].startswith(b"HTTP/1.1 501 ")
    assert is_over(line)


def test_http_1_0_never_gets_100_continue(line: socket.socket) -> None:
    sent = request("whole", b"hello", "Expect: 100-continue").replace(b"HTTP/1.1", b"HTTP/1.0")
    line.sendall(sent[:-5])
    assert is_quiet(line)
    line.sendall(sent[-5:])
    assert response(line)[1] == b"POST /whole hello"


@pytest.mark.parametrize("mode", ["unread", "unread-streamed"])
def test_a_connection_is_closed_if_its_body_was_never_requested(line: socket.socket, mode: str) -> None:
    line.sendall(request(mode, b"hello", "Expect: 100-continue")[:-5])
    head, _ = response(line)
    assert (b"\r\nconnection: close\r\n" in head, is_over(line)) == (True, True)


@pytest.mark.parametrize("target", ["http://here", "http://here?a=b"])
def test_an_absolute_target_without_a_path_is_the_root(line: socket.socket, target: str) -> None:
    line.sendall(f"GET {target} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    assert response(line)[1] == b"GET / "


def test_what_follows_a_refusal_within_a_request_is_not_read_as_another(line: socket.socket) -> None:
    line.sendall(CHUNKED % b"whole" + b"no chunk\r\n" + request("whole", b"hidden"))
    assert response(line)[0].startswith(b"HTTP/1.1 400 ")
    assert read(line, 1) == b""
