"""Whether memory stays flat under clients that behave badly, by rounds: `python -m bench soak --rounds N`.

In each round clients pipeline requests for large lists and leave without reading, ask for `fields` that nobody asked
for before, send URLs of 5 MB and header fields of 1 MB, and begin requests that they never end. Then the server's
memory is read once it has come to rest. The first rounds fill what has a bound (the journal, caches, the allocator's
own); those after them may add next to nothing.
"""

from __future__ import annotations

import random
import socket
import string
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import httpx

from bench.claims import Claim, ClaimResult
from bench.contenders.sandbox import MEMORY, NEWSTORE, NEWSTORE_PROFILES, PROFILES, VTEX
from bench.load import resident_mib
from bench.plan import Plan
from bench.server_process import RunningServer, running_server

FILLING_ROUNDS = 5
FEWEST_ROUNDS = 15
MOST_GROWTH_MIB = 16.0
MOST_MIB = 250.0

CONNECTIONS = 40
PIPELINED, HALVES, FIELDS, LONG_URLS = 200, 200, 300, 10
LONG_HEADERS, LONG_HEADER_BYTES = 20, 10**6
LONG_URL_BYTES = 5 * 10**6
FIELDS_BYTES = 6_000
REST_SECONDS, REST_MIB = 20.0, 0.5
PATIENCE_SECONDS = 10

ORACLE = {"Authorization": "Bearer sandbox-oracle"}
ORACLE_PROFILE = "/ccapp/v1/profiles/110001"


def part(plan: Plan) -> ClaimResult:
    with running_server(MEMORY) as server:
        rounds = [_round(server, number) for number in range(FILLING_ROUNDS + max(plan.rounds, FEWEST_ROUNDS))]
        answered = httpx.get(server.url + NEWSTORE_PROFILES, headers=NEWSTORE).status_code
    if answered != 200:
        raise RuntimeError(f"the server answers {answered} after the rounds")
    filled, later = rounds[FILLING_ROUNDS - 1], rounds[FILLING_ROUNDS:]
    claims = [
        Claim(f"growth over {len(later)} rounds of bad clients", "under", MOST_GROWTH_MIB, "MiB", max(later) - filled),
        Claim("memory after any of these rounds", "under", MOST_MIB, "MiB", max(rounds)),
    ]
    told = " ".join(f"{mib:.0f}" for mib in rounds)
    lines = [
        f"- A round: {CONNECTIONS} connections with {PIPELINED} pipelined lists each that nobody reads, {FIELDS} new",
        f"  values of `fields` of {FIELDS_BYTES:,} bytes, {LONG_URLS} URLs of {LONG_URL_BYTES:,} bytes,",
        f"  {2 * LONG_HEADERS} requests with {LONG_HEADER_BYTES:,} bytes of header fields, {2 * HALVES} half requests.",
        f"- MiB after each round: {told}",
    ]
    return ClaimResult("Soak", claims, lines)


def _round(server: RunningServer, number: int) -> float:
    """MiB that the server has once the clients of a round have left."""
    floods = [*[_long_url] * LONG_URLS, *[_long_header, _many_headers] * LONG_HEADERS]
    clients = [*[_pipeline] * CONNECTIONS, *floods, *[_half_head, _half_body] * HALVES]
    draw = random.Random(number)
    draw.shuffle(clients)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        fields = pool.submit(_fields, server, draw.getrandbits(64))
        for each in pool.map(lambda client: client(server), clients):
            assert each is None
        fields.result()
    return _resting_memory(server)


def _resting_memory(server: RunningServer) -> float:
    """Its memory once that has stopped falling, some seconds after the last client at most."""
    lowest, since = resident_mib(server.pid), time.monotonic()
    until = since + REST_SECONDS
    while time.monotonic() < min(until, since + 3):
        time.sleep(0.25)
        now = resident_mib(server.pid)
        if now < lowest - REST_MIB:
            lowest, since = now, time.monotonic()
    return resident_mib(server.pid)


def _pipeline(server: RunningServer) -> None:
    """Asks for lists of 100 profiles, one after another, reads nothing and leaves."""
    with _line(server) as line:
        _send(line, _head("GET", f"{NEWSTORE_PROFILES}?count=100", NEWSTORE) * PIPELINED)
        time.sleep(0.05)


def _fields(server: RunningServer, seed: int) -> None:
    """Asks for so many different choices of properties."""
    draw = random.Random(seed)
    with httpx.Client(base_url=server.url, headers=ORACLE) as client:
        for _ in range(FIELDS):
            names = "".join(draw.choices(string.ascii_lowercase + ",.", k=FIELDS_BYTES))
            status = client.get(f"{ORACLE_PROFILE}?fields={names}").status_code
            if status != 200:
                raise RuntimeError(f"fields: {status}")


def _long_url(server: RunningServer) -> None:
    _flood(server, _head("GET", f"{PROFILES}?x={'x' * LONG_URL_BYTES}", VTEX), b"414")


def _long_header(server: RunningServer) -> None:
    """A fault that nobody with credentials asks for."""
    fault = "status=502; times=" + "1" * LONG_HEADER_BYTES
    _flood(server, _head("GET", PROFILES, {"X-Sandbox-Fault": fault}), b"431")


def _many_headers(server: RunningServer) -> None:
    _flood(server, _head("GET", PROFILES, {f"X-{number}": "x" for number in range(LONG_HEADER_BYTES // 10)}), b"431")


def _flood(server: RunningServer, request: bytes, refusal: bytes) -> None:
    with _line(server) as line:
        _send(line, request)
        status = _read(line)[9:12]
    if status not in (b"", refusal):  # nothing: the connection was closed while the rest was on its way
        raise RuntimeError(f"{request[:60]!r}…: {status!r} and not {refusal!r}")


def _half_head(server: RunningServer) -> None:
    with _line(server) as line:
        _send(line, _head("GET", PROFILES, VTEX)[:-2] + b"X-Unfinished: " + b"x" * 20_000)


def _half_body(server: RunningServer) -> None:
    with _line(server) as line:
        _send(line, _head("POST", PROFILES, {**VTEX, "Content-Length": "200000"}) + b"{" + b" " * 100_000)


@contextmanager
def _line(server: RunningServer) -> Iterator[socket.socket]:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), PATIENCE_SECONDS) as line:
        line.settimeout(PATIENCE_SECONDS)
        yield line


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _send(line: socket.socket, content: bytes) -> None:
    """All of it, or as much as the server takes."""
    with suppress(OSError):
        line.sendall(content)


def _read(line: socket.socket) -> bytes:
    with suppress(OSError):
        return line.recv(100)
    return b""
