"""`--plain-http-server`: what holds under uvicorn's own protocol too, and what differs as documented."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import click
import httpx
import pytest

from pii_sandbox.server.plain_http import VARIABLE, is_chosen
from tests.raw_sockets import PATIENCE_SECONDS, is_over, is_quiet, response
from tests.server_process import ServerProcess, running_server

HEALTH = "/_sandbox/v1/health"
PROFILES = "/v1/d/pii/profiles"
UPGRADE = (
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain") / "log"


@pytest.fixture(scope="module")
def plain_server(log: Path) -> Iterator[ServerProcess]:
    with (
        log.open("w") as errors,
        running_server("--plain-http-server", "--no-auth", "--shoppers", "3", stderr=errors.fileno()) as server,
    ):
        yield server


@pytest.fixture
def line(plain_server: ServerProcess) -> Iterator[socket.socket]:
    port = int(plain_server.url.rpartition(":")[2])
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)) as line:
        yield line


def request(method: str, target: str, *headers: str, body: bytes = b"", chunked: bool = False) -> bytes:
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: localhost", *headers, framing, "", ""]).encode() + sent


def customer(email: str) -> bytes:
    return json.dumps({"email": email, "first_name": "Ana", "last_name": "Test"}).encode()


@pytest.mark.parametrize("chunked", [False, True], ids=["by length", "by chunks"])
@pytest.mark.parametrize("upgrade", [UPGRADE, ("Connection: Upgrade", "Upgrade: websocket")], ids=["h2c", "websocket"])
def test_an_upgrade_is_ignored_and_the_body_is_received(
    line: socket.socket, upgrade: tuple[str, ...], chunked: bool
) -> None:
    for number in range(2):
        body = b'{"nothing": "here"}'
        line.sendall(
            request(
                "POST", "/_sandbox/v1/faults", *upgrade, "Content-Type: application/json", body=body, chunked=chunked
            )
        )
        head, response_body = response(line)
        assert b"nothing" in response_body, (number, head, response_body)
    line.sendall(request("GET", HEALTH))
    assert response(line)[1] == b'{"status":"ok"}'


@pytest.mark.parametrize("at", ["before", "within"])
def test_a_fault_drops_the_connection_without_a_500(line: socket.socket, log: Path, at: str) -> None:
    fault = {"before": "drop=true", "within": "truncate=10"}[at]
    line.sendall(request("GET", PROFILES, f"X-Sandbox-Fault: {fault}"))
    received = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65536):
            received += piece
    assert (received == b"") == (at == "before")
    assert b" 500 " not in received
    assert "Traceback" not in log.read_text()


def test_a_request_target_may_be_an_absolute_url(plain_server: ServerProcess) -> None:
    with httpx.Client(proxy=plain_server.url) as client:
        assert client.get(f"http://localhost{PROFILES}?count=1").status_code == 200


def test_proxy_credentials_name_the_sandbox(plain_server: ServerProcess) -> None:
    with httpx.Client(proxy=plain_server.url.replace("//", "//by-proxy:any@")) as client:
        assert client.get(f"http://localhost{PROFILES}").status_code == 200
    names = httpx.get(f"{plain_server.url}/_sandbox/v1/sandboxes").text
    assert "by-proxy" in names


def test_connect_is_refused_with_what_to_do(line: socket.socket, log: Path) -> None:
    line.sendall(
        b"CONNECT myshop.vtexcommercestable.com.br:443 HTTP/1.1\r\nHost: myshop.vtexcommercestable.com.br:443\r\n\r\n"
    )
    head, body = response(line)
    assert head.startswith(b"HTTP/1.1 501 ")
    assert "--plain-http-server" in json.loads(body)["detail"]
    assert is_over(line)
    assert "Traceback" not in log.read_text()


def test_requests_sent_at_once_are_answered_in_their_order(line: socket.socket) -> None:
    line.sendall(request("GET", HEALTH) + request("GET", "/nowhere/at/all") + request("GET", HEALTH))
    assert [response(line)[0][9:12] for _ in range(3)] == [b"200", b"404", b"200"]
    assert is_quiet(line)


@pytest.mark.parametrize(
    "sent", [b"no request\r\n\r\n", b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00"]
)
def test_an_invalid_request_gets_no_500(line: socket.socket, log: Path, sent: bytes) -> None:
    line.sendall(sent)
    line.shutdown(socket.SHUT_WR)
    received = b""
    with suppress(ConnectionResetError):
        while piece := line.recv(65536):
            received += piece
    assert b" 500 " not in received
    assert "Traceback" not in log.read_text()


def test_a_head_that_has_no_end_is_a_bad_request(line: socket.socket, log: Path) -> None:
    with suppress(ConnectionError):
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 500_000)
    assert line.recv(65536).startswith(b"HTTP/1.1 400 ")
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("settings", "variables", "chosen"),
    [
        ({}, {}, False),
        ({"plain_http_server": True}, {}, True),
        ({}, {VARIABLE: "1"}, True),
        ({"plain_http_server": True}, {VARIABLE: "false"}, False),
        ({"plain_http_server": True}, {VARIABLE: ""}, True),
    ],
)
def test_the_variable_wins_over_the_settings_file(
    settings: dict[str, object], variables: dict[str, str], chosen: bool
) -> None:
    assert is_chosen(settings, variables) is chosen


def test_a_variable_that_is_no_truth_value_is_an_error() -> None:
    with pytest.raises(click.BadParameter):
        is_chosen({}, {VARIABLE: "perhaps"})
