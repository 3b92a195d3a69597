"""HTTP/1.1 as a client sees it byte by byte: the server of `serve`, before applications that answer in every way."""

from __future__ import annotations

import socket
from contextlib import closing, suppress

import pytest

from tests.raw_sockets import BODY, LARGE, PATIENCE_SECONDS, is_over, is_quiet, read, request, response
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol


@pytest.mark.parametrize("mode", ["whole", "streamed", "late-whole", "late-streamed", "unread"])
@pytest.mark.parametrize("body", [b"", b"hello", BODY], ids=["none", "small", "large"])
def test_one_connection_serves_one_request_after_another(line: socket.socket, mode: str, body: bytes) -> None:
    for _ in range(3):
        line.sendall(request(mode, body))
        head, response_body = response(line)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert head.count(b"\r\ndate: ") == 1
        assert response_body == b"POST /%b %b" % (mode.encode(), b"" if mode == "unread" else body)


@pytest.mark.parametrize("mode", ["whole", "late-whole", "streamed"])
def test_a_body_may_arrive_late_and_in_pieces(line: socket.socket, mode: str) -> None:
    message = request(mode, b"hello world")
    for start in range(0, len(message), 7):
        line.sendall(message[start : start + 7])
        assert is_quiet(line) or start + 7 >= len(message)
    assert response(line)[1].endswith(b" hello world")


def test_a_chunked_body_is_read(line: socket.socket) -> None:
    line.sendall(
        b"POST /whole HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert response(line)[1] == b"POST /whole abcde"


def test_requests_sent_at_once_are_answered_in_their_order(line: socket.socket) -> None:
    """Whole answers wait to be written while streamed ones are written at once."""
    ways = ["whole", "late-streamed", "whole", "streamed", "late-whole", "whole", "streamed"] * 3
    line.sendall(b"".join(request(mode, b"%d" % place) for place, mode in enumerate(ways)))
    for place, mode in enumerate(ways):
        assert response(line)[1] == b"POST /%b %d" % (mode.encode(), place)
    assert is_quiet(line)


def test_a_thousand_requests_sent_at_once_are_answered(line: socket.socket) -> None:
    line.sendall(request("late-whole") + request("whole", method="GET") * 1000)
    response(line)
    assert {response(line)[1] for _ in range(1000)} == {b"GET /whole "}


def test_head_has_the_length_of_the_body_that_is_not_sent(line: socket.socket) -> None:
    for _ in range(2):
        line.sendall(request("whole", method="HEAD"))
        head, _ = response(line, shown=False)
        assert b"content-length: 12\r\n" in head
    assert is_quiet(line)


@pytest.mark.parametrize("mode", ["whole", "late-whole", "streamed"])
def test_a_client_that_has_closed_its_side_still_gets_its_response(line: socket.socket, mode: str) -> None:
    line.sendall(request(mode, b"last"))
    if not mode.startswith("late"):
        line.shutdown(socket.SHUT_WR)
    assert response(line)[1].endswith(b"last")


@pytest.mark.parametrize("mode", ["whole", "streamed"])
@pytest.mark.parametrize("requested", ["HTTP/1.0", "close"])
def test_a_connection_ends_if_the_client_requests_it(line: socket.socket, mode: str, requested: str) -> None:
    sent = request(mode, b"", *(["Connection: close"] if requested == "close" else []))
    line.sendall(sent.replace(b"HTTP/1.1", b"HTTP/1.0") if requested == "HTTP/1.0" else sent)
    head, _ = response(line)
    assert b"\r\nconnection: close\r\n" in head
    assert is_over(line)


def test_a_client_that_waits_for_100_continue_sends_its_body(line: socket.socket) -> None:
    head, body = request("whole", b"hello", "Expect: 100-continue").split(b"\r\n\r\n")
    line.sendall(request("whole", b"before") + head + b"\r\n\r\n")
    assert response(line)[1].endswith(b"before")
    told = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert read(line, len(told)) == told
    line.sendall(body)
    assert response(line)[1].endswith(b"hello")


def test_an_invalid_request_is_refused_after_the_earlier_responses(line: socket.socket) -> None:
    line.sendall(request("whole", b"good") + b"no request\r\n\r\n")
    assert response(line)[1].endswith(b"good")
    assert response(line)[0].startswith(b"HTTP/1.1 400 ")
    assert is_over(line)


def test_an_application_that_fails_is_a_500(line: socket.socket) -> None:
    line.sendall(request("raises"))
    assert response(line)[0].startswith(b"HTTP/1.1 500 ")


def test_a_connection_can_be_dropped_after_the_responses_before(line: socket.socket) -> None:
    line.sendall(request("whole", b"good") + request("dropped"))
    assert response(line)[1].endswith(b"good")
    with suppress(ConnectionResetError):
        assert is_over(line)


def test_a_slow_reader_gets_all_of_a_large_response(line: socket.socket) -> None:
    line.sendall(request("large") * 3 + request("whole", b"end"))
    for _ in range(3):
        assert len(response(line)[1]) == LARGE
    assert response(line)[1].endswith(b"end")


def test_an_absolute_target_and_its_fragment_are_understood(line: socket.socket) -> None:
    line.sendall(
        b"GET http://here/whole?a=b HTTP/1.1\r\nHost: here\r\n\r\nGET /whole?a#c HTTP/1.1\r\nHost: here\r\n\r\n"
    )
    assert [response(line)[1] for _ in range(2)] == [b"GET /whole "] * 2


def test_a_client_that_disconnects_is_no_error(address: tuple[str, int], caplog: pytest.LogCaptureFixture) -> None:
    for mode in ("late-whole", "late-streamed", "whole"):
        with closing(socket.create_connection(address)) as line:
            line.sendall(request(mode, b"hello")[:-2])
        with closing(socket.create_connection(address)) as line:
            line.sendall(request(mode, b"hello"))
    with closing(socket.create_connection(address, PATIENCE_SECONDS)) as line:
        line.sendall(request("late-whole"))
        response(line)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"speaks HTTP/1.1"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"serve --tls"),
        (b"\x00\x01", b"Invalid HTTP request"),
    ],
    ids=["HTTP/2", "TLS", "anything else"],
)
def test_a_client_of_another_protocol_gets_an_explanation(line: socket.socket, first: bytes, message: bytes) -> None:
    line.sendall(first)
    text = b"".join(iter(lambda: line.recv(4096), b""))
    assert text.startswith(b"HTTP/1.1 400")
    assert message in text
