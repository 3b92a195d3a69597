"""Faults that hold a response back: the call is carried out and recorded on arrival, only the response waits."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from pii_sandbox.testing import Sandbox
from tests.server_process import about_own_protocol

pytestmark = pytest.mark.parametrize("connection", ["memory", "file"], indirect=True, scope="module")

PROFILES = "/v1/d/pii/profiles"
LONG = 30  # seconds that no test here waits
DELAYS: tuple[dict[str, Any], ...] = (
    {"delay_seconds": LONG},
    {"delay": {"distribution": "uniform", "low_seconds": LONG, "high_seconds": LONG}},
    {"drip_seconds": LONG},
    *({"delay_seconds": LONG, **effect} for effect in ({"drop": True}, {"truncate": True}, {"malformed": True})),
)


class WaitingClient:
    """A client that asked for a profile and waits for the response, which nobody sends soon."""

    def __init__(self, sandbox: Sandbox, email: str, **more: str) -> None:
        url = urlsplit(sandbox.base_url("newstore"))
        self._connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=LONG)
        headers = {**sandbox.headers("newstore"), "Content-Type": "application/json", **more}
        self._connection.request("POST", url.path + PROFILES, json.dumps({"email": email}), headers)

    def pipeline(self, data: bytes) -> None:
        """Send more behind the request."""
        self._connection.sock.sendall(data)

    def leave(self) -> None:
        self._connection.close()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 25  # before the responses that are held back would be sent
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def emails(sandbox: Sandbox) -> list[str]:
    return [profile["email"] for profile in sandbox.documents("newstore", "profiles").values()]


@pytest.mark.parametrize("effect", DELAYS)
def test_the_call_is_carried_out_and_recorded_while_its_response_waits(
    sandbox: Sandbox, effect: dict[str, Any]
) -> None:
    sandbox.faults.add(method="POST", **effect)
    waiting = WaitingClient(sandbox, "late@example.com")
    wait_until(lambda: "late@example.com" in emails(sandbox))
    sandbox.journal.verify(operation="getOrCreateProfile", status=201, count=1)
    entry = sandbox.journal.entries()[-1]
    assert entry["fault"]
    assert entry["elapsed_ms"] >= LONG * 1000
    waiting.leave()


def test_a_client_that_gives_up_and_tries_again_finds_what_it_made(sandbox: Sandbox) -> None:
    sandbox.faults.add(delay_seconds=LONG, method="POST", times=1)
    waiting = WaitingClient(sandbox, "again@example.com")
    wait_until(lambda: "again@example.com" in emails(sandbox))
    waiting.leave()
    with sandbox.client("newstore") as client:
        assert client.post(PROFILES, json={"email": "again@example.com"}).status_code == 200
    assert emails(sandbox).count("again@example.com") == 1


def test_a_delay_by_the_header_carries_the_call_out_on_arrival_too(sandbox: Sandbox) -> None:
    waiting = WaitingClient(sandbox, "header@example.com", **{"X-Sandbox-Fault": f"delay_seconds={LONG}"})
    wait_until(lambda: "header@example.com" in emails(sandbox))
    waiting.leave()
    with sandbox.client("newstore") as client:
        assert client.post(PROFILES, json={"email": "header@example.com"}).status_code == 200


def test_a_status_that_is_late_refuses_on_arrival(sandbox: Sandbox) -> None:
    sandbox.faults.add(status=503, delay_seconds=LONG, method="POST")
    waiting = WaitingClient(sandbox, "never@example.com")
    wait_until(lambda: bool(sandbox.journal.entries()))
    sandbox.journal.verify(operation="getOrCreateProfile", status=503, count=1)
    assert "never@example.com" not in emails(sandbox)
    waiting.leave()


def test_a_slow_profile_of_a_rule_is_recorded_while_it_waits(sandbox: Sandbox) -> None:
    sandbox.faults.add(internal="FAI-SLOW-1", api="fashionai", times=1)
    read = "/api/v1/crm/protected/profile/email/customer@example.com"
    with sandbox.client("fashionai") as client, ThreadPoolExecutor(1) as threads:
        slow = threads.submit(client.get, read)
        wait_until(lambda: bool(sandbox.journal.entries()))
        assert not slow.done()
        assert slow.result().headers["X-Sandbox-Rule"] == "FAI-SLOW-1"


@pytest.mark.parametrize("anew", ["reset", "restore"])
def test_nothing_of_a_delayed_call_gets_into_a_new_sandbox_of_that_name(sandbox: Sandbox, anew: str) -> None:
    before = sandbox.snapshot()
    people = sorted(emails(sandbox))
    sandbox.faults.add(delay_seconds=0.5, method="POST")
    with sandbox.client("newstore") as client, ThreadPoolExecutor(1) as threads:
        held = threads.submit(client.post, PROFILES, json={"email": "old@example.com"})
        wait_until(lambda: "old@example.com" in emails(sandbox))
        sandbox.reset() if anew == "reset" else before.restore()
        entries = len(sandbox.journal.entries())
        assert held.result().status_code == 201
    assert sorted(emails(sandbox)) == people
    assert len(sandbox.journal.entries()) == entries


@about_own_protocol
@pytest.mark.parametrize("requests", [1, 20])
def test_a_client_that_leaves_with_requests_behind_a_held_response_is_noticed(sandbox: Sandbox, requests: int) -> None:
    sandbox.faults.add(method="POST", delay_seconds=LONG)
    waiting = WaitingClient(sandbox, "gone@example.com")
    wait_until(lambda: bool(sandbox.journal.entries()))
    waiting.pipeline(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * requests)
    waiting.leave()
    wait_until(lambda: sandbox.journal.entries()[-1]["elapsed_ms"] < LONG * 1000)


@pytest.mark.parametrize("effect", [{"delay_seconds": LONG}, {"drip_seconds": LONG}])
def test_a_response_is_given_up_once_its_client_is_gone(
    sandbox: Sandbox, effect: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add(method="POST", **effect)
    waiting = WaitingClient(sandbox, "gone@example.com")
    wait_until(lambda: bool(sandbox.journal.entries()))
    waiting.leave()
    wait_until(lambda: sandbox.journal.entries()[-1]["elapsed_ms"] < LONG * 1000)  # it ended, with what it really took
    assert caplog.records == []


def test_a_delayed_response_arrives_complete_and_the_connection_stays_open(sandbox: Sandbox) -> None:
    sandbox.faults.add(delay_seconds=0.05, times=3)
    with sandbox.client("newstore") as client:
        bodies = [client.get(PROFILES).json() for _ in range(4)]
    assert all(body == bodies[0] for body in bodies)


def test_pipelined_calls_behind_a_held_one_are_answered_in_order(sandbox: Sandbox) -> None:
    url = urlsplit(sandbox.base_url("newstore"))
    lines = "".join(f"{name}: {value}\r\n" for name, value in sandbox.headers("newstore").items())
    head = f"GET {url.path}{PROFILES}?count=%d HTTP/1.1\r\nHost: {url.netloc}\r\n{lines}%s\r\n"
    calls = head % (1, "X-Sandbox-Fault: delay_seconds=0.2\r\n") + head % (2, "") + head % (3, "Connection: close\r\n")
    with socket.create_connection((str(url.hostname), url.port or 80), timeout=LONG) as raw:
        raw.sendall(calls.encode())
        received = b"".join(iter(lambda: raw.recv(65536), b""))
    found = [json.loads(part.partition(b"\r\n\r\n")[2]) for part in received.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert [len(body["profiles"]) for body in found] == [1, 2, 3]
