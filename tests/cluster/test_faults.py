"""Three nats-servers, two servers of the sandbox, and faults: every history is linearizable, and answers resume.

`CLUSTER_FAULTS` says how many faults; a few by default.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from pii_sandbox.server.nats_server import NatsServer, nats_server
from tests.cluster.conftest import CREDENTIALS
from tests.cluster.linearizability import Call, violations
from tests.cluster.links import Links
from tests.server_process import ServerProcess, running_server

PROFILES = "/api/storage/profile-system/profiles"
FAULTS = int(os.environ.get("CLUSTER_FAULTS", "2"))
# between two calls of a client: without it the clients take both cores for as long as the faults last
PAUSE_SECONDS = 0.0 if "CLUSTER_FAULTS" in os.environ else 0.05
KINDS = ("kill nats", "cut server", "kill server", "pause nats", "pause server")
RESUME_SECONDS = 15.0
CLIENTS = 6
TOKEN = "test"


def free_port() -> int:
    """A port that nobody listens on: a server that is started again takes the same one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Cluster:
    """Three nats-servers and two servers over them, each of which can be killed, paused, cut off and started again."""

    def __init__(self, folder: Path, opened: ExitStack, *options: str) -> None:
        self._folder, self._opened, self._options = folder, opened, options
        self._ports = [(free_port(), free_port()) for _ in range(3)]
        self.urls = [f"nats://{TOKEN}@127.0.0.1:{port}" for port, _ in self._ports]
        self.nats: list[NatsServer] = [self.start_nats(number) for number in range(3)]
        self.links = [opened.enter_context(Links(self.urls)) for _ in range(2)]
        self.servers: list[ServerProcess] = [self.start_server(number) for number in range(2)]

    def start_nats(self, number: int) -> NatsServer:
        port, route = self._ports[number]
        routes = ",".join(f"nats://127.0.0.1:{other}" for _, other in self._ports)
        names = ["--server_name", f"n{number}", "--cluster_name", "sandbox", "--routes", routes]
        # not advertised: clients that know the other servers' own addresses would go around their links
        options = ["--port", f"{port}", "--cluster", f"nats://127.0.0.1:{route}", "--no_advertise", *names]
        return self._opened.enter_context(nats_server(self._folder / f"n{number}", options, token=TOKEN))

    def start_server(self, number: int) -> ServerProcess:
        options = ("--cluster", ",".join(self.links[number].urls), "--shoppers", "1", *self._options)
        return self._opened.enter_context(running_server(*options))

    def fault(self, kind: str, rng: random.Random) -> None:
        """Let one happen, and end it."""
        nats, server = rng.randrange(len(self.nats)), rng.randrange(len(self.servers))
        if kind == "kill nats":
            self.nats[nats].process.kill()
            self.nats[nats].process.wait()
            time.sleep(rng.random() * 2)
            self.nats[nats] = self.start_nats(nats)
        elif kind == "kill server":
            self.servers[server].process.kill()
            self.servers[server].process.wait()
            self.servers[server] = self.start_server(server)
        elif kind == "cut server":
            self.links[server].cut()
            time.sleep(rng.random() * 3)
            self.links[server].mend()
        else:
            process = self.nats[nats].process if kind == "pause nats" else self.servers[server].process
            process.send_signal(signal.SIGSTOP)
            time.sleep(rng.random() * 5)
            process.send_signal(signal.SIGCONT)


@contextmanager
def cluster(folder: Path, *options: str) -> Iterator[Cluster]:
    with ExitStack() as opened:
        yield Cluster(folder, opened, *options)


