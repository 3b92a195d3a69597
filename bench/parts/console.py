"""Cost of an open console: what its stream adds to each call, and how smoothly the page follows 500 calls a second."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from bench.claims import Claim, ClaimResult
from bench.contenders.contender import Load
from bench.contenders.sandbox import MEMORY
from bench.plan import Plan
from bench.server_process import LOAD_CORES, RunningServer, pin, running_server

CALLS_PER_SECOND = 500
CONNECTIONS = 4
LISTENERS = (0, 1, 3)
MOST_RATIO = 1.05
SLICE_SECONDS = 1.0  # short, so that what else the machine does falls on all numbers of streams alike
STREAM = "/_sandbox/v1/journal/stream"
FEWEST_FRAMES = 0.9
_OBSERVE = """
window.seen = {frames: 0, longest: 0, tasks: []};
new PerformanceObserver(list => list.getEntries().forEach(each => window.seen.tasks.push(each.duration)))
  .observe({type: 'longtask'});
let last = performance.now();
const frame = now => {
  window.seen.frames += 1;
  window.seen.longest = Math.max(window.seen.longest, now - last);
  last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
_FILL = """async () => {
  const { log } = await import(new URL('call_log.js', location.href).href);
  log.calls = Array.from({length: 10000}, (_, at) => ({...log.calls[0], id: at - 10000}));
  log.listeners.forEach(listener => listener());
}"""  # as many calls as the list holds
_RESTART = "window.seen = {frames: 0, longest: 0, tasks: []}"


def part(plan: Plan) -> ClaimResult:
    with running_server(MEMORY) as server:
        load = MEMORY.loads(server.url)["GET masked by email"]
        _calls(server, load, plan.seconds)  # warms it up
        rounds = [_round(server, load, number) for number in range(plan.rounds * plan.seconds)]
        page = _page(server, load, plan.seconds) if shutil.which("chromium") and find_spec("playwright") else None
    claims = [
        Claim(
            f"CPU time of a call, {CALLS_PER_SECOND} a second, {count} streams of the journal, beside none",
            "at most",
            MOST_RATIO,
            "times",
            median(each[count] / each[0] for each in rounds),
        )
        for count in LISTENERS[1:]
    ]
    lines = ["| streams | CPU µs a call |", "|---:|---:|"]
    lines += [f"| {count} | {median(each[count] for each in rounds):.1f} |" for count in LISTENERS]
    if page is not None:
        idle, frames, longest, tasks = page
        claims += [
            Claim(
                "frames of the console's page under that load, beside none",
                "at least",
                FEWEST_FRAMES,
                "times",
                frames / idle,
            ),
            Claim("its tasks over 50 ms in that time", "at most", 0, "tasks", len(tasks)),
        ]
        lines += [
            "",
            f"- The page in Chromium, with 10,000 calls in its list: {idle:.0f} frames a second without new ones,",
        ]
        lines += [f"  {frames:.0f} with them; the longest time between two frames was {longest:.0f} ms."]
    return ClaimResult("The console", claims, lines)


def _round(server: RunningServer, load: Load, number: int) -> dict[int, float]:
    """CPU µs of a call, by the number of streams that are read meanwhile, in an order that differs by round."""
    found = {}
    for count in LISTENERS[number % 3 :] + LISTENERS[: number % 3]:
        with _streams(server, count):
            before = _cpu_seconds(server.pid)
            made = _calls(server, load, SLICE_SECONDS)
            found[count] = (_cpu_seconds(server.pid) - before) / made * 1e6
    return found


def _page(server: RunningServer, load: Load, seconds: float) -> tuple[float, float, float, list[float]]:
    """Frames a second without and with calls; with them the longest time between two and the tasks over 50 ms."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 — the other figures need no browser

    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"]) as browser,
    ):
        page = browser.new_page()
        page.goto(f"{server.url}/_sandbox/")
        page.locator(".rows li").first.wait_for()
        page.evaluate(_FILL)
        page.evaluate(_OBSERVE)
        page.wait_for_timeout(seconds * 1e3)
        idle = page.evaluate("window.seen.frames") / seconds
        page.evaluate(_RESTART)
        loading = threading.Thread(target=_calls, args=(server, load, seconds))
        loading.start()
        page.wait_for_timeout(seconds * 1e3)
        seen = page.evaluate("window.seen")
        loading.join()
    return idle, seen["frames"] / seconds, seen["longest"], seen["tasks"]


def _calls(server: RunningServer, load: Load, seconds: float) -> int:
    """Make calls at a steady rate for so long, and return how many it were."""
    pin(LOAD_CORES)
    request = _request(load.path, dict(load.headers))
    number = 0
    with ExitStack() as stack:
        lines = [stack.enter_context(_connection(server)) for _ in range(CONNECTIONS)]
        began = time.perf_counter()
        while (now := time.perf_counter() - began) < seconds:
            due = number / CALLS_PER_SECOND
            if due > now:
                time.sleep(due - now)
            line = lines[number % CONNECTIONS]
            line.sendall(request)
            status = line.recv(65536)[9:12]
            if status != b"200":
                raise RuntimeError(f"the server answers {status!r}")
            number += 1
    return number


@contextmanager
def _streams(server: RunningServer, count: int) -> Iterator[None]:
    """So many clients that read the journal's stream."""
    lines = [_connection(server) for _ in range(count)]
    readers = [threading.Thread(target=_read_all, args=(line,)) for line in lines]
    for line, reader in zip(lines, readers, strict=True):
        line.sendall(_request(STREAM, {}))
        line.recv(65536)
        reader.start()
    yield
    for line, reader in zip(lines, readers, strict=True):
        line.shutdown(socket.SHUT_RDWR)
        reader.join()
        line.close()


def _read_all(line: socket.socket) -> None:
    pin(LOAD_CORES)
    with suppress(ConnectionResetError):  # it is shut down while events are on their way
        while line.recv(2**20):
            pass


def _connection(server: RunningServer) -> socket.socket:
    parts = urlsplit(server.url)
    line = socket.create_connection((str(parts.hostname), parts.port or 80))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _request(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _cpu_seconds(pid: int) -> float:
    """CPU time of the server's threads, to the nanosecond (the accounting of `bench.load` counts hundredths)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
