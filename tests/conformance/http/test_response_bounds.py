"""The bounds of reading a response, each at its edge, and what is left of a response beyond one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pii_sandbox.conformance.http.response_reader import NoCookies, ReadResponse, read_response, set_location_aside
from pii_sandbox.conformance.http.transport import GuardedTransport
from pii_sandbox.conformance.target.answer_bounds import AnswerBounds
from tests.conformance.http.scripted_network import install_network

SMALL = AnswerBounds(wire_bytes=2048, decoded_bytes=1024, depth=3, values=5, headers=4, header_bytes=20)
URL = "https://shop.example.com/a"


class Chunks(httpx.SyncByteStream):
    """A body that comes in these chunks. `is_closed` once nobody reads it any more."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self.is_closed = True


def read(
    *chunks: bytes, bounds: AnswerBounds = SMALL, headers: Any = (), look: Callable[[], None] = lambda: None
) -> ReadResponse:
    def play(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=Chunks(*chunks))

    hooks = {"response": [set_location_aside]}
    with httpx.Client(transport=httpx.MockTransport(play), cookies=NoCookies(), event_hooks=hooks) as client:
        return read_response(client, client.build_request("GET", URL), bounds, 10, look)


@pytest.mark.parametrize(
    ("within", "beyond", "oversize"),
    [
        ({"headers": [("x", "1")] * 4}, {"headers": [("x", "1")] * 5}, "has over 4 headers"),
        ({"headers": {"x-name": "y" * 14}}, {"headers": {"x-name": "y" * 15}}, "has a header of over 20 bytes"),
        ({"headers": {"x" * 14: "y" * 6}}, {"headers": {"x" * 15: "y" * 6}}, "has a header of over 20 bytes"),
        ({"chunks": [b"x" * 1024]}, {"chunks": [b"x" * 1025]}, "is over 1 KB long"),
        ({"chunks": [b"[1, 2, 3, 4, 5]"]}, {"chunks": [b"[1, 2, 3, 4, 5, 6]"]}, "has over 5 JSON values"),
        ({"chunks": [b"[[[1]]]"]}, {"chunks": [b"[[[[]]]]"]}, "is nested over 3 levels deep"),
    ],
    ids=["headers", "value of a header", "name of a header", "bytes", "values", "nesting"],
)
def test_a_bound_is_the_most_that_is_within_it(within: dict[str, Any], beyond: dict[str, Any], oversize: str) -> None:
    allowed = read(*within.get("chunks", ()), headers=within.get("headers", ()))
    assert (allowed.oversize, allowed.body) == (None, b"".join(within.get("chunks", ())))
    assert read(*beyond.get("chunks", ()), headers=beyond.get("headers", ())).oversize == oversize


def test_what_may_come_in_all_is_bounded_whatever_its_chunks() -> None:
    loose = replace(SMALL, decoded_bytes=9999)
    assert read(b"x" * 1000, b"x" * 1048, bounds=loose).body == b"x" * 2048
    beyond = read(b"x" * 1000, b"x" * 1049, bounds=loose)
    assert (beyond.oversize, beyond.body, beyond.status) == ("is over 2 KB long", b"", 200)


def test_of_too_many_headers_the_first_are_kept_and_of_large_ones_none() -> None:
    many = read(headers=[(f"x-{number}", "1") for number in range(9)])
    assert list(many.headers) == ["x-0", "x-1", "x-2", "x-3"]
    typed = read(headers=[*((f"x-{number}", "1") for number in range(9)), ("Content-Type", "a/b")])
    assert typed.headers == {"content-type": "a/b", "x-0": "1", "x-1": "1", "x-2": "1"}  # by which it is judged
    sizes = {"x-a": 1, "x-large": 99, "x-edge": 14, "x-beyond": 13, "x-b": 1}
    large = read(headers={name: "y" * length for name, length in sizes.items()})
    assert large.oversize == "has over 4 headers"
    assert {name: len(value) for name, value in large.headers.items()} == {"x-a": 1, "x-edge": 14, "x-b": 1}
    assert (large.body, large.surplus) == (b"", 0)


