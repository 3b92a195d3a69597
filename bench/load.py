"""Load from wrk, and what a server spends on it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.contenders.contender import Load

CONNECTIONS = 32
_DONE = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %.3f %.3f %d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
_CREATE = """
local thread_number = 0
function setup(thread)
  thread:set("number", thread_number)
  thread_number = thread_number + 1
end
function init(args)
  count = 0
  template = [==[%s]==]
end
function request()
  count = count + 1
  local unique = string.format("%%d%%d%%08d", %d, number, count)
  local body = template:gsub("EMAIL", "m" .. unique .. ".example.com"):gsub("NUMBER", unique)
  return wrk.format("POST", nil, nil, body)
end
"""


@dataclass(frozen=True)
class Measured:
    """One run. Milliseconds for latencies; `cpu_us` is the server's own time a request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: float


def script(load: Load, salt: int, folder: Path) -> Path:
    """A Lua script that sends this load; `salt` makes what it creates differ from other runs'."""
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in load.headers.items())
    create = "" if load.body is None else _CREATE % (load.body, salt)
    file = folder / "load.lua"
    file.write_text(headers + create + _DONE)
    return file


def measured(url: str, load: Load, seconds: int, pid: int, salt: int, folder: Path) -> Measured:
    """Loads the server for so many seconds."""
    before = _cpu_seconds(pid)
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-s",
        str(script(load, salt, folder)),
        url + load.path,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", run.stdout)
    if found is None:
        raise RuntimeError(f"wrk printed no result: {run.stdout}")
    requests, duration_us = int(found[1]), int(found[2])
    spent = _cpu_seconds(pid) - before
    return Measured(
        requests / (duration_us / 1e6), float(found[3]), float(found[4]), int(found[5]), spent / max(requests, 1) * 1e6
    )


def _cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children, from Linux's accounting."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for process in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [grandchild for child in map(int, listed) for grandchild in (child, *_children(child))]


def resident_mib(pid: int) -> float:
    """Resident memory of a process and its children."""
    pages = 0
    for process in (pid, *_children(pid)):
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except FileNotFoundError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
