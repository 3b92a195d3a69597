"""Cost of reading the journal: entries with large responses, with pseudonyms. In this process, by CPU time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import process_time

from bench.claims import Claim, ClaimResult
from bench.contenders.contender import JSON
from bench.contenders.sandbox import NEWSTORE, NEWSTORE_PROFILES, PROFILES, VTEX
from bench.inprocess import DirectClient
from bench.plan import Plan
from bench.scale import application, vtex_post

JOURNAL = "/_sandbox/v1/journal"
LETTERS = 60_000  # of a text in which a detector could lose its way
CASES = {  # what: entries, profiles in each response, seconds to reach
    "100 entries with large responses": (100, 80, 0.4),
    "1,000 entries": (1_000, 20, 2.0),
}


def part(plan: Plan) -> ClaimResult:
    claims, lines = [], ["| journal | MB | CPU s |", "|---|---:|---:|"]
    for what, (entries, profiles, bound) in CASES.items():
        with _journal(entries, f"{NEWSTORE_PROFILES}?count={profiles}") as client:
            seconds, size = _read(client, f"{JOURNAL}?limit={entries}", plan.rounds)
        claims.append(Claim(f"GET /journal, {what}", "under", bound, "s", seconds))
        lines.append(f"| {what} | {size / 1e6:.1f} | {seconds:.2f} |")
    with _journal(1, f"{PROFILES}/{{profile}}/unmask?reason={'a' * LETTERS}") as client:
        for path in (JOURNAL, f"{JOURNAL}.har", f"{JOURNAL}/last/explain"):
            seconds, _ = _read(client, path, plan.rounds)
            claims.append(Claim(f"{path}, an unmask reason of {LETTERS:,} letters", "under", 0.1, "s", seconds))
    return ClaimResult("The journal", claims, lines)


@contextmanager
def _journal(entries: int, path: str) -> Iterator[DirectClient]:
    """Return a client of a sandbox whose journal contains that call `entries` times."""
    client = DirectClient(application(100), {**NEWSTORE, **VTEX, **JSON})
    try:
        profile = client.call(*vtex_post(1))
        for _ in range(entries):
            client.call("GET", path.format(profile=profile["id"]))
        yield client
    finally:
        client.close()


def _read(client: DirectClient, path: str, rounds: int) -> tuple[float, int]:
    """Return the median CPU seconds of a read, and the size of its response."""
    taken, size = [], 0
    for _ in range(rounds):
        begin = process_time()
        shown = client.call("GET", path)
        taken.append(process_time() - begin)
        size = len(json.dumps(shown))
    return median(taken), size
