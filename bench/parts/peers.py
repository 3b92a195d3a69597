"""Throughput and latency of the sandbox compared with other servers.

All servers are started first, then loaded in turn, in a different order each round, so that other activity of the
machine affects all alike. A ratio is the median over the rounds of the ratio within a round.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from statistics import median

import httpx

from bench.claims import Claim, ClaimResult
from bench.contenders import ALL
from bench.contenders.contender import Load
from bench.load import Measurement, measure_load, resident_mib
from bench.plan import Plan
from bench.server_process import RunningServer, running_server

OURS, CHECKED = "sandbox", "sandbox --validate-responses"
MASKED, BY_ID, CREATE, SMALL = "GET masked by email", "GET by id", "POST profile", "POST small profile"
SAID: Mapping[str, str] = {
    MASKED: "GET one masked VTEX profile by email",
    BY_ID: "GET a NewStore profile by id",
    CREATE: "POST a VTEX profile",
    SMALL: "POST a NewStore profile",
}
READING: Mapping[str, float] = {"starlette": 0.6, "prism": 5, "json-server": 3, "mockoon": 3}
CREATING: Mapping[str, float] = {"starlette": 0.6, "prism": 4, "json-server": 14, "mockoon": 14}
KEPT: Mapping[str, float] = {"sandbox --data": 0.8, "sandbox --durable": 0.3}
PEERS: Mapping[str, Mapping[str, float]] = {MASKED: READING, BY_ID: READING, CREATE: CREATING, SMALL: CREATING}
MOST_P99_MS, MOST_CHECKING_PERCENT = 10, 15

Rounds = dict[str, dict[str, list[Measurement]]]  # by kind of load, by contender


def measured_rounds(plan: Plan) -> tuple[Rounds, dict[str, tuple[float, float]]]:
    """Return all rounds, and for each server the seconds to its first response and its final memory in MiB."""
    rounds: Rounds = {kind: {} for kind in SAID}
    with ExitStack() as stack:
        racing = dict(_start_servers(plan, stack))
        for number, kind in enumerate(SAID):
            salt = 100 + number * 100
            field = {name: (server, loads[kind]) for name, (server, loads) in racing.items() if kind in loads}
            rounds[kind] = _run_rounds(field, plan, salt)
            print(f"{kind}: {len(field)} servers", file=sys.stderr)
        ends = {name: (server.start_seconds, resident_mib(server.pid)) for name, (server, _) in racing.items()}
    return rounds, ends


def _start_servers(plan: Plan, stack: ExitStack) -> Iterator[tuple[str, tuple[RunningServer, dict[str, Load]]]]:
    for name in plan.names:
        try:
            server = stack.enter_context(running_server(ALL[name]))
            yield name, (server, ALL[name].loads(server.url))
        except (RuntimeError, OSError, httpx.HTTPError, subprocess.CalledProcessError, LookupError) as error:
            print(f"{name}: not measured: {error}", file=sys.stderr)


def _run_rounds(field: Mapping[str, tuple[RunningServer, Load]], plan: Plan, salt: int) -> dict[str, list[Measurement]]:
    names = list(field)
    runs: dict[str, list[Measurement]] = {name: [] for name in names}
    for name in names:
        server, load = field[name]
        measure_load(server, load, min(server.contender.warm_seconds, plan.seconds * 10), salt)
    for number in range(1, plan.rounds + 1):
        shift = number * len(names) // plan.rounds
        for name in names[shift:] + names[:shift]:
            server, load = field[name]
            runs[name].append(measure_load(server, load, plan.seconds, salt + number))
    return runs


def ratio(rounds: Rounds, kind: str, numerator: str, denominator: str, figure: str = "per_second") -> float | None:
    """Return the ratio of a figure of `numerator` to that of `denominator`; None if one of them was not measured."""
    one, other = rounds[kind].get(numerator, []), rounds[kind].get(denominator, [])
    pairs = [(getattr(a, figure), getattr(b, figure)) for a, b in zip(one, other, strict=False)]
    return median(a / b for a, b in pairs) if pairs and all(b for _, b in pairs) else None


def claims(rounds: Rounds) -> Iterator[Claim]:
    for kind, peers in PEERS.items():
        for peer, bound in peers.items():
            there = f"{peer}, NewStore" if f"{peer}, NewStore" in rounds[kind] else peer
            yield Claim(SAID[kind], "at least", bound, f"× {peer}", ratio(rounds, kind, OURS, there))
    for kind, said in SAID.items():
        times = ratio(rounds, kind, f"{OURS}, HTTPS", "starlette, HTTPS")
        yield Claim(f"{said}, both over HTTPS", "at least", PEERS[kind]["starlette"], "× starlette", times)
    for kind, said in SAID.items():
        cpu = ratio(rounds, kind, OURS, "wiremock", "cpu_us")
        yield Claim(f"CPU time of {said}", "at most", 1, "× WireMock", cpu)
        p99 = ratio(rounds, kind, OURS, "wiremock", "p99_ms")
        yield Claim(f"p99 of {said}", "under", 1, "× WireMock", p99)
    for kind, said in SAID.items():
        own = [run.p99_ms for run in rounds[kind].get(OURS, [])]
        yield Claim(f"p99 of {said}, 32 connections", "under", MOST_P99_MS, "ms", median(own) if own else None)
    for kind, said in SAID.items():
        times = ratio(rounds, kind, OURS, CHECKED)
        percent = None if times is None else (times - 1) * 100
        yield Claim(f"`--validate-responses`, {said}", "under", MOST_CHECKING_PERCENT, "% more time", percent)
    for name, bound in KEPT.items():
        for kind in (CREATE, SMALL):
            flag = name.removeprefix("sandbox ")
            yield Claim(f"`{flag}`, {SAID[kind]}", "at least", bound, "× memory", ratio(rounds, kind, name, OURS))


def lines(rounds: Rounds, ends: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """Return the medians of the rounds as lines of Markdown."""
    yield "| load | server | requests/s | sandbox is × | … by CPU time | p50 ms | p99 ms | CPU µs/request | errors |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for kind, runs in rounds.items():
        for name, own in runs.items():
            times, by_cpu = ratio(rounds, kind, OURS, name), ratio(rounds, kind, name, OURS, "cpu_us")
            cells = [f"{median(run.per_second for run in own):,.0f}"]
            cells += ["" if found is None else f"{found:.2f}" for found in (times, by_cpu)]
            cells += [f"{median(getattr(run, figure) for run in own):.1f}" for figure in ("p50_ms", "p99_ms")]
            cells += [f"{median(run.cpu_us for run in own):.0f}", str(sum(run.errors for run in own))]
            yield f"| {kind} | {name} | " + " | ".join(cells) + " |"
    yield ""
    yield "| server | s to the first answer | MiB at the end |"
    yield "|---|---:|---:|"
    for name, (start, mib) in ends.items():
        yield f"| {name} | {start:.2f} | {mib:.0f} |"


def part(plan: Plan) -> ClaimResult:
    rounds, ends = measured_rounds(plan)
    return ClaimResult("Beside other servers", list(claims(rounds)), list(lines(rounds, ends)))
