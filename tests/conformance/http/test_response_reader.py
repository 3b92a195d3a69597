"""Responses are read within bounds over real connections: size, time, headers, nesting, bytes after the end."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import brotli
import httpx
import pytest

from pii_sandbox.conformance.http import json_bounds
from pii_sandbox.conformance.http.network_stream import Oversize
from pii_sandbox.conformance.http.response_reader import NoCookies, ReadResponse, read_response
from pii_sandbox.conformance.http.transport import GuardedTransport
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds, answer_bounds
from tests.conformance.http.raw_server import (
    DRIP_SECONDS,
    LARGE_CHUNK,
    OK,
    Answer,
    dripping_response,
    response_bytes,
    server,
)

SMALL = AnswerBounds(wire_bytes=2**20, decoded_bytes=2**20, depth=20, values=1000, headers=20, header_bytes=1024)
GZIP_TWICE = b"Content-Encoding: gzip, gzip"


def client() -> httpx.Client:
    return httpx.Client(transport=GuardedTransport(None, None, 0.0), cookies=NoCookies(), timeout=10)


def read(url: str, bounds: AnswerBounds = SMALL, seconds: float = 10, method: str = "GET", **more: Any) -> ReadResponse:
    with client() as http_client:
        return read_response(http_client, http_client.build_request(method, url), bounds, seconds, **more)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (response_bytes(b"x" * (2**20 + 1)), "is over 1 MB long"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n" + LARGE_CHUNK * 17, "is over 1 MB long"),
        (response_bytes(gzip.compress(bytes(2**22)), b"Content-Encoding: gzip"), "decompresses to over 1 MB"),
        (response_bytes(zlib.compress(bytes(2**22)), b"Content-Encoding: deflate"), "decompresses to over 1 MB"),
        (
            response_bytes(brotli.compress(bytes(2**26), quality=1), b"Content-Encoding: br"),
            "decompresses to over 1 MB",
        ),
        (response_bytes(gzip.compress(gzip.compress(bytes(2**22))), GZIP_TWICE), "decompresses to over 1 MB"),
        (response_bytes(b"{}", *[b"X-%d: 1" % number for number in range(30)]), "has over 20 headers"),
        (response_bytes(b"{}", b"X: " + b"y" * 2000), "has a header of over 1 KB"),
        (response_bytes(b"[" * 900), "is nested over 20 levels deep"),
        (response_bytes(b'{"a":' * 30 + b"1" + b"}" * 30), "is nested over 20 levels deep"),
        (response_bytes(json.dumps([0] * 2000).encode()), "has over 1000 JSON values"),
        (response_bytes(("[" * 30).encode("utf-16")), "is nested over 20 levels deep"),
    ],
    ids=["length", "chunks", "gzip", "deflate", "br", "twice", "heads", "header", "unclosed", "deep", "many", "utf16"],
)  # fmt: skip
def test_an_answer_that_passes_a_bound_is_told_as_what_it_is(answer: bytes, message: str) -> None:
    with server(answer) as url:
        response = read(url)
    assert (response.status, response.oversize) == (200, message)


@pytest.mark.parametrize("coding", [None, b"identity", b"x-nobody"])
def test_the_bound_for_decoded_bytes_holds_for_bodies_without_a_known_coding(coding: bytes | None) -> None:
    bounds = replace(SMALL, decoded_bytes=1024)
    headers = () if coding is None else (b"Content-Encoding: " + coding,)
    for length, message in ((1024, None), (1025, "is over 1 KB long")):
        with server(response_bytes(b"x" * length, *headers)) as url:
            response = read(url, bounds)
        assert (response.oversize, len(response.body)) == (message, 0 if message else length)


def test_nesting_beyond_the_bound_is_left_out_of_the_body() -> None:
    deep = '{"a": "[[[[", "b": [[[1], 2], 3], "c": {"d": {"e": {"f": 1}}}}'
    assert json.loads(json_bounds.prune_json(deep.encode(), 3) or b"") == {
        "a": "[[[[", "b": [[None, 2], 3], "c": {"d": {"e": None}},
    }  # fmt: skip
    assert json_bounds.prune_json(b'{"a": ["]]]]"]}', 3) is None


@pytest.mark.parametrize(
    "answer",
    [
        dripping_response(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
        dripping_response(OK, b"X"),
        dripping_response(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        dripping_response(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping_response(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"T"),
        dripping_response(b"", b""),
    ],
    ids=["body", "header", "informational", "chunks", "trailers", "silence"],
)
def test_an_answer_that_drips_ends_with_its_time(answer: Answer) -> None:
    began = time.monotonic()
    with server(answer) as url, pytest.raises(httpx.ReadTimeout, match=r"did not end within 0\.5 s"):
        read(url, seconds=0.5)
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_a_stop_is_looked_at_while_an_answer_drips() -> None:
    class Stopped(Exception): ...

    began = time.monotonic()

    def look() -> None:
        if time.monotonic() > began + 0.3:
            raise Stopped

    with server(dripping_response(OK + b"Content-Length: 100000\r\n\r\n", b"x")) as url, pytest.raises(Stopped):
        read(url, seconds=DRIP_SECONDS, look=look)
    assert time.monotonic() - began < DRIP_SECONDS / 2


def test_heads_without_end_are_not_read_to_their_end() -> None:
    with (
        server(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000) as url,
        pytest.raises(Oversize, match="over 256 KB"),
    ):
        read(url)
    with server(OK + b"X: y" * 60_000) as url, pytest.raises((Oversize, httpx.RemoteProtocolError)):
        read(url)


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"a") * 200], ids=["other", "cut", "members"]
)
def test_a_body_that_is_not_in_its_coding_is_no_answer(body: bytes) -> None:
    with (
        server(response_bytes(body, b"Content-Encoding: gzip")) as url,
        pytest.raises(httpx.DecodingError, match="valid gzip"),
    ):
        read(url)


@pytest.mark.parametrize(
    ("first", "method", "body"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", b""),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 30\r\n\r\n", "GET", b""),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "GET", b""),
        (OK + b"Content-Length: 30\r\n\r\n", "HEAD", b""),
        (OK + b"Content-Length: 2\r\n\r\n{}", "GET", b"{}"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "GET", b"{}"),
    ],
    ids=["204", "204 announced", "304", "HEAD", "length", "chunked"],
)
def test_bytes_after_the_end_of_a_response_are_not_the_next_response(first: bytes, method: str, body: bytes) -> None:
    smuggled = OK + b"Content-Length: 4\r\n\r\nevil"
    with server(first + smuggled, response_bytes(b"next")) as url, client() as http_client:
        response = read_response(http_client, http_client.build_request(method, url), SMALL, 10)
        after = read_response(http_client, http_client.build_request("GET", url), SMALL, 10)
    assert (response.body, response.surplus) == (body, len(smuggled))
    assert (after.body, after.surplus) == (b"next", 0)


def test_a_body_that_a_204_has_later_is_not_the_next_answer() -> None:
    next_came = threading.Event()

    def respond_empty(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        next_came.wait(10)  # on a connection of its own
        with suppress(OSError):  # which nobody reads any more
            connection.sendall(response_bytes(b"evil"))

    def respond_next(connection: socket.socket) -> None:
        next_came.set()
        connection.sendall(response_bytes(b"next"))

    with server(respond_empty, respond_next) as url, client() as http_client:
        assert read_response(http_client, http_client.build_request("DELETE", url), SMALL, 10).status == 204
        after = read_response(http_client, http_client.build_request("GET", url), SMALL, 5)
    assert (after.body, after.surplus) == (b"next", 0)


def test_the_connection_of_a_204_is_never_free_for_another_thread() -> None:
    def respond_empty(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with server(respond_empty) as url, GuardedTransport(None, None, 0.0) as transport:
        stream: Any = transport.handle_request(httpx.Request("DELETE", url)).stream
        assert b"".join(stream) == b""
        stream._response.stream._stream.close()  # as the pool does outside its lock, before it looks what is free
        assert [connection.is_available() for connection in transport._pool.connections] == [False]
        stream.close()


def test_a_body_that_a_204_has_a_little_later_is_seen() -> None:
    def respond_late(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        time.sleep(0.05)
        connection.sendall(b"late")

    patient = httpx.Client(transport=GuardedTransport(None, None, 20), cookies=NoCookies())
    with server(respond_late) as url, patient as http_client:
        assert read_response(http_client, http_client.build_request("DELETE", url), SMALL, 30).surplus == 4


@pytest.mark.parametrize(
    ("media_type", "sent", "body"),
    [
        (b"application/json; charset=ISO-8859-1", '{"a":"é"}'.encode("latin-1"), '{"a":"é"}'.encode()),
        (b'application/problem+json;charset="utf-16"', '{"a":"é"}'.encode("utf-16"), '{"a":"é"}'.encode()),
        (b"application/json; charset=utf-8", '{"a":"é"}'.encode(), '{"a":"é"}'.encode()),
        (b"application/json; charset=utf-16", b"{", b"{"),
        (b"application/json; charset=punycode", b'{"a":"\xe9"}', b'{"a":"\xe9"}'),
        (b"application/json", b'{"a":"\xe9"}', b'{"a":"\xe9"}'),
        (b"text/plain; charset=ISO-8859-1", b"\xe9", b"\xe9"),
        # parameters in parts (RFC 2231) that cannot be put in order
        (b"application/json; charset*=utf-8; charset*0=utf-16", b"{}", b"{}"),
        (b"text/html; charset*=utf-8; charset*0=utf-16", b"<p>", b"<p>"),
        (b"application/json; charset*" + b"9" * 5000 + b"=x", b"{}", b"{}"),
    ],
)
def test_json_is_read_in_the_charset_that_its_media_type_names(media_type: bytes, sent: bytes, body: bytes) -> None:
    with server(response_bytes(sent, b"Content-Type: " + media_type)) as url:
        assert read(url, AnswerBounds()).body == body


def test_a_connection_is_used_again_after_an_answer_that_ends() -> None:
    ports: list[int] = []

    def answer(connection: socket.socket) -> None:
        ports.append(connection.getpeername()[1])
        connection.sendall(response_bytes(b"{}"))

    with server(answer) as url, client() as http_client:
        for _ in range(3):
            read_response(http_client, http_client.build_request("GET", url), SMALL, 10)
    assert len(set(ports)) == 1


def test_no_cookie_is_kept() -> None:
    heads: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        connection.sendall(response_bytes(b"{}", b"Set-Cookie: session=1; Path=/"))
        heads.append(b"")

    with server(answer) as url, client() as http_client:
        for _ in range(2):
            request = http_client.build_request("GET", url)
            response = read_response(http_client, request, SMALL, 10)
            assert response.headers["set-cookie"] == "session=1; Path=/"
            assert "cookie" not in request.headers
            assert not http_client.cookies.jar._cookies  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"depth": 201}, "answers.depth must be at most 200"),
        ({"seconds": float("nan")}, "answers.seconds must be above 0"),
        ({"wire_bytes": 0}, "answers.wire_bytes must be above 0"),
        ({"values": 1.5}, "answers.values must be a whole number"),
        ({"headers": True}, "answers.headers must be a whole number"),
    ],
)
def test_an_invalid_bound_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        answer_bounds(table)


def test_bounds_are_settable_and_have_defaults() -> None:
    assert answer_bounds({}) == AnswerBounds()
    assert answer_bounds({"seconds": 2.5, "depth": 10}) == AnswerBounds(seconds=2.5, depth=10)


def test_threads_that_share_a_client_get_their_own_answers() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def many(http_client: httpx.Client, url: str) -> set[tuple[int, int]]:
        found = set()
        for _ in range(150):
            response = read_response(http_client, http_client.build_request("DELETE", url), SMALL, 10)
            found.add((response.status, response.surplus))
        return found

    with server(answer) as url, client() as http_client, ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(many, http_client, url) for _ in range(6)]
        assert [future.result() for future in futures] == [{(204, 0)}] * 6
