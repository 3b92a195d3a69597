"""Start-up time: from the command to the first response of a vendor's API."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from bench.claims import Claim, ClaimResult
from bench.contenders import sandbox
from bench.contenders.contender import ANNA, JSON, Load
from bench.load import send_requests
from bench.plan import Plan
from bench.server_process import running_server

MANY = 100_000


def part(plan: Plan) -> ClaimResult:
    empty = median(_seconds(None) for _ in range(plan.rounds))
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder))
        full = median(_seconds(Path(folder)) for _ in range(plan.rounds))
    claims = [
        Claim("start to first answer", "under", 1.0, "s", empty),
        Claim(f"… with a data folder of {MANY:,} profiles", "under", 5.0, "s", full),
    ]
    return ClaimResult("Starting", claims, [f"Medians of {plan.rounds} starts."])


def _seconds(folder: Path | None) -> float:
    with running_server(sandbox.MEMORY if folder is None else sandbox.DATA, folder) as server:
        return server.start_seconds


def _fill(folder: Path) -> None:
    with running_server(sandbox.DATA, folder) as server:
        send_requests(server, Load(sandbox.NEWSTORE_PROFILES, {**sandbox.NEWSTORE, **JSON}, ANNA), MANY, 1)
