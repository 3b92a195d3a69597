"""Races over all servers, and reads that follow writes to another server: some by default, many with `CLUSTER_LONG`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

import httpx
import pytest

from tests.cluster.conftest import clients_of
from tests.credentials import NEWSTORE
from tests.server_process import ServerProcess

IS_LONG = "CLUSTER_LONG" in os.environ
ROUNDS = 1_000 if IS_LONG else 5
AT_ONCE = 50 if IS_LONG else 20
READS = 10_000 if IS_LONG else 150
PROFILES = "/api/storage/profile-system/profiles"
NEWSTORE_PROFILES = "/v1/d/pii/profiles"
CONTROL = "/_sandbox/v1"


@pytest.fixture
def clients(replicas: list[ServerProcess], name: str) -> Iterator[list[httpx.Client]]:
    """Clients of all servers, in the sandbox of that name."""
    with clients_of(replicas, name) as opened:
        yield opened


def profile(number: int | str) -> dict[str, Any]:
    person = {"firstName": "Ana", "lastName": "Silva", "documentType": "cpf"}
    return {**person, "email": f"shopper{number}@example.com", "document": f"document-{number}"}


def statuses(
    threads: ThreadPoolExecutor, clients: list[httpx.Client], method: str, path: str, **sent: Any
) -> list[int]:
    """Of `AT_ONCE` such calls at once, over all servers in turn."""
    calls = [threads.submit(each.request, method, path, **sent) for each in islice(cycle(clients), AT_ONCE)]
    return sorted(call.result().status_code for call in calls)


def test_one_of_parallel_creates_of_one_email_over_all_servers_wins(clients: list[httpx.Client]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(ROUNDS):
            found = statuses(threads, clients, "POST", PROFILES, json=profile(number))
            assert found == [201] + [409] * (AT_ONCE - 1)


def test_one_of_parallel_updates_with_one_lock_value_over_all_servers_wins(clients: list[httpx.Client]) -> None:
    created = clients[0].post(NEWSTORE_PROFILES, headers=NEWSTORE, json={"email": "anna@example.com"}).json()
    path = f"{NEWSTORE_PROFILES}/{created['id']}"
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(ROUNDS):
            body = {"last_updated_at": created["updated_at"], "full_name": f"Name {number}"}
            found = statuses(threads, clients, "PATCH", path, headers=NEWSTORE, json=body)
            assert found == [200] + [409] * (AT_ONCE - 1)
            created = clients[number % len(clients)].get(path, headers=NEWSTORE).json()
            assert created["full_name"] == f"Name {number}"


def test_an_acknowledged_write_is_visible_at_once_on_another_server(clients: list[httpx.Client]) -> None:
    for number in range(READS // 3):
        one, other = clients[number % len(clients)], clients[(number + 1) % len(clients)]
        created = one.post(PROFILES, json=profile(number))
        assert created.status_code == 201, created.text
        profile_id = created.json()["id"]
        assert other.get(f"{PROFILES}/{profile_id}").status_code == 200
        assert other.get(f"{PROFILES}/shopper{number}@example.com?alternativeKey=email").status_code == 200
        assert one.delete(f"{PROFILES}/{profile_id}").status_code == 204
        assert other.get(f"{PROFILES}/{profile_id}").status_code == 404


def test_clock_reset_snapshot_and_restore_are_seen_by_the_others_at_once(clients: list[httpx.Client]) -> None:
    for number in range(max(READS // 500, 3)):
        one, other = clients[number % len(clients)], clients[(number + 1) % len(clients)]
        email = f"{PROFILES}/shopper{number}@example.com?alternativeKey=email"
        assert one.put(f"{CONTROL}/clock", json={"at": f"{2030 + number}-01-01T00:00:00Z", "frozen": True}).is_success
        assert other.get(f"{CONTROL}/clock").json()["now"].startswith(f"{2030 + number}-01-01")
        assert other.post(PROFILES, json=profile(number)).status_code == 201
        assert one.post(f"{CONTROL}/snapshots", json={"name": f"s{number}"}).status_code == 201
        assert other.post(f"{CONTROL}/reset").status_code == 200
        assert one.get(email).status_code == 404
        assert not one.get(f"{CONTROL}/clock").json()["frozen"]
        assert other.post(f"{CONTROL}/snapshots/s{number}/restore").status_code == 200
        assert one.get(email).status_code == 200
        assert one.get(f"{CONTROL}/clock").json()["now"].startswith(f"{2030 + number}-01-01")
        assert other.delete(f"{CONTROL}/snapshots/s{number}").status_code == 204
        assert one.get(f"{CONTROL}/snapshots").json()["snapshots"] == []
