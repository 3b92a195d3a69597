"""Cost of many people: `python -m bench.scale [lists] [keys] [memory] [sandboxes]`; all of it without an argument.

Through the application in this process, without a socket. A call is that of the median batch, memory what is resident.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.contenders.contender import ANNA, JOHN, JSON
from bench.contenders.sandbox import NEWSTORE, NEWSTORE_PROFILES, PROFILES, VTEX
from bench.inprocess import DirectClient, Request
from bench.load import process_mib
from pii_sandbox.mockserver.app import App
from pii_sandbox.mockserver.sandbox import SeedSpec
from pii_sandbox.mockserver.sandboxes import SandboxDefaults

LISTED = 10_000
FEW, MANY = 1_000, 100_000
ROUNDS, WARM_ROUNDS = 30, 5
SANDBOXES, SHOPPERS = 1_000, 50
LISTS = {
    "first page": "",
    "deepest page": "&offset=9990",
    "sorted by email": "&sort=email",
    "… deepest page": "&sort=email&offset=9990",
    "… deepest page, descending": "&sort=email%7Cdesc&offset=9990",
    "sorted by full_name (all the same)": "&sort=full_name%7Cdesc&offset=5000",
    "sorted by phone_number": "&sort=phone_number",
    "sorted by updated_at, descending": "&sort=updated_at%7Cdesc",
    "q, one has it": "&q=anna@m9999.e",
    "q, nobody has it": "&q=nobody-is-called-that",
    "q, all have it, deepest page": "&q=Example&offset=9990",
    "q, all have it, sorted": "&q=Example&sort=email%7Cdesc",
    "page of 500": "&count=500",
}
Rows = Iterable[tuple[str, Iterable[object]]]


def table(title: str, names: Iterable[str], rows: Rows) -> Iterator[str]:
    """In Markdown."""
    heads = [title, *names]
    yield "| " + " | ".join(heads) + " |"
    yield "|---|" + "---:|" * (len(heads) - 1)
    for name, cells in rows:
        yield (
            f"| {name} | "
            + " | ".join(f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in cells)
            + " |"
        )
    yield ""


def vtex_post(number: int) -> Request:
    body = JOHN.replace("EMAIL", f"m{number}.example.com").replace("NUMBER", f"{number:011d}")
    return "POST", PROFILES, body.encode()


def newstore_post(number: int) -> Request:
    body = ANNA.replace("EMAIL", f"m{number}.example.com").replace("99999888", f"{number * 7919 % 10**8:08d}")
    return "POST", NEWSTORE_PROFILES, body.encode()


def vtex_get(number: int) -> Request:
    return "GET", f"{PROFILES}/john@m{number}.example.com?alternativeKey=email", b""


def application(shoppers: int = 0, data: Path | None = None) -> App:
    return App(SandboxDefaults(seeded=SeedSpec(1, shoppers), data=data))


def clients(app: App, prefix: str = "") -> tuple[DirectClient, DirectClient]:
    """One for VTEX, one for NewStore."""
    return DirectClient(app, {**VTEX, **JSON}, prefix), DirectClient(app, {**NEWSTORE, **JSON}, prefix)


def lists() -> Iterator[str]:
    """NewStore's list; at last with a new profile before each, so that nothing that is kept still holds."""
    _, newstore = clients(application())
    newstore.time_calls(newstore_post, range(LISTED))
    fresh = count(LISTED)

    def figures(query: str) -> list[float]:
        ask: Request = ("GET", f"{NEWSTORE_PROFILES}?{query[1:]}", b"")
        first = newstore.time_calls(lambda _: ask, range(1))
        again = newstore.time_calls(lambda _: ask, range(60), batch=5)
        alternating = newstore.time_calls(lambda n: newstore_post(next(fresh)) if n % 2 else ask, range(60), batch=6)
        return [first[0], *again, 2 * alternating[0]]

    names = ("CPU of the first", "CPU", "wall", "CPU, a POST and a list")
    yield from table(
        f"NewStore, {LISTED:,} profiles, µs", names, ((name, figures(query)) for name, query in LISTS.items())
    )


