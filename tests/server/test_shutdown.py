"""One signal ends `serve`, whatever is unfinished: exit code 0, and what was acknowledged is kept."""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.credentials import VTEX
from tests.server_process import about_own_protocol, running_server

pytestmark = about_own_protocol

PROFILES = "/api/storage/profile-system/profiles"
CUSTOMER = {
    "firstName": "John",
    "lastName": "Doe",
    "email": "kept@example.com",
    "birthDate": "1925-11-17",
    "document": "12345678911",
    "documentType": "CPF",
}
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
DELAYED = (
    "GET /api/storage/profile-system/schemas/profileSystem HTTP/1.1\r\nHost: localhost\r\nX-Sandbox-Fault: {fault}\r\n"
)
SHUTDOWN_SECONDS = 0.5
UNFINISHED = {
    "nothing sent": "",
    "half a head": "POST / HTTP/1.1\r\nHos",
    "half a body": HEAD.format(path=PROFILES) + "\r\n{",
    "100-continue and no body": HEAD.format(path=PROFILES) + "Expect: 100-continue\r\n\r\n",
    "a delayed response": DELAYED.format(fault="delay_seconds=60") + "{credentials}\r\n",
    "a dripping response": DELAYED.format(fault="drip_seconds=60") + "{credentials}\r\n",
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_one_signal_ends_the_server_and_what_was_acknowledged_is_kept(
    tmp_path: Path, sent: str, number: signal.Signals
) -> None:
    arguments = ("--shoppers", "0", "--data", str(tmp_path), "--shutdown-timeout", str(SHUTDOWN_SECONDS))
    credentials = "".join(f"{name}: {value}\r\n" for name, value in VTEX.items())
    with ExitStack() as opened, running_server(*arguments) as running:
        assert httpx.post(running.url + PROFILES, json=CUSTOMER, headers=VTEX).status_code == 201
        address = urlsplit(running.url)
        line = opened.enter_context(closing(socket.create_connection((address.hostname or "", address.port or 0), 10)))
        line.sendall(sent.replace("{credentials}", credentials).encode())
        assert httpx.get(f"{running.url}/_sandbox/v1/health").status_code == 200  # it has been read by now
        running.process.send_signal(number)
        assert running.process.wait(30) == 0  # long before the 60 seconds of the faults
    with running_server(*arguments) as again:
        found = httpx.get(f"{again.url}{PROFILES}/{CUSTOMER['email']}?alternativeKey=email", headers=VTEX)
        assert found.status_code == 200


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_the_banner_is_shown_whatever_the_encoding_of_the_terminal(encoding: str) -> None:
    with running_server("--shoppers", "1", variables={"PYTHONIOENCODING": encoding}) as running:
        assert httpx.get(f"{running.url}/_sandbox/v1/health").status_code == 200
