"""HTTP/1.1 as a client sees it byte by byte: the server of `serve`, before applications that answer in every way."""

from __future__ import annotations

import asyncio
import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from mockserver.gateway import ANSWER, HANG_UP
from pii_sandbox.server.https_server import server

PATIENCE_SECONDS = 10.0
LARGE = 4 * 2**20
BODY = b"x" * 100_000


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was sent, in the way that the path asks for."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    how = scope["path"].strip("/")
    if how.startswith("late"):
        await asyncio.sleep(0.05)
    body = b""
    while how != "unread":
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    told = b"%b %b %b" % (scope["method"].encode(), scope["raw_path"], body)
    if how == "large":
        told = b"y" * LARGE
    if how == "raises":
        raise ValueError("as asked")
    if how == "dropped":
        scope["extensions"][HANG_UP](True)
    elif how.endswith("whole") or how in ("unread", "large"):
        shown = b"" if scope["method"] == "HEAD" else told
        await scope["extensions"][ANSWER](200, b"content-length: %d\r\n" % len(told), shown)
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": told})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    running = server(application, log_config=None)
    thread = threading.Thread(target=lambda: running.run(sockets=[listening]), daemon=True)
    thread.start()
    yield listening.getsockname()
    running.should_exit = True
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def line(address: tuple[str, int]) -> Iterator[socket.socket]:
    with closing(socket.create_connection(address, PATIENCE_SECONDS)) as line:
        yield line


def request(path: str, body: bytes = b"", *headers: str, method: str = "POST") -> bytes:
    lines = [f"{method} /{path} HTTP/1.1", "Host: here", *headers]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def read(line: socket.socket, size: int) -> bytes:
    """So many bytes, fewer where the connection ends before."""
    read = b""
    while len(read) < size and (piece := line.recv(size - len(read))):
        read += piece
    return read


