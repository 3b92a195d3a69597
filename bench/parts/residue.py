"""What looking for a person costs in a large sandbox: residue and erasure. In this process, by CPU time."""

from __future__ import annotations

import json
from statistics import median
from time import process_time

from bench.claims import Claim, Result
from bench.contenders.contender import JSON
from bench.contenders.sandbox import VTEX
from bench.inprocess import Direct
from bench.plan import Plan
from bench.scale import application

SHOPPERS = 12_000
RESIDUE = "/_sandbox/v1/residue?subject="
ERASE = "/api/user-rights/createAndProcessDeleteUserData"
NO_ONE = "nobody@example.com"


def part(plan: Plan) -> Result:
    client = Direct(application(SHOPPERS), {**VTEX, **JSON})
    try:
        email = client.answer("GET", "/_sandbox/v1/people")["people"][0]["email"]
        bound = 0.5
        claims = [
            Claim("GET /residue of no one", "under", bound, "s", _cost(plan, client, "GET", RESIDUE + NO_ONE)),
            Claim("GET /residue of a shopper", "under", bound, "s", _cost(plan, client, "GET", RESIDUE + email)),
            Claim(
                "erasure of no one",
                "under",
                0.01,
                "s",
                _cost(plan, client, "POST", ERASE, json.dumps({"email": NO_ONE}).encode()),
            ),
        ]
    finally:
        client.close()
    return Result(f"A person among {SHOPPERS:,} shoppers", claims, [])


def _cost(plan: Plan, client: Direct, method: str, path: str, body: bytes = b"") -> float:
    """Median CPU seconds of a call."""
    taken = []
    for _ in range(plan.rounds):
        begin = process_time()
        client.answer(method, path, body)
        taken.append(process_time() - begin)
    return median(taken)
