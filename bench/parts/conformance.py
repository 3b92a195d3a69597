"""Requests per second of the harness compared with the Schemathesis command, on the same server and documents."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import httpx

from bench.claims import Claim, ClaimResult
from bench.contenders.sandbox import MEMORY
from bench.plan import Plan
from bench.server_process import RunningServer, running_server
from pii_sandbox import specs
from pii_sandbox.conformance.generated.partition import DEPTHS

CONFIG = Path(__file__).parents[2] / "schemathesis.toml"
DEPTH = "standard"
EXAMPLES = getattr(DEPTHS[DEPTH], "examples", 0)
ROUNDS = 3
DOCUMENTS = tuple(name for api, names in specs.APIS.items() if api != "sandbox" for name in names)


@dataclass(frozen=True)
class Run:
    """The number of requests, and the seconds of the whole command, with start and report."""

    requests: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def part(plan: Plan) -> ClaimResult:
    with running_server(replace(MEMORY, all_cores=True)) as server:
        pairs = [(run_harness(server), run_schemathesis(server, number)) for number in range(min(ROUNDS, plan.rounds))]
    times = median(ours.per_second / theirs.per_second for ours, theirs in pairs)
    claim = Claim(f"`check --depth {DEPTH}`, requests a second", "at least", 1.5, "× `schemathesis run`", times)
    return ClaimResult("The harness", [claim], list(_lines(pairs)))


def run_harness(server: RunningServer) -> Run:
    """`pii-sandbox check` of all APIs: scenarios and generated calls."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pii_sandbox", "check", server.url, "--depth", DEPTH, "--report", folder]
        begun = time.monotonic()
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        if run.returncode:
            raise RuntimeError(f"the sandbox does not pass: {run.stdout}{run.stderr}")
        facts = json.loads((Path(folder) / "report.json").read_text("utf-8"))["run"]["facts"]
    return Run(facts["requests"] + facts["generated calls"], seconds)


def run_schemathesis(server: RunningServer, number: int) -> Run:
    """`schemathesis run` with all checks and phases, one document after the other, in a sandbox of its own."""
    sandbox, begun = f"{server.url}/~fuzz-{number}", time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for name in DOCUMENTS:
            command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIG)]
            command += ["run", f"{sandbox}/_sandbox/docs/{name}/openapi.json", "--checks", "all", "--seed", "1"]
            command += ["--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES)]
            command += ["--no-color", "--warnings", "off", "--suppress-health-check", "all"]
            subprocess.run(command, cwd=folder, capture_output=True, check=False)
    seconds = time.monotonic() - begun
    counted = re.findall(
        r"(?m)^pii_sandbox_requests_total\{.*\} (\d+)$", httpx.get(f"{sandbox}/_sandbox/v1/metrics").text
    )
    return Run(sum(map(int, counted)), seconds)


def _lines(pairs: Sequence[tuple[Run, Run]]) -> Iterator[str]:
    yield f"Both with {EXAMPLES} examples an operation, all checks and phases; from the start of a command to its end."
    yield ""
    yield "| round | check: requests | s | a second | schemathesis run: requests | s | a second |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for number, (ours, theirs) in enumerate(pairs, 1):
        cells = [f"{run.requests:,} | {run.seconds:.1f} | {run.per_second:.0f}" for run in (ours, theirs)]
        yield f"| {number} | " + " | ".join(cells) + " |"
