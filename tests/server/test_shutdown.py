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
    "birthDate": "1925-11-17",
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


@pytest.mark.parametrize(
    ("number", "rounds"),
    [(signal.SIGTERM, [[name] for name in UNFINISHED]), (signal.SIGINT, [[*UNFINISHED]])],
    ids=["SIGTERM, each alone", "SIGINT, all together"],
)
def test_one_signal_ends_the_server_and_what_was_acknowledged_is_kept(
    tmp_path: Path, number: signal.Signals, rounds: list[list[str]]
) -> None:
    arguments = ("--shoppers", "0", "--data", str(tmp_path), "--shutdown-timeout", str(SHUTDOWN_SECONDS))
    credentials = "".join(f"{name}: {value}\r\n" for name, value in VTEX.items())
    emails = [f"kept-{place}@example.com" for place in range(len(rounds))]
    for place, names in enumerate(rounds):
        customer = {**CUSTOMER, "email": emails[place], "document": f"1234567891{place}"}
        with ExitStack() as opened, running_server(*arguments) as running:
            assert httpx.post(running.url + PROFILES, json=customer, headers=VTEX).status_code == 201
            address = urlsplit(running.url)
            for name in names:
                line = socket.create_connection((address.hostname or "", address.port or 0), 10)
                opened.enter_context(closing(line))
                line.sendall(UNFINISHED[name].replace("{credentials}", credentials).encode())
            assert httpx.get(f"{running.url}/_sandbox/v1/health").status_code == 200  # they have been read by now
            running.process.send_signal(number)
            assert running.process.wait(30) == 0, names  # long before the 60 seconds of the faults
    with running_server(*arguments) as again:
        for email in emails:
            found = httpx.get(f"{again.url}{PROFILES}/{email}?alternativeKey=email", headers=VTEX)
            assert found.status_code == 200, email


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_the_banner_is_shown_whatever_the_encoding_of_the_terminal(encoding: str) -> None:
    with running_server("--shoppers", "1", variables={"PYTHONIOENCODING": encoding}) as running:
        assert httpx.get(f"{running.url}/_sandbox/v1/health").status_code == 200