def keys() -> Iterator[str]:
    """Reads by key and creates at two sizes, in turns."""
    calls = {size: filled_clients(size) for size in (FEW, MANY)}
    at: dict[int, dict[str, list[float]]] = {size: {name: [] for name in calls[FEW]} for size in calls}
    for round_ in range(WARM_ROUNDS + ROUNDS):
        for size, by_name in calls.items():
            for name, (client, request) in by_name.items():
                cpu, _ = client.time_calls(request, range(100 * round_, 100 * round_ + 100))
                at[size][name] += [cpu] if round_ >= WARM_ROUNDS else []
    rows = []
    for name, few in at[FEW].items():
        both = median(few), median(at[MANY][name])
        rows.append((name, (*both, f"{both[1] / both[0]:.2f}")))
    yield from table("CPU µs", (f"{FEW:,}", f"{MANY:,}", "ratio"), rows)


def filled_clients(size: int) -> dict[str, tuple[DirectClient, Callable[[int], Request]]]:
    """An application with so many profiles of each vendor, and what to ask it by number."""
    vtex, newstore = clients(application())
    vtex.time_calls(vtex_post, range(size))
    newstore.time_calls(newstore_post, range(size))
    ids = newstore.ids(range(0, min(size, 10_000), 500))
    step = 7919  # a prime: one after another they lie far apart
    return {
        "VTEX GET masked by email": (vtex, lambda n: vtex_get(n * step % size)),
        "NewStore GET by id": (newstore, lambda n: ("GET", f"{NEWSTORE_PROFILES}/{ids[n * step % len(ids)]}", b"")),
        "VTEX POST": (vtex, lambda n: vtex_post(size + n)),
        "NewStore POST": (newstore, lambda n: newstore_post(size + n)),
    }


def memory() -> Iterator[str]:
    """MiB with so many profiles of each vendor in turn, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            (
                f"{vendor}, {kept}",
                in_fresh_process("memory_of_profiles", vendor, str(Path(folder) / vendor) if kept != "memory" else ""),
            )
            for vendor in ("vtex", "newstore")
            for kept in ("memory", "--data", "--data, reopened")
        ]
    yield from table(f"{MANY:,} profiles", ("MiB at the start", "MiB", "seconds"), rows)


def memory_of_profiles(vendor: str, data: str) -> list[float]:
    """A file that is there already is only opened."""
    begun = perf_counter()
    app = application(data=Path(data) if data else None)
    vtex, newstore = clients(app)
    empty = process_mib()
    if not data or not Path(data, "default.sandbox").exists():
        client, request = (vtex, vtex_post) if vendor == "vtex" else (newstore, newstore_post)
        client.time_calls(request, range(MANY))
    stored = app.sandboxes.get("default").store.counts()[f"{vendor}/profiles"]
    if stored != MANY:
        raise RuntimeError(f"{stored} profiles")
    mib = process_mib()
    seconds = perf_counter() - begun
    app.sandboxes.close()
    return [empty, mib, seconds]


def sandboxes() -> Iterator[str]:
    """Seeded sandboxes, each with a read and a write of each vendor."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            ("memory", in_fresh_process("sandbox_costs", "")),
            ("--data", in_fresh_process("sandbox_costs", folder)),
        ]
    names = ("MiB before", "MiB", "open files", "CPU ms of the first call in one", "… of its first write")
    yield from table(f"{SANDBOXES:,} sandboxes of {SHOPPERS}", names, rows)


def sandbox_costs(data: str) -> list[float]:
    app = application(SHOPPERS, Path(data) if data else None)
    vtex, newstore = clients(app)
    newstore_id = newstore.ids([0])[0]
    email = app.sandboxes.get("default").store.page("vtex/profiles", count=1).records[0].value["document"]["email"]
    before = process_mib()
    firsts, writes = [], []
    for number in range(SANDBOXES):
        vtex, newstore = clients(app, f"/~s{number}")
        firsts.append(vtex.time_calls(lambda _: ("GET", f"{PROFILES}/{email}?alternativeKey=email", b""), [0])[0])
        writes.append(newstore.time_calls(newstore_post, [0])[0])
        newstore.time_calls(lambda _: ("GET", f"{NEWSTORE_PROFILES}/{newstore_id}", b""), [0])
        vtex.time_calls(vtex_post, [0])
        vtex.close()
        newstore.close()
    files = len(list(Path("/proc/self/fd").iterdir()))
    after = process_mib()
    app.sandboxes.close()
    return [before, after, float(files), median(firsts) / 1e3, median(writes) / 1e3]


def in_fresh_process(part: str, *arguments: str) -> list[float]:
    """What a function here gives in a fresh process."""
    call = f"from bench import scale; print(*scale.{part}{arguments!r})"
    ended = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    return [float(figure) for figure in ended.stdout.split()]


if __name__ == "__main__":
    for part in (lists, keys, memory, sandboxes):
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            for line in part():
                print(line, flush=True)
