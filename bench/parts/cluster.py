"""Shared sandboxes: the sandbox over a nats-server, beside the single process in memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from bench.claims import Claim, ClaimResult
from bench.contenders.contender import JOHN, JSON, Contender
from bench.contenders.sandbox import MEMORY, PROFILES, VTEX, contender
from bench.load import Measurement, measure_load, resident_mib, send_requests
from bench.plan import Plan
from bench.server_process import free_port, running_server
from pii_sandbox.mockserver.cluster.connection import ClusterConnection, ClusterOptions
from pii_sandbox.mockserver.cluster.jetstream_log import JetStreamLog
from pii_sandbox.server.nats_server import nats_server

GET, POST = "GET masked by email", "POST profile"
CHANGED = 10_000
IN_USE, IN_LOG = 1_000, 50_000
AT_ONCE = 200  # messages to the log
ROUNDS = 3


def part(plan: Plan) -> ClaimResult:
    """Measure reads and writes of one sandbox, the start of a replica, and the memory of sandboxes in use."""
    with tempfile.TemporaryDirectory() as folder, nats_server(Path(folder)) as nats:
        shared = contender("--cluster", lambda _: ["--cluster", nats.url])
        local = contender("--cluster --reads local", lambda _: ["--cluster", nats.url, "--reads", "local"])
        workers = contender("--workers 2", lambda _: ["--workers", "2"])
        servers = (MEMORY, shared, local, workers)
        found = {
            kind: {each.name: runs(each, kind, plan, 100 * place) for place, each in enumerate(servers, 1)}
            for kind in (GET, POST)
        }
        start_seconds, answer = first_answer(shared)
        memory_mib = memory(shared, nats.url)
    several = [*three_servers(plan)]
    claims = [
        Claim("linearizable GET, beside the single process", "at least", 0.35, "×", ratio(found[GET], "--cluster")),
        Claim("GET with --reads local", "at least", 0.9, "×", ratio(found[GET], "--cluster --reads local")),
        Claim("POST", "at least", 0.2, "×", ratio(found[POST], "--cluster")),
        Claim("POST, p99", "under", 40, "ms", median(each.p99_ms for each in found[POST]["--cluster"])),
        Claim(f"a replica's first answer of a sandbox with {CHANGED:,} new profiles", "under", 2, "s", answer),
        Claim(f"a replica with {IN_USE:,} sandboxes in use, {IN_LOG:,} in the log", "under", 300, "MiB", memory_mib),
    ]
    ready = f"That replica was ready {start_seconds:.1f} s after its start."
    return ClaimResult("Cluster", claims, [*lines(found), "", *several, "", ready])


def runs(server: Contender, kind: str, plan: Plan, salt: int) -> list[Measurement]:
    """Measure one kind of load. `salt` is no other server's: those that share a log share their profiles."""
    with running_server(server) as started:
        load = server.loads(started.url)[kind]
        measure_load(started, load, 1, salt)
        return [measure_load(started, load, plan.seconds, salt + number) for number in range(1, ROUNDS + 1)]


def ratio(measurements: dict[str, list[Measurement]], name: str) -> float:
    return per_second(measurements[name]) / per_second(measurements[MEMORY.name])


def per_second(measured: list[Measurement]) -> float:
    return median(each.per_second for each in measured)


def first_answer(server: Contender) -> tuple[float, float]:
    """Return the seconds until a new replica is ready, and those of its first call of a large sandbox."""
    with running_server(server) as writer:
        load = server.loads(writer.url)[POST]
        load = replace(load, path=f"/~large{load.path}")
        send_requests(writer, load, CHANGED, salt=7)
        with running_server(server) as reader:
            begun = perf_counter()
            documents = httpx.get(
                f"{reader.url}/~large/_sandbox/v1/documents/vtex/profiles?count=1", headers=VTEX, timeout=60
            ).json()
            if documents["total"] < CHANGED:
                raise RuntimeError(f"the replica shows {documents['total']} profiles")
            return reader.start_seconds, perf_counter() - begun