class Clients:
    """Clients in threads that call whichever server, and write down each call."""

    def __init__(self, cluster: Cluster, name: str, keys: int, pause_seconds: float = 0.0) -> None:
        self.history: list[Call] = []
        self.answered_at: list[float] = []
        self._cluster, self._name, self._keys = cluster, name, keys
        self._pause_seconds = pause_seconds
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(60)

    def _run(self, number: int) -> None:
        rng, headers = random.Random(number), {**CREDENTIALS, "X-Sandbox": self._name}
        with httpx.Client(headers=headers, timeout=12) as client:
            calls = 0
            while not self._ended.wait(self._pause_seconds):
                # a key has some dozens of calls, then the next one has its turn: the check stays small
                key = f"shopper{rng.randrange(self._keys)}.{len(self.history) // (30 * self._keys)}"
                kind = rng.choice(("create", "update", "delete", "read", "read"))
                calls += 1
                self._call(client, key, kind, f"{number}-{calls}", rng.choice(self._cluster.servers).url)

    def _call(self, client: httpx.Client, key: str, kind: str, value: str, server: str) -> None:
        email = f"{key}@example.com"
        url = f"{server}{PROFILES}"
        named = f"{url}/{email}?alternativeKey=email"
        begin = time.monotonic()
        try:
            if kind == "create":
                person = {"firstName": value, "lastName": "Silva", "documentType": "cpf"}
                response = client.post(url, json={**person, "email": email, "document": email})
            elif kind == "update":
                response = client.patch(named, json={"firstName": value})
            elif kind == "delete":
                response = client.delete(named)
            else:
                response = client.get(f"{url}/{email}/unmask?alternativeKey=email&reason=history")
        except httpx.ConnectError:
            time.sleep(0.02)  # nobody has heard of it
            return
        except httpx.TransportError:
            response = httpx.Response(503)
        end = time.monotonic()
        assert response.status_code in (200, 201, 204, 404, 409, 503), response.text
        known = response.status_code != 503
        if known:
            self.answered_at.append(end)
        if kind == "read":
            if known:
                seen = response.json()["document"]["firstName"] if response.status_code == 200 else None
                self.history.append(Call(key, kind, begin, end, response.status_code, seen=seen))
        else:
            self.history.append(Call(key, kind, begin, end, response.status_code if known else None, value))


def test_every_history_has_an_order_whatever_dies(tmp_path: Path, name: str) -> None:
    rng = random.Random(FAULTS)
    with cluster(tmp_path) as running, Clients(running, name, 3, PAUSE_SECONDS) as clients:
        time.sleep(2)
        for number in range(FAULTS):
            running.fault(KINDS[number % len(KINDS)], rng)
            time.sleep(2)
        time.sleep(3)
        longest = max(
            after - before for before, after in zip(clients.answered_at, clients.answered_at[1:], strict=False)
        )
    statuses = [call.status for call in clients.history]
    print(f"{FAULTS} faults, {len(statuses)} calls, {statuses.count(None)} in doubt, silent {longest:.1f} s at most")
    assert violations(clients.history) == []
    assert longest < RESUME_SECONDS
    assert {200, 201, 204, 404, 409} <= set(statuses)
    assert len(statuses) > 50 * FAULTS


def test_reads_that_may_be_stale_are_found_out(tmp_path: Path, name: str) -> None:
    """The check can fail: `--reads local` promises less."""
    with cluster(tmp_path, "--reads", "local") as running, Clients(running, name, keys=3) as clients:
        deadline = time.monotonic() + 120  # a busy machine makes few calls at a time
        while not violations(list(clients.history)) and time.monotonic() < deadline:
            time.sleep(1)
    assert violations(clients.history)


@pytest.mark.parametrize("lost", [1, 2])
def test_one_server_of_the_log_may_be_lost_and_not_two(tmp_path: Path, name: str, lost: int) -> None:
    with cluster(tmp_path) as running:
        headers = {**CREDENTIALS, "X-Sandbox": name}
        path = f"{PROFILES}/x@example.com?alternativeKey=email"
        with httpx.Client(base_url=running.servers[0].url, headers=headers, timeout=20) as client:
            assert client.get(path).status_code == 404
            for server in running.nats[:lost]:
                server.process.kill()
                server.process.wait()
            deadline = time.monotonic() + RESUME_SECONDS
            while (found := client.get(path)).status_code == 503 and lost == 1 and time.monotonic() < deadline:
                assert found.headers["Retry-After"] == "1"
            ready = client.get("/_sandbox/v1/health/ready")
            assert client.get("/_sandbox/v1/health/live").status_code == 200
            if lost == 1:
                assert (found.status_code, ready.status_code) == (404, 200)
            else:
                assert (found.status_code, ready.status_code) == (503, 503)
                assert found.headers["X-Sandbox-Error"] == "Unreachable"
                assert found.headers["Retry-After"] == "1"
                for number in range(2):
                    running.nats[number] = running.start_nats(number)
                while client.get(path).status_code == 503 and time.monotonic() < deadline + RESUME_SECONDS:
                    time.sleep(0.05)
                assert client.get(path).status_code == 404
