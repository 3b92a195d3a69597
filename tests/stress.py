"""Many clients that call, set faults, delete, reset, restore, snapshot, move the clock and look for residue at once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import httpx

from tests.credentials import FASHIONAI, NEWSTORE, ORACLE, VTEX

CONTROL = "/_sandbox/v1"
NAMES = ("a", "b", "c")
SNAPSHOTS = ("one", "two")
RETRYABLE = 503
FAULT = 502  # what the faults ask for


@dataclass
class Outcome:
    """How often each action was answered with each status, and what no action may be answered with."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def note(self, action: str, response: httpx.Response) -> None:
        with self.guard:
            self.statuses[action, response.status_code] += 1
            if not _is_allowed(response):
                self.wrong.append(f"{action}: {response.status_code} {response.text[:300]}")

    def succeeded(self) -> set[str]:
        """Return the actions that were answered with success at least once."""
        with self.guard:
            return {action for action, status in self.statuses if status < 300}


def _is_allowed(response: httpx.Response) -> bool:
    if response.status_code < 500:
        return True
    if response.status_code == RETRYABLE:
        return "retry-after" in response.headers
    return response.status_code == FAULT


def _create(http: httpx.Client, name: str, rng: random.Random) -> httpx.Response:
    body = {"email": f"p{rng.getrandbits(40)}@example.com", "full_name": "Ana Reis"}
    return http.post(f"/~{name}/v1/d/pii/profiles", json=body, headers=NEWSTORE)


def _read(http: httpx.Client, name: str, rng: random.Random) -> httpx.Response:
    path, headers = rng.choice(
        [
            ("/v1/d/pii/profiles", NEWSTORE),
            ("/api/storage/profile-system/profiles?email=nobody@example.com", VTEX),
            ("/api/v1/crm/protected/profile/email/customer@example.com", FASHIONAI),
            ("/ccapp/v1/profiles/nobody", ORACLE),
        ]
    )
    return http.get(f"/~{name}{path}", headers=headers)


def _erase(http: httpx.Client, name: str, rng: random.Random) -> httpx.Response:
    path = f"/~{name}/api/user-rights/createAndProcessDeleteUserData"
    return http.post(path, json={"email": "nobody@example.com"}, headers=VTEX)


def _control(
    method: str, path: str, body: object = None
) -> Callable[[httpx.Client, str, random.Random], httpx.Response]:
    def act(http: httpx.Client, name: str, rng: random.Random) -> httpx.Response:
        at = path.replace("{name}", name).replace("{snapshot}", rng.choice(SNAPSHOTS))
        sent = {"name": rng.choice(SNAPSHOTS)} if path == "/snapshots" and method == "POST" else body
        sandbox_path = "" if path == "/sandboxes/{name}" else f"/~{name}"
        return http.request(method, f"{sandbox_path}{CONTROL}{at}", json=sent)

    return act


ACTIONS: dict[str, Callable[[httpx.Client, str, random.Random], httpx.Response]] = {
    "create": _create,
    "read": _read,
    "erase": _erase,
    "delete": _control("DELETE", "/sandboxes/{name}"),
    "reset": _control("POST", "/reset"),
    "snapshot": _control("POST", "/snapshots"),
    "snapshots": _control("GET", "/snapshots"),
    "restore": _control("POST", "/snapshots/{snapshot}/restore"),
    "compare": _control("GET", "/snapshots/{snapshot}/diff"),
    "drop snapshot": _control("DELETE", "/snapshots/{snapshot}"),
    "residue": _control("GET", "/residue?subject=nobody@example.com"),
    "advance": _control("POST", "/clock/advance", {"hours": 1}),
    "fault": _control("POST", "/faults", {"effect": {"status": FAULT}, "times": 1}),
    "journal": _control("GET", "/journal"),
    "clear faults": _control("DELETE", "/faults"),
}


def run(
    url: str,
    *,
    seconds: float,
    clients: int = 16,
    seed: int = 1,
    until: AbstractSet[str] = frozenset(),
    most_seconds: float = 60,
) -> Outcome:
    """Play the mix against a server that has built the endpoints of both dialects.

    It lasts `seconds`, and on a busy machine until each of the actions `until` has succeeded, `most_seconds` at most.
    """
    for dialect in ("reference", "guide"):
        httpx.put(f"{url}{CONTROL}/dialect", json={"dialect": dialect}, timeout=60).raise_for_status()
        httpx.get(f"{url}/v1/d/pii/profiles", headers=NEWSTORE, timeout=60).raise_for_status()
    outcome, started = Outcome(), time.monotonic()

    def is_over() -> bool:
        elapsed = time.monotonic() - started
        return elapsed >= most_seconds or (elapsed >= seconds and outcome.succeeded() >= until)

    def play(number: int) -> None:
        rng = random.Random(seed * 1000 + number)
        with httpx.Client(base_url=url, timeout=60) as http:
            while not is_over():
                action = rng.choice(list(ACTIONS))
                outcome.note(action, ACTIONS[action](http, rng.choice(NAMES), rng))

    threads = [threading.Thread(target=play, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome
