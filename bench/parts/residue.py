"""Cost of searching a person in a large sandbox: residue and erasure. In this process, by CPU time.

Digests of all records are made once, in the background after the start (`search_preparation`); a look then looks again
at what was written to since. A profile is created before each but the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from statistics import median
from time import process_time

from bench.claims import Claim, ClaimResult
from bench.contenders.contender import JSON
from bench.contenders.sandbox import VTEX
from bench.inprocess import DirectClient, Request
from bench.load import process_mib
from bench.plan import Plan
from bench.scale import application, vtex_post
from pii_sandbox.mockserver.control import search_preparation

SHOPPERS = 12_000
RESIDUE = "/_sandbox/v1/residue?subject="
ERASE = "/api/user-rights/createAndProcessDeleteUserData"
NO_ONE = "nobody@example.com"


def part(plan: Plan) -> ClaimResult:
    app = application(SHOPPERS)
    client = DirectClient(app, {**VTEX, **JSON})
    try:
        email = client.call("GET", "/_sandbox/v1/people")["people"][0]["email"]
        looks: dict[str, tuple[float, Request]] = {
            "GET /residue of no one": (0.5, ("GET", RESIDUE + NO_ONE, b"")),
            "GET /residue of a shopper": (0.5, ("GET", RESIDUE + email, b"")),
            "erasure of no one": (0.01, ("POST", ERASE, json.dumps({"email": NO_ONE}).encode())),
        }
        before, begin = process_mib(), process_time()
        search_preparation.prepare(app.sandboxes.get("default").store)
        digests, grown = process_time() - begin, process_mib() - before
        claims = [
            Claim(f"first {what}", "under", bound, "s", _seconds(client, look)) for what, (bound, look) in looks.items()
        ]
        numbers = count()
        claims += [
            Claim(
                f"{what}, after a write",
                "under",
                bound,
                "s",
                median(_measure_after_writes(plan, client, look, numbers)),
            )
            for what, (bound, look) in looks.items()
        ]
    finally:
        client.close()
    lines = [f"- All digests: {digests:.2f} s of CPU in the background, {grown:.0f} MiB"]
    return ClaimResult(f"A person among {SHOPPERS:,} shoppers", claims, lines)


def _measure_after_writes(plan: Plan, client: DirectClient, look: Request, numbers: Iterator[int]) -> Iterator[float]:
    """Return the CPU seconds of a search in each round, each after a write."""
    for _ in range(plan.rounds):
        client.call(*vtex_post(next(numbers)))
        yield _seconds(client, look)


def _seconds(client: DirectClient, request: Request) -> float:
    begin = process_time()
    client.call(*request)
    return process_time() - begin
