"""`python -m bench [NAME …]`: each contender in turn is started, warmed up, loaded with wrk and stopped.

Prints one table with ratios and, with `--record`, writes it to bench/RESULTS.md. `python -m bench.store` measures the
store alone.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bench.contenders import ALL
from bench.contenders.contender import Contender
from bench.load import Measured, measured, resident_mib

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "# Measured\n\n`python -m bench --record`: wrk, 32 connections, one process each, medians of the rounds.\n\n"
OURS = "sandbox"
Table = dict[str, dict[str, Measured]]


def played(contender: Contender, seconds: int, rounds: int) -> tuple[dict[str, Measured], float, float]:
    """The median of the rounds for each load, seconds to the first answer, and MiB at the end."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        folder, url = Path(name), f"http://127.0.0.1:{port}"
        begun = time.monotonic()
        process = subprocess.Popen(
            contender.command(port, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            started = _first_answer(url + contender.ready, process, begun)
            loads = contender.loads(url)
            found = {}
            for number, (kind, load) in enumerate(loads.items()):
                measured(url, load, contender.warm_seconds, process.pid, 100 + number * 10, folder)
                runs = [
                    measured(url, load, seconds, process.pid, 101 + number * 10 + round_, folder)
                    for round_ in range(rounds)
                ]
                found[kind] = sorted(runs, key=lambda run: run.per_second)[len(runs) // 2]
            return found, started, resident_mib(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _first_answer(url: str, process: subprocess.Popen[bytes], begun: float) -> float:
    while time.monotonic() - begun < 60:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            time.sleep(0.02)
            continue
        return time.monotonic() - begun
    raise RuntimeError("the server did not answer")


def lines(table: Table, starts: dict[str, tuple[float, float]]) -> list[str]:
    """The table as Markdown: a row a contender and load, with the ratio of the sandbox to it."""
    rows = ["| server | load | requests/s | sandbox is × | p50 ms | p99 ms | CPU µs/request | errors |"]
    rows.append("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, kinds in table.items():
        for kind, run in kinds.items():
            ours = table.get(OURS, {}).get(kind)
            ratio = f"{ours.per_second / run.per_second:.2f}" if ours and run.per_second else ""
            rows.append(
                f"| {name} | {kind} | {run.per_second:,.0f} | {ratio} | {run.p50_ms:.1f} | {run.p99_ms:.1f} "
                f"| {run.cpu_us:.0f} | {run.errors} |"
            )
    rows += ["", "| server | start s | MiB at the end |", "|---|---:|---:|"]
    rows += [f"| {name} | {start:.2f} | {mib:.0f} |" for name, (start, mib) in starts.items()]
    return rows


def facts() -> list[str]:
    """When, where and with what it was measured."""
    versions = (
        f"{name} {importlib.metadata.version(name)}" for name in ("connexion", "starlette", "uvicorn", "tinydb")
    )
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        + ", ".join(versions),
        "",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(ALL), metavar="NAME", help=f"of {', '.join(ALL)}")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--record", action="store_true", help=f"write {RESULTS.name}")
    chosen = parser.parse_args(arguments)
    table: Table = {}
    starts: dict[str, tuple[float, float]] = {}
    for name in chosen.names:
        try:
            table[name], started, mib = played(ALL[name], chosen.seconds, chosen.rounds)
        except (RuntimeError, httpx.HTTPError, subprocess.CalledProcessError) as error:
            print(f"{name}: not measured: {error}", file=sys.stderr)
            continue
        starts[name] = (started, mib)
        median = statistics.median(run.per_second for run in table[name].values())
        print(f"{name}: {median:,.0f} requests/s over all loads", file=sys.stderr)
    text = "\n".join([*facts(), *lines(table, starts)]) + "\n"
    print(text)
    if chosen.record:
        RESULTS.write_text(HEAD + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
