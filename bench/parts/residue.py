"""What looking for a person costs in a large sandbox: residue and erasure. In this process, by CPU time.

The first look makes digests of all records; a further one looks again at what was written to since. A profile is
created before each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from statistics import median
from time import process_time

from bench.claims import Claim, Result
from bench.contenders.contender import JSON
from bench.contenders.sandbox import VTEX
from bench.inprocess import Direct, Request
from bench.load import own_mib
from bench.plan import Plan
from bench.scale import application, vtex_post

SHOPPERS = 12_000
RESIDUE = "/_sandbox/v1/residue?subject="
ERASE = "/api/user-rights/createAndProcessDeleteUserData"
NO_ONE = "nobody@example.com"


def part(plan: Plan) -> Result:
    client = Direct(application(SHOPPERS), {**VTEX, **JSON})
    try:
        email = client.answer("GET", "/_sandbox/v1/people")["people"][0]["email"]
        looks: dict[str, tuple[float, Request]] = {
            "GET /residue of no one": (0.5, ("GET", RESIDUE + NO_ONE, b"")),
            "GET /residue of a shopper": (0.5, ("GET", RESIDUE + email, b"")),
            "erasure of no one": (0.01, ("POST", ERASE, json.dumps({"email": NO_ONE}).encode())),
        }
        before = own_mib()
        firsts = {what: _seconds(client, look) for what, (_, look) in looks.items()}
        grown = own_mib() - before
        numbers = count()
        claims = [
            Claim(what, "under", bound, "s", median(_after_writes(plan, client, look, numbers)))
            for what, (bound, look) in looks.items()
        ]
    finally:
        client.close()
    lines = [f"- The first {what}, with its digests: {seconds:.2f} s of CPU" for what, seconds in firsts.items()]
    return Result(f"A person among {SHOPPERS:,} shoppers", claims, [*lines, f"- All digests: {grown:.0f} MiB"])


def _after_writes(plan: Plan, client: Direct, look: Request, numbers: Iterator[int]) -> Iterator[float]:
    """CPU seconds of a look in each round, each after a write."""
    for _ in range(plan.rounds):
        client.answer(*vtex_post(next(numbers)))
        yield _seconds(client, look)


def _seconds(client: Direct, request: Request) -> float:
    begin = process_time()
    client.answer(*request)
    return process_time() - begin
