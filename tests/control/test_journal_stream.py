"""The journal as server-sent events: what arrives, what a client that comes back is sent, and what ends the stream."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.credentials import VTEX
from tests.server_process import ServerProcess, about_own_protocol, running_server

STREAM = "/_sandbox/v1/journal/stream"
PROFILES = "/api/storage/profile-system/profiles"
Event = tuple[int, str, dict[str, Any]]


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with running_server("--shoppers", "2") as server:
        yield server


@pytest.fixture
def http(server: ServerProcess, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    headers = {**VTEX, "X-Sandbox": f"stream-{abs(hash(request.node.name)) % 10**6}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=10) as client:
        client.get("/_sandbox/v1/status")
        yield client


@contextmanager
def stream(http: httpx.Client, **parameters: Any) -> Iterator[Iterator[Event]]:
    headers = parameters.pop("headers", {})
    with http.stream("GET", STREAM, params=parameters, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        yield events(response)


def events(response: httpx.Response) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line and not line.startswith(":"):
            fields[name] = value
        elif fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}


def look_up(http: httpx.Client, email: str) -> None:
    http.get(f"{PROFILES}/{email}", params={"alternativeKey": "email"})


def test_a_call_arrives_with_its_facts_and_without_personal_data(http: httpx.Client) -> None:
    with stream(http) as arriving:
        look_up(http, "nobody.here@example.com")
        number, name, data = next(arriving)
    assert (number, name) == (1, "call")
    assert (data["operation"], data["status"], data["rule"]) == ("GetProfile", 404, "VTEX-ALT-3")
    assert data["path"] == f"{PROFILES}/{{profileId}}"
    assert "nobody.here" not in json.dumps(data)


def test_a_client_that_comes_back_is_sent_what_it_missed_once(http: httpx.Client) -> None:
    for number in range(4):
        look_up(http, f"nobody{number}@example.com")
    with stream(http, since=0) as arriving:
        assert [next(arriving)[0] for _ in range(4)] == [1, 2, 3, 4]
    look_up(http, "nobody4@example.com")
    with stream(http, headers={"Last-Event-ID": "4"}) as arriving:
        assert next(arriving)[0] == 5


def test_entries_that_left_the_journal_are_told_as_a_gap(http: httpx.Client) -> None:
    http.patch("/_sandbox/v1/settings", json={"journal.entries": 2})
    for number in range(5):
        look_up(http, f"nobody{number}@example.com")
    with stream(http, since=1) as arriving:
        assert next(arriving) == (3, "gap", {"missed": 2})
        assert [next(arriving)[0] for _ in range(2)] == [4, 5]


def test_numbers_that_the_journal_has_not_come_to_begin_anew(http: httpx.Client) -> None:
    look_up(http, "nobody@example.com")
    with stream(http, since=900) as arriving:
        assert next(arriving)[1] == "restart"
        assert next(arriving)[:2] == (1, "call")


def test_only_calls_that_fit_the_filter_arrive(http: httpx.Client) -> None:
    http.post(PROFILES, json={})
    look_up(http, "nobody@example.com")
    with stream(http, since=0, operation="GetProfile", status=404) as arriving:
        assert next(arriving)[0] == 2


def test_a_filter_that_no_call_fits_is_refused_with_the_nearest_name(http: httpx.Client) -> None:
    response = http.get(STREAM, params={"operation": "GetUnmaskedProfil"})
    assert response.status_code == 400
    assert "GetUnmaskedProfile" in response.text


def test_the_stream_of_a_deleted_sandbox_ends(http: httpx.Client) -> None:
    with stream(http) as arriving:
        http.delete(f"/_sandbox/v1/sandboxes/{http.headers['X-Sandbox']}")
        assert list(arriving) == []


@about_own_protocol
def test_a_server_that_is_told_to_stop_ends_its_streams_at_once() -> None:
    options = ("--shoppers", "2", "--shutdown-timeout", "60")
    with running_server(*options) as server, httpx.Client(base_url=server.url) as http:
        http.get("/_sandbox/v1/status")
        with stream(http) as arriving:
            server.process.send_signal(signal.SIGTERM)
            assert list(arriving) == []
            assert server.process.wait(30) == 0
