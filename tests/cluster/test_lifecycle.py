"""The begin and the end of a server: what it imports, and that it finishes what it has when it is told to stop."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from pii_sandbox.server.nats_server import NatsServer
from tests.cluster.conftest import clients_of
from tests.server_process import ServerProcess, running_server

PROFILES = "/api/storage/profile-system/profiles"
CONTROL = "/_sandbox/v1"
PERSON = {"firstName": "Ana", "lastName": "Silva", "documentType": "cpf", "document": "1", "email": "ana@example.com"}
DELAY_SECONDS = 1.5


def test_a_server_that_is_told_to_stop_answers_the_calls_that_it_has(
    nats: NatsServer, replicas: list[ServerProcess], name: str
) -> None:
    with (
        running_server("--cluster", nats.url, "--shoppers", "5") as leaving,
        ThreadPoolExecutor(1) as threads,
        clients_of([leaving, replicas[0]], name) as (one, other),
    ):
        fault = {"match": {"api": "vtex", "method": "POST"}, "effect": {"delay_seconds": DELAY_SECONDS}}
        assert other.post(f"{CONTROL}/faults", json=fault).status_code == 201
        call = threads.submit(one.post, PROFILES, json=PERSON)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:  # it is carried out as it arrives, and answered later
            if other.get(f"{PROFILES}/ana@example.com?alternativeKey=email").status_code == 200:
                break
        leaving.process.send_signal(signal.SIGTERM)
        assert call.result().status_code == 201
        assert leaving.process.wait(20) == 0
        assert other.post(f"{CONTROL}/journal/verify", json={"match": {"method": "POST"}, "count": 1}).json()["ok"]
        with pytest.raises(httpx.TransportError):
            one.get(f"{CONTROL}/health/live")


def test_a_server_without_a_cluster_imports_nothing_of_it(tmp_path: Path) -> None:
    listed = tmp_path / "imports"
    with (
        listed.open("wb") as stderr,
        running_server("--shoppers", "1", stderr=stderr.fileno(), variables={"PYTHONPROFILEIMPORTTIME": "1"}) as server,
    ):
        assert httpx.get(f"{server.url}{CONTROL}/health/ready").json() == {"status": "ok"}
        server.interrupt()
    imported = {line.rpartition("|")[2].strip() for line in listed.read_text("utf-8").splitlines()}
    assert "pii_sandbox.mockserver.sandboxes" in imported
    assert not [name for name in imported if name.partition(".")[0] == "nats" or ".mockserver.cluster" in name]
