"""What one client may cost: sizes of a head, time for a request, number of connections. Over raw sockets."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace

import pytest

from pii_sandbox.server.limits import ServerLimits
from tests.raw_sockets import BODY, LARGE, PATIENCE_SECONDS, is_over, is_quiet, read, request, response
from tests.server.conftest import serve
from tests.server_process import about_own_protocol

pytestmark = about_own_protocol

NO_HOSTS = ("[", "[::1", "[::1]]", "[::1]:x", "@", "here:1:2", "here:99999", ":80", "%", "%zz", "here:80,there")
LIMITS = ServerLimits(request_line_bytes=2000, header_bytes=8000, header_count=20)


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> ServerLimits:
    return replace(LIMITS, **getattr(request, "param", {}))


@pytest.fixture
def limited_server(limits: ServerLimits) -> Iterator[tuple[str, int]]:
    with serve(limits) as address:
        yield address


@pytest.fixture
def line(limited_server: tuple[str, int]) -> Iterator[socket.socket]:
    with closing(socket.create_connection(limited_server, PATIENCE_SECONDS)) as line:
        yield line


def coded_request(*codings: str) -> bytes:
    """A request with these Transfer-Encoding headers, its body in chunks."""
    head = request("whole", b"", *[f"Transfer-Encoding: {coding}" for coding in codings], method="GET")
    return head + b"5\r\nhello\r\n0\r\n\r\n"


def refusal(line: socket.socket) -> int:
    """The status of a refusal in problem details, after which the connection ends."""
    head, body = response(line)
    problem = json.loads(body)
    assert b"content-type: application/problem+json\r\n" in head
    assert b"connection: close\r\n" in head
    assert problem["type"] == "about:blank"
    assert head.startswith(b"HTTP/1.1 %d " % problem["status"])
    assert is_over(line)
    return int(problem["status"])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("whole?" + "q" * 2000), 414),
        (b"GET /" + b"p" * 300_000, 414),
        (request("whole", b"", *[f"X-{number}: v" for number in range(20)]), 431),
        (request("whole", b"", f"X-Long: {'v' * 9000}"), 431),
        (b"GET / HTTP/1.1\r\nHost: here\r\nX-Endless: " + b"v" * 600_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"X-Many: v\r\n" * 50_000, 431),
        (b"GET / HTTP/1.1\r\nX: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: here\r\nHost: here\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: [\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: two names\r\n\r\n", 400),
        (b"GET / HTTP/1.0\r\nHost: one\r\nHost: two\r\n\r\n", 400),
        (b"no HTTP at all\r\n\r\n", 400),
        *[(f"GET http://{host}/whole HTTP/1.1\r\nHost: here\r\n\r\n".encode(), 400) for host in NO_HOSTS],
        (coded_request("gzip, chunked"), 501),
        (coded_request("gzip,Chunked"), 501),
        (coded_request("gzip"), 400),
        (coded_request("chunked, gzip"), 400),
        (coded_request("chunked, chunked"), 400),
        (coded_request("chunked", "chunked"), 400),
        (coded_request("gzip", "chunked"), 400),
        (coded_request("xchunked"), 400),
        (coded_request(""), 400),
    ],
    ids=lambda value: None if isinstance(value, int) else f"{value[:40]!r} of {len(value)}",
)
def test_a_head_beyond_the_limits_is_refused_and_the_connection_closed(
    line: socket.socket, sent: bytes, status: int
) -> None:
    line.sendall(sent)
    assert refusal(line) == status


@pytest.mark.parametrize(
    "sent",
    [
        request("whole?" + "q" * 1990),
        request("whole", b"", f"X-Long: {'v' * 7000}"),
        request("whole", b"", *[f"X-{number}: v" for number in range(18)]),
        request("whole", b"x" * 100_000) + request("whole"),
    ],
    ids=len,
)
def test_a_head_within_the_limits_is_served(line: socket.socket, sent: bytes) -> None:
    line.sendall(sent)
    assert response(line)[0].startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_target_that_is_no_url_is_refused_behind_other_requests(line: socket.socket, host: str) -> None:
    line.sendall(request("late-whole") + f"GET http://{host}/whole HTTP/1.1\r\nHost: here\r\n\r\n".encode())
    assert response(line)[1] == b"POST /late-whole "
    assert refusal(line) == 400


def test_http_1_0_needs_no_host(line: socket.socket) -> None:
    line.sendall(b"GET /whole HTTP/1.0\r\n\r\n")
    assert response(line)[1] == b"GET /whole "


def test_refused_bytes_are_not_kept(limited_server: tuple[str, int]) -> None:
    """Fifty clients send a megabyte of one header each, and are refused without its being buffered."""
    with ExitStack() as opened:
        lines = [
            opened.enter_context(closing(socket.create_connection(limited_server, PATIENCE_SECONDS))) for _ in range(50)
        ]
        for line in lines:
            line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nX-Endless: " + b"v" * 2**20)
        assert [refusal(line) for line in lines] == [431] * 50


@pytest.mark.parametrize("sizes", [(5000, 3500), (1, 8500), (8500, 1)])
def test_a_head_in_several_packets_has_the_same_limit(line: socket.socket, sizes: tuple[int, int]) -> None:
    line.sendall(b"GET /whole HTTP/1.1\r\nHost: here\r\n")
    for number, size in enumerate(sizes):
        assert is_quiet(line)
        line.sendall(b"X-%d: %b\r\n" % (number, b"v" * size))
    line.sendall(b"\r\n")
    assert refusal(line) == 431


def test_a_long_path_that_comes_in_pieces_takes_nothing_from_the_header_fields(line: socket.socket) -> None:
    head = request("whole?" + "q" * 1900, b"", f"X-Long: {'v' * 7900}", method="GET")
    for start in range(0, len(head), 1000):
        assert is_quiet(line)
        line.sendall(head[start : start + 1000])
    assert response(line)[0].startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("endless", [b"5\r\nhello\r\n0\r\nX-Trailer: ", b"5;extension="], ids=["trailer", "extension"])
def test_data_between_the_pieces_of_a_body_has_a_limit(line: socket.socket, endless: bytes) -> None:
    line.sendall(b"POST /whole HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n" + endless)
    line.sendall(b"v" * 600_000)
    assert refusal(line) == 431


@pytest.mark.parametrize("limits", [{"request_seconds": 0.3}], indirect=True)
def test_a_connection_that_sends_no_request_after_a_response_is_closed(line: socket.socket) -> None:
    """Blank lines are no request, and keep no connection open."""
    line.sendall(request("whole"))
    assert response(line)[0].startswith(b"HTTP/1.1 200 ")
    line.sendall(b"\r\n")
    assert is_over(line)  # by the timeout of idle connections, before the patience of the test ends


@pytest.mark.parametrize("limits", [{"request_seconds": 0.3}], indirect=True)
def test_a_body_that_stays_out_after_its_response_gets_no_second_one(line: socket.socket) -> None:
    line.sendall(request("unread", b"hello", "X-Chunked: no")[:-5] + b"h")
    assert response(line)[1] == b"POST /unread "
    assert is_over(line)


@pytest.mark.parametrize("limits", [{"request_seconds": 0.3}], indirect=True)
def test_a_request_that_the_server_does_not_read_is_not_too_slow(line: socket.socket) -> None:
    """Behind a response that is produced for longer, a large body waits for the server."""
    line.sendall(request("late-for-a-second-whole") + request("whole", BODY * 5)[:-1])
    assert response(line)[1] == b"POST /late-for-a-second-whole "
    line.sendall(b"x")
    assert response(line)[1] == b"POST /whole " + BODY * 5


@pytest.mark.parametrize("limits", [{"request_seconds": 0.3}], indirect=True)
@pytest.mark.parametrize(
    "begun",
    [b"", b"GET /who", b"GET /whole HTTP/1.1\r\nHost: he", request("whole", b"hello")[:-1], request("whole") + b"P"],
    ids=["nothing", "half a request line", "half a header", "half a body", "half a second request"],
)
def test_a_request_that_does_not_end_is_refused_after_a_time(line: socket.socket, begun: bytes) -> None:
    line.sendall(begun)
    if begun.count(b"POST /whole HTTP/1.1") and begun.endswith(b"P"):
        assert response(line)[0].startswith(b"HTTP/1.1 200 ")
    assert refusal(line) == 408


@pytest.mark.parametrize("limits", [{"request_seconds": 5.0}], indirect=True)
def test_a_body_that_comes_slowly_but_in_time_is_served(line: socket.socket) -> None:
    sent = request("whole", b"slow but steady")
    line.sendall(sent[:-15])
    for byte in sent[-15:]:
        assert is_quiet(line)
        line.sendall(bytes([byte]))
    assert response(line)[1] == b"POST /whole slow but steady"


@pytest.mark.parametrize("limits", [{"connections": 2}], indirect=True)
def test_one_connection_too_many_is_answered_503_and_the_others_go_on(limited_server: tuple[str, int]) -> None:
    with ExitStack() as opened:
        first, second, third = (
            opened.enter_context(closing(socket.create_connection(limited_server, PATIENCE_SECONDS))) for _ in range(3)
        )
        assert refusal(third) == 503
        for line in (first, second):
            line.sendall(request("whole", b"hello"))
            assert response(line)[1] == b"POST /whole hello"


def test_blanks_and_tabs_round_a_header_value_are_no_part_of_it(line: socket.socket) -> None:
    line.sendall(b"GET /headers HTTP/1.1\r\nHost: \t here \t\r\nX-Blank:\t one  two \t \r\nX-Empty: \t\r\n\r\n")
    body = json.loads(response(line)[1])
    assert body == [["host", "here"], ["x-blank", "one  two"], ["x-empty", ""]]


def test_a_trailer_never_becomes_a_header(line: socket.socket) -> None:
    chunks = b"5\r\nhello\r\n0\r\nX-Trailer: late\r\nX-Sandbox: other\r\n\r\n"
    line.sendall(b"POST /headers HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert json.loads(response(line)[1]) == [["host", "here"], ["transfer-encoding", "chunked"]]


@pytest.mark.parametrize("value", ["chunked", "Chunked", " CHUNKED "])
def test_chunked_is_known_in_any_case_of_letters(line: socket.socket, value: str) -> None:
    line.sendall(coded_request(value))
    assert response(line)[1] == b"GET /whole hello"


@pytest.mark.parametrize("limits", [{"response_seconds": 0.3, "connections": 1}], indirect=True)
@pytest.mark.parametrize(
    "sent",
    [request("large") * 4, request("large-streamed") * 4, request("large") * 4 + b"GET /wh"],
    ids=["whole", "streamed", "half a request behind them"],
)
def test_a_client_that_reads_nothing_is_cut_off(
    limited_server: tuple[str, int], line: socket.socket, sent: bytes
) -> None:
    """It makes room for another one, and what was not written yet is dropped."""
    line.sendall(sent)
    until = time.monotonic() + PATIENCE_SECONDS
    status = 503
    while status == 503:
        assert time.monotonic() < until
        with closing(socket.create_connection(limited_server, PATIENCE_SECONDS)) as other:
            other.sendall(request("whole", b"hello"))
            with suppress(ConnectionResetError):
                status = int(response(other)[0].split()[1])
    assert status == 200


@pytest.mark.parametrize("limits", [{"response_seconds": 0.3}], indirect=True)
def test_a_client_that_reads_slowly_but_steadily_gets_the_whole_response(line: socket.socket) -> None:
    line.sendall(request("large") * 4)
    for _ in range(4):
        assert response(line, shown=False)[0].startswith(b"HTTP/1.1 200 ")
        for _ in range(16):
            assert not select.select([], [], [], 0.02)[0]
            assert len(read(line, LARGE // 16)) == LARGE // 16