def memory(server: Contender, url: str) -> float:
    with (
        running_server(server) as started,
        httpx.Client(base_url=started.url, headers={**VTEX, **JSON}, timeout=60) as client,
    ):
        person = JOHN.replace("EMAIL", "memory.example.com").replace("NUMBER", "1")
        client.post("/~kept-0" + PROFILES, content=person).raise_for_status()
        asyncio.run(fill(url, "kept", IN_LOG))
        for number in range(IN_USE):
            client.get(f"/~kept-{number}/_sandbox/v1/status").raise_for_status()
        return resident_mib(started.pid)


async def fill(url: str, name: str, count: int) -> None:
    """Make copies of the sandbox `name`-0 in the log, up to `count`."""
    connection = ClusterConnection(ClusterOptions([url]))
    units = await JetStreamLog(connection, f"{name}-0").units(0) or ()
    whole = b"".join(unit for _, unit in units)
    for first in range(1, count, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, count))
        await asyncio.gather(*(JetStreamLog(connection, f"{name}-{number}").append(whole, 0) for number in numbers))
    await connection.close()


def three_servers(plan: Plan) -> Iterator[str]:
    """Two replicas over three servers of the log, both under load at once, everything on all processors."""
    with tempfile.TemporaryDirectory() as folder, log_servers(Path(folder)) as urls:
        shared = replace(contender("", lambda _: ["--cluster", ",".join(urls)]), all_cores=True)
        with running_server(shared) as one, running_server(shared) as other, ThreadPoolExecutor(2) as threads:
            loads = shared.loads(one.url)
            yield "| two replicas, three servers of the log | requests a second | p50 ms | p99 ms | errors |"
            yield "|---|---:|---:|---:|---:|"
            for kind in (GET, POST):
                for what, names in (("a sandbox for each", ("one", "other")), ("one sandbox", ("both", "both"))):
                    calls = [
                        threads.submit(
                            measure_load,
                            server,
                            replace(loads[kind], path=f"/~{name}{loads[kind].path}"),
                            plan.seconds,
                            1000 + number,
                        )
                        for number, (server, name) in enumerate(zip((one, other), names, strict=True))
                    ]
                    measured = [call.result() for call in calls]
                    total, errors = sum(each.per_second for each in measured), sum(each.errors for each in measured)
                    p50, p99 = max(each.p50_ms for each in measured), max(each.p99_ms for each in measured)
                    yield f"| {kind}, {what} | {total:,.0f} | {p50:.1f} | {p99:.1f} | {errors} |"


@contextmanager
def log_servers(folder: Path) -> Iterator[list[str]]:
    """URLs of three nats-servers that keep one log, until the block ends."""
    with ExitStack() as opened:
        ports = [free_port() for _ in range(3)]
        routes = ",".join(f"nats://127.0.0.1:{port}" for port in ports)
        urls = []
        for number, port in enumerate(ports):
            names = ["--server_name", f"n{number}", "--cluster_name", "bench", "--routes", routes]
            options = ["--cluster", f"nats://127.0.0.1:{port}", *names]
            urls.append(opened.enter_context(nats_server(folder / f"n{number}", options, token="bench")).url)
        yield urls


def lines(measurements: dict[str, dict[str, list[Measurement]]]) -> Iterator[str]:
    yield "| | requests a second | p50 ms | p99 ms | server CPU µs a request | errors |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, servers in measurements.items():
        for name, measured in servers.items():
            p50, p99, cpu = (
                median(getattr(each, figure) for each in measured) for figure in ("p50_ms", "p99_ms", "cpu_us")
            )
            errors = sum(each.errors for each in measured)
            yield f"| {kind}, {name} | {per_second(measured):,.0f} | {p50:.1f} | {p99:.1f} | {cpu:.0f} | {errors} |"
