"""Cost of a fresh sandbox, over HTTP."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import httpx

from bench.claims import Claim, ClaimResult
from bench.contenders.sandbox import MEMORY, NEWSTORE, NEWSTORE_PROFILES
from bench.load import resident_mib
from bench.plan import Plan
from bench.server_process import running_server

SANDBOXES = 1_000


def part(plan: Plan) -> ClaimResult:
    """Measure the first call of each of a thousand sandboxes with 50 shoppers, and their memory."""
    taken = []
    with running_server(MEMORY) as server, httpx.Client(base_url=server.url, headers=NEWSTORE) as client:
        before = resident_mib(server.pid)
        for number in range(SANDBOXES):
            begun = perf_counter()
            client.get(f"/~bench-{number}{NEWSTORE_PROFILES}?count=1").raise_for_status()
            taken.append((perf_counter() - begun) * 1e3)
        after = resident_mib(server.pid)
    claims = [
        Claim("a fresh, seeded sandbox, with its first call", "under", 5, "ms", median(taken)),
        Claim(f"{SANDBOXES:,} of them, 50 shoppers each, the whole server", "under", 256, "MiB", after),
    ]
    worst = sorted(taken)[-SANDBOXES // 100]
    return ClaimResult(
        "Sandboxes", claims, [f"p99 of a fresh one: {worst:.1f} ms; the server with one: {before:.0f} MiB."]
    )