def test_a_body_beyond_a_bound_leaves_status_and_headers() -> None:
    for body in (b"x" * 1025, b"x" * 3000):
        response = read(body, headers={"x-a": "1"})
        assert (response.status, response.headers, response.body) == (200, {"x-a": "1"}, b"")
        assert response.surplus == 0


def test_of_json_that_is_nested_too_deep_the_upper_levels_are_kept() -> None:
    response = read(b'{"a": 1, "b": [[[1]]]}', bounds=replace(SMALL, values=99))
    assert json.loads(response.body) == {"a": 1, "b": [[None]]}


def test_what_is_no_json_has_neither_values_nor_depth() -> None:
    text = b"see [1] [2] [3] [4] [5], [[[[6]]]]"
    response = read(text)
    assert (response.body, response.oversize) == (text, None)


def test_a_stop_is_looked_at_before_each_chunk() -> None:
    class Stopped(Exception): ...

    looks = iter(["", "stop"])

    def look() -> None:
        if next(looks):
            raise Stopped

    with pytest.raises(Stopped):
        read(b"a", b"b", b"c", look=look)


@pytest.mark.parametrize("location", [None, "/b", "http://[::1/\x1b"])
def test_the_location_of_a_response_is_among_its_headers_as_it_came(location: str | None) -> None:
    bounds = replace(SMALL, header_bytes=99)
    response = read(bounds=bounds, headers={} if location is None else {"Location": location})
    assert response.headers == ({} if location is None else {"location": location})


def test_a_response_that_is_read_is_closed_whatever_comes_of_it() -> None:
    body = Chunks(b"no gzip")

    def play(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=body)

    with httpx.Client(transport=httpx.MockTransport(play)) as client, pytest.raises(httpx.DecodingError):
        read_response(client, client.build_request("GET", URL), AnswerBounds(), 10)
    assert body.is_closed


@pytest.mark.parametrize(
    ("media_type", "sent", "body"),
    [
        ("application/json; charset=latin1", b'"\xe9"', '"é"'),
        ("APPLICATION/JSON; CHARSET=LATIN1", b'"\xe9"', '"é"'),
        ("text/html; charset=latin1", b'"\xe9"', None),
        ("application/json; charset=", b'"\xe9"', None),
        ("application/json; charset=utf-16le", b"\x00", None),
        ("application/json; charset=koi8-r", b'"\xe9"', None),
    ],
)
def test_a_charset_counts_for_json_where_it_is_one_of_the_known(media_type: str, sent: bytes, body: str | None) -> None:
    response = read(sent, headers={"Content-Type": media_type}, bounds=replace(SMALL, header_bytes=99))
    assert response.body == (sent if body is None else body.encode())


def test_only_the_head_of_a_response_is_held_to_the_bound_for_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large body is no large head, in however many packets it comes, and is not read before its bound is known."""
    network = install_network(monkeypatch)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n"
    network.connections = [[[(0.0, head), *[(0.0, b"x" * 50_000)] * 6]]]
    with httpx.Client(transport=GuardedTransport(None, None, 0.0), timeout=10) as client:
        response = read_response(client, client.build_request("GET", "http://a.example/"), AnswerBounds(), 10)
    assert (len(response.body), response.oversize) == (300_000, None)


def test_the_time_of_a_response_counts_from_its_request(monkeypatch: pytest.MonkeyPatch) -> None:
    network = install_network(monkeypatch)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    network.connections = [[[(0.5, head), (9.5, b"{}")]], [[(0.5, head), (10.5, b"{}")]]]
    for expected in (b"{}", None):
        with httpx.Client(transport=GuardedTransport(None, None, 0.0), timeout=60) as client:
            request = client.build_request("GET", "http://a.example/")
            if expected is not None:
                assert read_response(client, request, AnswerBounds(), 10).body == expected
                continue
            with pytest.raises(httpx.ReadTimeout, match="the response did not end within 10 s"):
                read_response(client, request, AnswerBounds(), 10)
            assert network.streams[1].is_closed
