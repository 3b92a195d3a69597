"""Deletion, reset, restore, snapshots, residue and calls at once: on every store, without a failure and a left-over."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests import stress
from tests.credentials import NEWSTORE
from tests.server_process import running_server

SECONDS = float(os.environ.get("STRESS_SECONDS", "3"))
CLIENTS = int(os.environ.get("STRESS_CLIENTS", "8"))
ESSENTIAL = frozenset({"create", "read", "delete", "reset", "snapshot", "restore", "residue", "fault"})


@pytest.mark.parametrize("store", ["memory", "file", "durable"])
def test_a_mix_of_all_that_a_sandbox_can_meet_leaves_nothing_behind(tmp_path: Path, store: str) -> None:
    folder, log = tmp_path / "data", tmp_path / "log"
    kept = [] if store == "memory" else ["--data", str(folder), *(["--durable"] if store == "durable" else [])]
    with log.open("wb") as errors, running_server("--shoppers", "30", *kept, stderr=errors.fileno()) as server:
        outcome = stress.run(server.url, seconds=SECONDS, clients=CLIENTS, until=ESSENTIAL)
        assert not outcome.wrong, log.read_text()[-6000:]
        assert outcome.succeeded() >= ESSENTIAL
        with httpx.Client(base_url=server.url, headers=NEWSTORE, timeout=60) as http:
            for name in stress.NAMES:  # whatever was under way: the name can be used again for anything
                assert http.get(f"/~{name}/_sandbox/v1/status").status_code == 200
                assert http.delete(f"/_sandbox/v1/sandboxes/{name}").status_code == 204
                assert not list(tmp_path.glob(f"data/{name}.*"))
                for snapshot in stress.SNAPSHOTS:
                    created = http.post(f"/~{name}/_sandbox/v1/snapshots", json={"name": snapshot})
                    assert created.status_code == 201, created.text
                assert http.delete(f"/_sandbox/v1/sandboxes/{name}").status_code == 204
                assert not list(tmp_path.glob(f"data/{name}.*"))
        server.process.send_signal(signal.SIGTERM)
        try:
            code = server.process.wait(15)
        except subprocess.TimeoutExpired:
            pytest.fail("the server goes on after SIGTERM")
        assert code in (0, -signal.SIGTERM)
    assert "Traceback" not in log.read_text()
