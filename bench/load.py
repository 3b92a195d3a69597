"""Generates load with wrk, and measures the CPU time and memory of the server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.contenders.contender import Load
from bench.server_process import LOAD_CORES, RunningServer, pin

CONNECTIONS = 32
_DONE = """
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %.3f %.3f %d\\n", summary.requests, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""
_REQUEST = """
function init(args)
  count = 0
  path = [==[%s]==]
  template = %s
end
function request()
  count = %s
  local unique = string.format("%d%%08d", count)
  local function filled(text)
    return text and text:gsub("EMAIL", "m" .. unique .. ".example.com"):gsub("NUMBER", unique)
  end
  return wrk.format(template and "POST" or "GET", filled(path), nil, filled(template))
end
"""
_UNTIL = """
local answered = 0
function response(status)
  answered = answered + 1
  if status >= 400 then io.stderr:write(status, "\\n") os.exit(1) end
  if answered == %d then os.exit(0) end
end
"""


@dataclass(frozen=True)
class Measurement:
    """One run. Latencies in milliseconds; `cpu_us` is the server's own time a request."""

    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int
    cpu_us: float


def script(load: Load, salt: int, folder: Path, until: int | None = None) -> Path:
    """A Lua script that sends this load. `salt` makes what it creates differ from other runs'; `until`: so many."""
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in load.headers.items())
    body = "nil" if load.body is None else f"[==[{load.body}]==]"
    # wrk looks at the first request without sending it
    counted = "count + 1" if load.among is None else f"math.random(2, {load.among})"
    differs = load.body is not None or load.among is not None
    request = _REQUEST % (load.path, body, counted, salt) if differs else ""
    file = folder / "load.lua"
    file.write_text(headers + request + (_DONE if until is None else _UNTIL % until))
    return file


def measure_load(
    server: RunningServer, load: Load, seconds: int, salt: int, connections: int = CONNECTIONS
) -> Measurement:
    """Run load on the server for `seconds`."""
    before = cpu_seconds(server.pid)
    printed = _wrk(server, load, seconds, connections, script(load, salt, server.folder))
    spent = cpu_seconds(server.pid) - before
    found = re.search(r"RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)", printed)
    if found is None:
        raise RuntimeError(f"wrk printed no result: {printed}")
    requests, duration_us = int(found[1]), int(found[2])
    return Measurement(
        requests / (duration_us / 1e6), float(found[3]), float(found[4]), int(found[5]), spent / max(requests, 1) * 1e6
    )


def send_requests(server: RunningServer, load: Load, number: int, salt: int) -> float:
    """Send `number` requests; return the server's CPU µs per request. Raises CalledProcessError for a refusal."""
    before = cpu_seconds(server.pid)
    _wrk(server, load, 600, CONNECTIONS, script(load, salt, server.folder, number))
    return (cpu_seconds(server.pid) - before) / number * 1e6


def _wrk(server: RunningServer, load: Load, seconds: int, connections: int, lua: Path) -> str:
    if shutil.which("wrk") is None:
        raise RuntimeError("the load comes from wrk, which is not installed")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(lua), server.url + load.path]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: pin(LOAD_CORES),
    )
    return run.stdout


def cpu_seconds(pid: int) -> float:
    """CPU time of a server and what it started, from Linux's accounting, to some hundredths of a second."""
    ticks = sum(int(fields[11]) + int(fields[12]) for _, fields in _session(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def process_mib() -> float:
    """Return the resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def resident_mib(pid: int) -> float:
    """Return the resident memory of a server and its child processes."""
    pages = sum(int(fields[21]) for _, fields in _session(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _session(leader: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the processes of a session, each with the fields of /proc/PID/stat after its name."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if int(fields[3]) == leader:
                yield int(folder.name), fields