def answer(line: socket.socket, *, shown: bool = True) -> tuple[bytes, bytes]:
    """Head and body of the next answer. `shown` False: the body is announced and not sent."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = line.recv(1)
        assert byte, f"the connection ended within {head!r}"
        head += byte
    if b"transfer-encoding: chunked" in head:
        body = b""
        while True:
            size = b""
            while not size.endswith(b"\r\n"):
                size += line.recv(1)
            piece = read(line, int(size, 16) + 2)[:-2]
            if not piece:
                return head, body
            body += piece
    announced = re.search(rb"content-length: (\d+)", head)
    assert announced
    return head, read(line, int(announced[1]) if shown else 0)


def is_over(line: socket.socket) -> bool:
    return line.recv(1) == b""


def is_quiet(line: socket.socket) -> bool:
    return not select.select([line], [], [], 0.05)[0]


@pytest.mark.parametrize("how", ["whole", "streamed", "late-whole", "late-streamed", "unread"])
@pytest.mark.parametrize("body", [b"", b"hello", BODY], ids=["none", "small", "large"])
def test_one_connection_serves_one_request_after_another(line: socket.socket, how: str, body: bytes) -> None:
    for _ in range(3):
        line.sendall(request(how, body))
        head, told = answer(line)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert head.count(b"\r\ndate: ") == 1
        assert told == b"POST /%b %b" % (how.encode(), b"" if how == "unread" else body)


@pytest.mark.parametrize("how", ["whole", "late-whole", "streamed"])
def test_a_body_may_arrive_late_and_in_pieces(line: socket.socket, how: str) -> None:
    whole = request(how, b"hello world")
    for start in range(0, len(whole), 7):
        line.sendall(whole[start : start + 7])
        assert is_quiet(line) or start + 7 >= len(whole)
    assert answer(line)[1].endswith(b" hello world")


def test_a_chunked_body_is_read(line: socket.socket) -> None:
    line.sendall(
        b"POST /whole HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert answer(line)[1] == b"POST /whole abcde"


def test_requests_sent_at_once_are_answered_in_their_order(line: socket.socket) -> None:
    """Whole answers wait to be written while streamed ones are written at once."""
    ways = ["whole", "late-streamed", "whole", "streamed", "late-whole", "whole", "streamed"] * 3
    line.sendall(b"".join(request(how, b"%d" % place) for place, how in enumerate(ways)))
    for place, how in enumerate(ways):
        assert answer(line)[1] == b"POST /%b %d" % (how.encode(), place)
    assert is_quiet(line)


def test_a_thousand_requests_sent_at_once_are_answered(line: socket.socket) -> None:
    line.sendall(request("late-whole") + request("whole", method="GET") * 1000)
    answer(line)
    assert {answer(line)[1] for _ in range(1000)} == {b"GET /whole "}


def test_head_tells_the_length_of_what_is_not_sent(line: socket.socket) -> None:
    for _ in range(2):
        line.sendall(request("whole", method="HEAD"))
        head, _ = answer(line, shown=False)
        assert b"content-length: 12\r\n" in head
    assert is_quiet(line)


@pytest.mark.parametrize("how", ["whole", "late-whole", "streamed"])
def test_a_client_that_has_said_all_still_gets_its_answer(line: socket.socket, how: str) -> None:
    line.sendall(request(how, b"last"))
    if not how.startswith("late"):
        line.shutdown(socket.SHUT_WR)
    assert answer(line)[1].endswith(b"last")


@pytest.mark.parametrize("how", ["whole", "streamed"])
@pytest.mark.parametrize("asked", ["HTTP/1.0", "close"])
def test_a_connection_ends_where_the_client_asks_for_it(line: socket.socket, how: str, asked: str) -> None:
    sent = request(how, b"", *(["Connection: close"] if asked == "close" else []))
    line.sendall(sent.replace(b"HTTP/1.1", b"HTTP/1.0") if asked == "HTTP/1.0" else sent)
    head, _ = answer(line)
    assert b"\r\nconnection: close\r\n" in head
    assert is_over(line)


def test_a_client_that_waits_to_be_told_so_sends_its_body(line: socket.socket) -> None:
    head, body = request("whole", b"hello", "Expect: 100-continue").split(b"\r\n\r\n")
    line.sendall(request("whole", b"before") + head + b"\r\n\r\n")
    assert answer(line)[1].endswith(b"before")
    told = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert read(line, len(told)) == told
    line.sendall(body)
    assert answer(line)[1].endswith(b"hello")


def test_what_is_no_request_is_refused_after_the_answers_before(line: socket.socket) -> None:
    line.sendall(request("whole", b"good") + b"no request\r\n\r\n")
    assert answer(line)[1].endswith(b"good")
    assert answer(line)[0].startswith(b"HTTP/1.1 400 ")
    assert is_over(line)


def test_an_application_that_fails_is_a_500(line: socket.socket) -> None:
    line.sendall(request("raises"))
    assert answer(line)[0].startswith(b"HTTP/1.1 500 ")


def test_a_connection_can_be_dropped_after_the_answers_before(line: socket.socket) -> None:
    line.sendall(request("whole", b"good") + request("dropped"))
    assert answer(line)[1].endswith(b"good")
    with suppress(ConnectionResetError):
        assert is_over(line)


def test_a_slow_reader_gets_all_of_a_large_answer(line: socket.socket) -> None:
    line.sendall(request("large") * 3 + request("whole", b"end"))
    for _ in range(3):
        assert len(answer(line)[1]) == LARGE
    assert answer(line)[1].endswith(b"end")


def test_an_absolute_target_and_its_fragment_are_understood(line: socket.socket) -> None:
    line.sendall(
        b"GET http://here/whole?a=b HTTP/1.1\r\nHost: here\r\n\r\nGET /whole?a#c HTTP/1.1\r\nHost: here\r\n\r\n"
    )
    assert [answer(line)[1] for _ in range(2)] == [b"GET /whole "] * 2


def test_a_client_that_goes_away_is_no_error(address: tuple[str, int], caplog: pytest.LogCaptureFixture) -> None:
    for how in ("late-whole", "late-streamed", "whole"):
        with closing(socket.create_connection(address)) as line:
            line.sendall(request(how, b"hello")[:-2])
        with closing(socket.create_connection(address)) as line:
            line.sendall(request(how, b"hello"))
    with closing(socket.create_connection(address, PATIENCE_SECONDS)) as line:
        line.sendall(request("late-whole"))
        answer(line)
    assert caplog.messages == []
