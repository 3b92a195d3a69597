"""Writes RESULTS.md: the results with date, machine and versions."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.claims import ClaimResult, table
from bench.contenders.npm import FOLDER, PACKAGES
from bench.load import CONNECTIONS
from bench.plan import Plan
from bench.server_process import LOAD_CORES, SERVER_CORES

FILE = Path(__file__).with_name("RESULTS.md")
DISTRIBUTIONS = ("connexion", "starlette", "uvicorn", "uvloop", "tinydb", "jsonschema-rs", "fastapi", "schemathesis")


def text(results: Sequence[ClaimResult], plan: Plan) -> str:
    """Return the page as Markdown."""
    whole = ["# Measured", "", *_facts(plan), "", "## What is to be reached", ""]
    whole += table(claim for result in results for claim in result.claims)
    for result in results:
        whole += ["", f"## {result.title}", "", *result.lines]
    return "\n".join(whole) + "\n"


def _facts(plan: Plan) -> Iterator[str]:
    yield f"`python -m bench --record`, {datetime.now(UTC):%Y-%m-%d}."
    yield ""
    yield f"- {platform.system()} {platform.machine()}, {_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB"
    versions = [f"Python {platform.python_version()}", *(_version(name) for name in DISTRIBUTIONS)]
    yield f"- {', '.join([*versions, *_commands(), *_peers()])}"
    apart = SERVER_CORES != LOAD_CORES
    where = "The server has one core, wrk another one; WireMock has all" if apart else "Server and wrk share all cores"
    yield f"- wrk, {CONNECTIONS} connections, one process each. {where}. {plan.rounds} rounds of {plan.seconds} s."
    yield "- Memory for all was used once before: a virtual machine gets it at its first use, which takes long."
    yield "- All servers run at once and are loaded in turn, a round each, in a different order each round; a ratio is"
    yield "  the median over the rounds of the ratio within a round. The sandbox has all rules, credentials and its"
    yield "  journal on."


def _version(name: str) -> str:
    try:
        return f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return f"no {name}"


def _commands() -> Iterator[str]:
    for name, option in (("node", "--version"), ("java", "-version"), ("wrk", "--version")):
        if shutil.which(name) is None:
            yield f"no {name}"
            continue
        run = subprocess.run([name, option], capture_output=True, text=True, check=False)
        found = re.search(r"\d+(\.\d+)+", run.stdout + run.stderr)
        yield f"{name} {found[0] if found else ''}".strip()


def _peers() -> Iterator[str]:
    for package in PACKAGES:
        name = package.rpartition("@")[0]
        manifest = FOLDER / "node_modules" / name / "package.json"
        if manifest.is_file():
            yield f"{name} {json.loads(manifest.read_text())['version']}"


def _processor() -> str:
    found = re.search(r"model name\s*: (.+)", _read("/proc/cpuinfo"))
    return found[1] if found else platform.processor() or "an unknown processor"


def _memory_gib() -> float:
    found = re.search(r"MemTotal:\s+(\d+)", _read("/proc/meminfo"))
    return int(found[1]) / 2**20 if found else 0.0


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text() if file.exists() else ""
