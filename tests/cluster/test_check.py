"""`pii-sandbox check` against three servers behind a proxy that sends each request to the next one.

With `CLUSTER_LONG` all scenarios are played, otherwise those of a few rules: about jobs, faults, the clock and locks.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

from pii_sandbox.server.nats_server import NatsServer
from tests.cluster.round_robin import round_robin
from tests.server_process import ServerProcess, command, environment, running_server

FEW = ("VTEX-JOB", "NS-LOCK")


def test_scenarios_hold_whichever_server_answers(
    nats: NatsServer, replicas: list[ServerProcess], tmp_path: Path
) -> None:
    chosen = [] if "CLUSTER_LONG" in os.environ else [option for rule in FEW for option in ("--rule", rule)]
    with ExitStack() as opened:
        third = opened.enter_context(running_server("--cluster", nats.url, "--shoppers", "5"))
        proxy = opened.enter_context(round_robin([each.url for each in (*replicas[:2], third)]))
        arguments = command("check", proxy, "--only", "scenarios", "--workers", "2", *chosen)
        ended = subprocess.run(arguments, capture_output=True, text=True, env=environment(), cwd=tmp_path, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
