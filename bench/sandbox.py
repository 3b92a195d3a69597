"""Cost of a fresh sandbox for a test: `python -m bench.sandbox [SHOPPERS …]`.

Over HTTP, against a server in a thread of this process, as the pytest plugin has it. Medians in milliseconds. Exit 1
where a fresh sandbox costs 5 ms or more.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from pii_sandbox.server.threaded import Server
from pii_sandbox.testing import Connection, Sandbox, Snapshot

SHOPPERS = (50, 500)
ROUNDS = 200
MOST_MILLISECONDS = 5.0
PROFILES = "/v1/d/pii/profiles"


def milliseconds(action: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Return the milliseconds of a call in the median round."""
    taken = []
    for number in range(rounds):
        begun = perf_counter()
        action(number)
        taken.append((perf_counter() - begun) * 1e3)
    return median(taken)


def measure_sandbox(connection: Connection) -> dict[str, float]:
    sandboxes = [Sandbox(connection, f"bench-{number}") for number in range(ROUNDS)]
    used = sandboxes[0]
    email = used.people[0].email
    snapshots: list[Snapshot] = []
    figures = {
        "a call of the control API": milliseconds(lambda number: connection.call("default", "GET", "/health")),
        "fresh sandbox, with its first call": milliseconds(lambda number: sandboxes[number].clock.freeze()),
    }
    with used.client("newstore") as client:
        figures["a first write in it"] = milliseconds(
            lambda number: client.post(
                f"{connection.url}/~bench-{number}{PROFILES}", json={"email": "new@example.com"}
            ).raise_for_status()
        )
    figures["take a snapshot"] = milliseconds(lambda number: snapshots.append(used.snapshot()), 90)
    figures["restore it"] = milliseconds(lambda number: snapshots[number].restore(), 90)
    figures["what changed since"] = milliseconds(lambda number: snapshots[number].diff(), 90)
    for snapshot in snapshots:
        snapshot.delete()
    figures["residue of a person"] = milliseconds(lambda number: used.residue(email), 20)
    figures["reset"] = milliseconds(lambda number: used.reset(), 20)
    figures["delete a sandbox"] = milliseconds(lambda number: sandboxes[number].delete())
    return figures


def main(arguments: list[str]) -> int:
    slow = False
    for shoppers in [int(argument) for argument in arguments] or SHOPPERS:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "pii-sandbox.toml").write_text(f"shoppers = {shoppers}", "utf-8")
            server = Server(Path(folder))
            connection = Connection(server.url)
            begun = perf_counter()
            connection.call("default", "GET", "/status")
            print(f"{shoppers} shoppers; first answer after {perf_counter() - begun:.1f} s")
            figures = measure_sandbox(connection)
            connection.close()
            server.stop()
        for name, figure in figures.items():
            print(f"  {name:<36}{figure:8.2f} ms")
        slow |= figures["fresh sandbox, with its first call"] >= MOST_MILLISECONDS
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
