"""Cost of store operations, in memory and with a file: `python -m bench.store [N …]`, in Markdown.

Microseconds of CPU time a call, of the median batch: other work comes and goes. Each size has a process of
its own.
"""

from __future__ import annotations

import gc
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import orjson

from bench.load import process_mib
from pii_sandbox.mockserver.store import Column, Contains, Record, Store

SIZES = (1_000, 10_000, 100_000, 1_000_000)
PEOPLE = "bench/people"
CALLS, BATCH, UNIT = 2_000, 50, 1_000
LATER = datetime(2100, 1, 1, tzinfo=UTC)
EMAIL, ANYWHERE = Column(("email",)), Column(("email", "lastName", "phone"), folded=True)
TEMPLATE_COLLECTIONS, TEMPLATE_RECORDS, FORKS = 6, 500, 1_000

Figures = dict[str, float]


def person(number: int, phone: str = "") -> Record:
    """About 400 bytes as JSON. One in ten expires."""
    value = {
        "firstName": "Alexandra",
        "lastName": f"Meier-{number}",
        "email": f"shopper{number}@example.com",
        "phone": phone or f"+5511{number:09d}",
        "document": f"{number:011d}",
        "documentType": "CPF",
        "birthDate": "1980-01-31",
        "isCorporate": False,
        "tags": ["news", "sale"],
        "address": {"postalCode": "01310-100", "street": "Avenida Paulista", "number": str(number), "city": "Osasco"},
        "meta": {"creationDate": "2024-01-01T00:00:00Z", "lastUpdateDate": "2024-01-01T00:00:00Z", "version": 1},
    }
    keys = {"email": f"shopper{number}@example.com", "document": f"{number:011d}"}
    return Record(name(number), value, keys, LATER + timedelta(seconds=number) if number % 10 == 0 else None)


def name(number: int) -> str:
    return f"person-{number:08d}"


def microseconds(action: Callable[[int], object], numbers: Sequence[int], batch: int = BATCH) -> float:
    """CPU time of a call in the median batch."""
    batches = []
    for some in (numbers[start : start + batch] for start in range(0, len(numbers), batch)):
        begun = process_time()
        for number in some:
            action(number)
        batches.append((process_time() - begun) / len(some) * 1e6)
    return median(batches)


def measure_store(size: int, file: str) -> Figures:
    """Measure a store of that size. `file`: its path; empty: in memory."""
    path = Path(file) if file else None
    before = process_mib()
    store = Store(path)
    for start in range(0, size, UNIT):
        store.put_all(PEOPLE, map(person, range(start, min(start + UNIT, size))))
    _settle()
    memory = process_mib() - before
    figures = {**calls(store, size), **lists(store, size), "MiB": memory}
    store.close()
    if path is not None:
        figures["MiB of the file"] = path.stat().st_size / 2**20
        begun = perf_counter()
        Store(path).close()
        figures["seconds to reopen"] = perf_counter() - begun
    return figures


def calls(store: Store, size: int) -> Figures:
    some = random.Random(1).choices(range(size), k=CALLS)
    fresh = [person(size + number) for number in range(CALLS)]
    changed = {number: person(number, "+55") for number in some}
    now = datetime.now(UTC)
    return {
        "insert": microseconds(lambda n: store.put(PEOPLE, fresh[n]), range(CALLS)),
        "get by id": microseconds(lambda n: store.find(PEOPLE, name(n)), some),
        "find by key": microseconds(lambda n: store.find_by(PEOPLE, "email", f"shopper{n}@example.com"), some),
        "update": microseconds(lambda n: store.put(PEOPLE, changed[n]), some),
        "remove": microseconds(lambda n: store.drop(PEOPLE, name(size + n)), range(CALLS)),
        "what is due": microseconds(lambda _: store.next_expired(now), some),
        "fork": microseconds(lambda _: store.fork(), range(200), 10),
        "first write to a fork": microseconds(lambda n: store.fork().put(PEOPLE, fresh[n]), range(20), 1),
    }


def lists(store: Store, size: int) -> Figures:
    deep, few = size - 20, range(20)
    fresh = count(2 * size)

    def write_and_sort(_: int) -> None:
        store.put(PEOPLE, person(next(fresh)))
        store.page(PEOPLE, count=10, order=EMAIL)

    found = Contains(ANYWHERE, f"meier-{size - 1}")
    return {
        "page of 10, first": microseconds(lambda _: store.page(PEOPLE, count=10), few, 5),
        "page of 10, last": microseconds(lambda _: store.page(PEOPLE, offset=deep, count=10), few, 5),
        "sorted, the first time": microseconds(lambda _: store.page(PEOPLE, count=10, order=EMAIL), [0]),
        "sorted, last page": microseconds(lambda _: store.page(PEOPLE, offset=deep, count=10, order=EMAIL), few, 5),
        "insert, then sorted": microseconds(write_and_sort, few, 1),
        "search, the first time": microseconds(lambda _: store.page(PEOPLE, count=10, where=found), [0]),
        "search": microseconds(lambda _: store.page(PEOPLE, count=10, where=found), few, 1),
    }


def forks() -> Iterator[str]:
    """Measure the cost of a sandbox forked from a seeded one."""
    template = Store()
    for collection in range(TEMPLATE_COLLECTIONS):
        template.put_all(f"bench/{collection}", map(person, range(TEMPLATE_RECORDS // TEMPLATE_COLLECTIONS)))
    _settle()
    before = process_mib()
    kept = [template.fork() for _ in range(FORKS)]
    untouched = (process_mib() - before) / FORKS * 1024
    spent = microseconds(lambda number: kept[number].put("bench/0", person(0)), range(FORKS))
    written = (process_mib() - before) / FORKS * 1024
    yield f"A fork of {TEMPLATE_RECORDS} records in {TEMPLATE_COLLECTIONS} collections takes {untouched:.1f} KiB,"
    yield f"after its first write ({spent:.0f} µs) {written:.1f} KiB."


def _settle() -> None:
    gc.collect()
    gc.freeze()


def in_fresh_process(size: int, file: str) -> Figures:
    """As `measure_store`, in a fresh process."""
    call = f"import orjson; from bench import store; print(orjson.dumps(store.measured({size}, {file!r})).decode())"
    ended = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    figures: Figures = orjson.loads(ended.stdout)
    return figures


def lines(columns: dict[str, Figures]) -> Iterator[str]:
    yield "| CPU µs a call | " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    rows = dict.fromkeys(row for figures in columns.values() for row in figures)
    for row in rows:
        yield f"| {row} | " + " | ".join(_cell(figures.get(row)) for figures in columns.values()) + " |"


def _cell(figure: float | None) -> str:
    return "" if figure is None else f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}"


def main(arguments: Sequence[str]) -> None:
    columns: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in [int(argument) for argument in arguments] or SIZES:
            columns[f"{size:,}"] = in_fresh_process(size, "")
            columns[f"{size:,}, file"] = in_fresh_process(size, str(Path(folder) / f"{size}.journal"))
    for line in (*lines(columns), "", *forks()):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
