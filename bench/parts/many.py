"""Cost of many people: requests at 100,000 profiles compared with 1,000.

By CPU time, which other activity of the machine affects least; lists by the time that one client waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from bench.claims import Claim, ClaimResult
from bench.contenders.contender import ANNA, JOHN, JSON, Load
from bench.contenders.sandbox import MEMORY, NEWSTORE, NEWSTORE_PROFILES, PROFILES, VTEX
from bench.load import CONNECTIONS, measure_load, resident_mib, send_requests
from bench.plan import Plan
from bench.server_process import RunningServer, running_server

FEW, LISTED, MANY = 1_000, 10_000, 100_000
READS, WRITES = 5_000, 2_000  # requests in a round
SALT = 7
VTEX_POST = Load(PROFILES, {**VTEX, **JSON}, JOHN)
NEWSTORE_POST = Load(NEWSTORE_PROFILES, {**NEWSTORE, **JSON}, ANNA)
LISTS = {
    "list": "?count=50",
    "list, sorted by email": "?count=50&sort=email",
    "`q` that one fits": f"?count=50&q=anna@m{SALT}00005000.example.com",
    "`q` that all fit": "?count=50&q=berg",
    "first page": "?count=10&offset=0",
    "deepest page": "?count=10&offset=9990",
}


def part(plan: Plan) -> ClaimResult:
    with running_server(MEMORY) as server:
        send_requests(server, VTEX_POST, MANY, SALT)
        mib = resident_mib(server.pid)
        times = dict(_compare(server, plan.rounds))
    with running_server(MEMORY) as server:
        send_requests(server, NEWSTORE_POST, LISTED, SALT)
        waits = {name: _waiting_milliseconds(server, query, plan) for name, query in LISTS.items()}
    ratios = {what: median(many / few for few, many in pairs) for what, pairs in times.items()}
    claims = [
        *(Claim(f"{what}, {MANY:,} profiles against {FEW:,}", "at most", 1.2, "×", r) for what, r in ratios.items()),
        *(Claim(f"NewStore {name} at {LISTED:,}, p50", "under", 5, "ms", waits[name]) for name in list(LISTS)[:4]),
        Claim("the deepest page against the first", "at most", 1.2, "×", waits["deepest page"] / waits["first page"]),
        Claim(f"memory at {MANY:,} profiles", "under", 600, "MiB", mib),
    ]
    return ClaimResult("Many people", claims, list(_lines(times, waits)))


def _compare(server: RunningServer, rounds: int) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Return CPU microseconds of a request with few and with many profiles, by kind of request and round."""
    read = Load(f"{PROFILES}/john@EMAIL?alternativeKey=email", VTEX, among=_count_created(FEW))
    send_requests(server, _in_sandbox("few", VTEX_POST), FEW, SALT)
    yield (
        "GET by key",
        [
            (
                send_requests(server, _in_sandbox("few", read), READS, SALT),
                send_requests(server, replace(read, among=_count_created(MANY)), READS, SALT),
            )
            for _ in range(rounds)
        ],
    )
    writes = []
    for number in range(rounds):
        name = f"few-{number}"  # a new one each time: what is written makes many of few
        send_requests(server, _in_sandbox(name, VTEX_POST), FEW, SALT)
        few = send_requests(server, _in_sandbox(name, VTEX_POST), WRITES, 100 + number)
        writes.append((few, send_requests(server, VTEX_POST, WRITES, 100 + number)))
    yield "POST", writes


def _count_created(number: int) -> int:
    """Return how many of the first `number` profiles certainly exist: the last requests may have been aborted."""
    return number - 2 * CONNECTIONS


def _in_sandbox(sandbox: str, load: Load) -> Load:
    return replace(load, path=f"/~{sandbox}{load.path}")


def _waiting_milliseconds(server: RunningServer, query: str, plan: Plan) -> float:
    """Return the milliseconds that a single client waits."""
    load = Load(f"{NEWSTORE_PROFILES}{query}", NEWSTORE)
    return median(measure_load(server, load, 1, SALT, connections=1).p50_ms for _ in range(plan.rounds))


def _lines(times: dict[str, list[tuple[float, float]]], waits: dict[str, float]) -> Iterator[str]:
    yield f"| CPU µs a request | {FEW:,} profiles | {MANY:,} profiles |"
    yield "|---|---:|---:|"
    for what, pairs in times.items():
        yield f"| {what} | {median(few for few, _ in pairs):.0f} | {median(many for _, many in pairs):.0f} |"
    yield ""
    yield f"| NewStore, {LISTED:,} profiles | p50 ms |"
    yield "|---|---:|"
    for name, wait in waits.items():
        yield f"| {name} | {wait:.2f} |"
