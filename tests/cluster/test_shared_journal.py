"""The journal of a sandbox that two servers serve: all calls, in one order, whoever answered them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from pii_sandbox.mockserver.cluster.connection import JOURNALS, ClusterConnection, ClusterOptions
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.mockserver.shared_journal import FLUSH_SECONDS
from pii_sandbox.server.nats_server import NatsServer
from tests.cluster.conftest import clients_of
from tests.server_process import running_server

PROFILES = "/api/storage/profile-system/profiles"
CONTROL = "/_sandbox/v1"


def call(client: httpx.Client, name: str) -> None:
    """A call that the journal tells from others by its name."""
    assert client.get(f"{PROFILES}/{name}").status_code in (404, 502)


def entries(client: httpx.Client, **filters: Any) -> list[tuple[int, str]]:
    listed = client.get(f"{CONTROL}/journal", params={"reveal": "test", **filters}).json()["entries"]
    return [(entry["id"], entry["url"].rpartition("/")[2]) for entry in listed]


def test_calls_of_both_servers_are_in_one_order(clients: list[httpx.Client]) -> None:
    names = [f"call{number}" for number in range(40)]
    for number, name in enumerate(names):
        call(clients[number // 3 % 2], name)
    expected = list(enumerate(names, 1))
    assert entries(clients[0]) == expected
    assert entries(clients[1]) == expected


def test_a_call_is_in_the_other_servers_journal_at_once(clients: list[httpx.Client]) -> None:
    one, other = clients
    for number in range(1, 30):
        one, other = other, one
        call(one, f"call{number}")
        assert entries(other, since=number - 1) == [(number, f"call{number}")]


def test_calls_of_both_servers_are_verified_explained_and_counted(clients: list[httpx.Client]) -> None:
    one, other = clients
    call(one, "first")
    call(other, "second")
    match = {"api": "vtex", "operation": "GetProfile"}
    for client in clients:
        assert client.post(f"{CONTROL}/journal/verify", json={"match": match, "count": 2}).json()["ok"]
        order = [{"path": f"{PROFILES}/first"}, {"path": f"{PROFILES}/second"}]
        assert client.post(f"{CONTROL}/journal/verify", json={"order": order}).json()["ok"]
        assert not client.post(f"{CONTROL}/journal/verify", json={"order": order[::-1]}).json()["ok"]
        for entry in (1, 2):
            assert client.get(f"{CONTROL}/journal/{entry}/explain").json()["rule"] is not None
        assert client.get(f"{CONTROL}/findings").status_code == 200
        total = [
            line
            for line in client.get(f"{CONTROL}/metrics").text.splitlines()
            if line.startswith("pii_sandbox_requests_total")
        ]
        assert len(total) == 1
        assert total[0].endswith(" 2")
        assert client.get(f"{CONTROL}/journal.har").json()["log"]["entries"][1]["response"]["status"] == 404


def test_an_entry_says_of_a_call_that_the_other_server_answered_all_that_its_own_says(
    clients: list[httpx.Client],
) -> None:
    fault = {"match": {"api": "vtex"}, "effect": {"status": 502}, "times": 1}
    person = {
        "email": "ana@example.com",
        "document": "1",
        "documentType": "cpf",
        "firstName": "Ana",
        "lastName": "Silva",
    }
    one, other = clients
    assert one.post(f"{CONTROL}/faults", json=fault).status_code == 201
    call(one, "faulty")
    one.post(PROFILES, json=person)
    one.post(PROFILES, json=person)
    one.post(PROFILES, json={"email": 3})
    one.post(PROFILES, content=b'{"email": "\xff"}')
    one.post(PROFILES, content=b'{"email": "\\ud800"}')
    one.post(PROFILES, content=b"x" * 300_000)
    one.post("/v0/token", data={"grant_type": "password", "username": "x", "password": "y"})
    for query in ({}, {"reveal": "test"}):
        listed = [client.get(f"{CONTROL}/journal", params=query).json() for client in clients]
        assert listed[0] == listed[1]
    shown = listed[1]["entries"]
    assert [entry["status"] for entry in shown] == [502, 201, 409, 400, 400, 400, 400, 403]
    assert shown[0]["fault"] == {"status": 502}
    assert shown[1]["request"]["body"] == person
    assert shown[2]["refusal"]["kind"] == "Duplicate"
    assert shown[3]["validation"]["ok"] is False
    assert shown[6]["request"]["bytes"] == 300_000
    assert other.get(f"{CONTROL}/journal/8").json()["operation"] == shown[7]["operation"]


def test_a_journal_that_one_server_clears_is_clear_for_both_and_goes_on_counting(clients: list[httpx.Client]) -> None:
    one, other = clients
    call(one, "before")
    call(other, "before")
    assert one.delete(f"{CONTROL}/journal").status_code == 204
    assert [entries(client) for client in clients] == [[], []]
    call(other, "after")
    assert [entries(client) for client in clients] == [[(3, "after")]] * 2
    assert other.post(f"{CONTROL}/reset").status_code == 200
    assert [entries(client) for client in clients] == [[], []]


def test_the_journal_keeps_the_latest_calls_of_both(clients: list[httpx.Client]) -> None:
    one, other = clients
    assert one.patch(f"{CONTROL}/settings", json={"journal.entries": 5}).status_code == 200
    for number in range(1, 13):
        call(clients[number % 2], f"call{number}")
        if number == 7:
            assert entries(one) == [(each, f"call{each}") for each in range(3, 8)]
    assert [entries(client) for client in (other, one)] == [[(each, f"call{each}") for each in range(8, 13)]] * 2


def test_a_deleted_sandboxes_journal_is_not_that_of_the_next_one_of_its_name(
    clients: list[httpx.Client], name: str
) -> None:
    one, other = clients
    for client in clients:
        call(client, "old")
    assert [len(entries(client)) for client in clients] == [2, 2]
    assert one.delete(f"{CONTROL}/sandboxes/{name}", headers={"X-Sandbox": "default"}).status_code == 204
    call(one, "new")
    assert [entries(client) for client in (other, one)] == [[(1, "new")]] * 2


def test_calls_that_nobody_has_read_outlast_the_server_that_answered_them(
    clients: list[httpx.Client], nats: NatsServer, name: str
) -> None:
    with running_server("--cluster", nats.url, "--shoppers", "5") as killed:
        with clients_of([killed], name) as [client]:
            call(client, "call")
        asyncio.run(wait_for_batch(nats.url, name))
        killed.process.kill()
        killed.process.wait()
    assert entries(clients[0]) == [(1, "call")]


async def wait_for_batch(url: str, name: str) -> None:
    """Returns once the log of the journal has something."""
    connection = ClusterConnection(ClusterOptions([url]))
    deadline = time.monotonic() + 10 * FLUSH_SECONDS
    while not await JetStreamLog(connection, name, JOURNALS).units(0):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    await connection.close()


@pytest.mark.parametrize("at", [0, 1])
def test_the_stream_of_the_journal_has_the_calls_of_both(clients: list[httpx.Client], at: int) -> None:
    for client in clients:
        call(client, "before")
    with clients[at].stream("GET", f"{CONTROL}/journal/stream?since=0") as response:
        lines = response.iter_lines()
        seen: list[int] = []
        for client in clients:
            call(client, "after")
        while len(seen) < 4:
            line = next(lines)
            if line.startswith("id: "):
                seen.append(int(line.removeprefix("id: ")))
    assert seen == [1, 2, 3, 4]
