"""`serve --workers`: processes on one port that share their sandboxes, and come back when one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from pii_sandbox.server.workers import SHORT_LIFE_SECONDS
from tests.cluster.conftest import CREDENTIALS
from tests.server_process import ServerProcess, command, environment, running_server

PROFILES = "/api/storage/profile-system/profiles"
READ = f"{PROFILES}/ana@example.com?alternativeKey=email"
PERSON = {"firstName": "Ana", "lastName": "Silva", "documentType": "cpf", "document": "1", "email": "ana@example.com"}


def children_of(server: ServerProcess) -> list[int]:
    task = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(child) for child in task.read_text("ascii").split()]


def workers(server: ServerProcess) -> list[int]:
    """The processes that the server has started from itself."""
    return [child for child in children_of(server) if b"pii_sandbox" in Path(f"/proc/{child}/cmdline").read_bytes()]


def log_of(server: ServerProcess) -> list[int]:
    """The nats-server that the server has started."""
    return [child for child in children_of(server) if b"nats-server" in Path(f"/proc/{child}/cmdline").read_bytes()]


def is_running(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # one that nobody has waited for is no longer running


def read_statuses(server: ServerProcess, calls: int) -> set[int]:
    """The statuses of calls over connections of their own: the system spreads them over the workers."""
    statuses = set()
    for _ in range(calls):
        with httpx.Client(base_url=server.url, headers=CREDENTIALS, timeout=20) as client:
            statuses.add(client.get(READ).status_code)
    return statuses


def test_workers_share_sandboxes_and_a_killed_one_comes_back(tmp_path: Path) -> None:
    with running_server("--workers", "2", "--shoppers", "1", "--data", str(tmp_path)) as server:
        assert httpx.post(f"{server.url}{PROFILES}", headers=CREDENTIALS, json=PERSON, timeout=20).status_code == 201
        assert read_statuses(server, 30) == {200}
        before = workers(server)
        assert len(before) == 2
        seen_at = time.monotonic()  # both have been started by now
        while time.monotonic() - seen_at < SHORT_LIFE_SECONDS:  # one that dies younger is not started again
            assert read_statuses(server, 1) == {200}
        os.kill(before[0], signal.SIGKILL)
        deadline = time.monotonic() + 15
        while (len(workers(server)) < 2 or before[0] in workers(server)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert set(workers(server)) != set(before)
        assert read_statuses(server, 30) == {200}
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    with running_server("--workers", "2", "--shoppers", "1", "--data", str(tmp_path)) as server:
        assert read_statuses(server, 5) == {200}
        assert server.interrupt() == 0


def test_workers_and_their_log_end_with_a_parent_that_is_killed() -> None:
    with running_server("--workers", "2", "--shoppers", "1") as server:
        deadline = time.monotonic() + 15
        while len(workers(server)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        children = workers(server) + log_of(server)
        assert len(children) == 3
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        deadline = time.monotonic() + 15
        while any(is_running(child) for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(is_running(child) for child in children)


def test_a_cluster_and_a_data_folder_are_not_for_one_server(tmp_path: Path) -> None:
    arguments = command("serve", "--port", "0", "--cluster", "nats://127.0.0.1:1", "--data", str(tmp_path))
    refused = subprocess.run(arguments, capture_output=True, text=True, env=environment(), check=False)
    assert refused.returncode == 2
    assert "leave out --data" in refused.stderr
