"""What the store costs a call, in memory and with a file: `python -m bench.store [N …]`."""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from mockserver.store import Record, Store

SIZES = (1_000, 10_000, 100_000)
PROFILES = "bench/profiles"
BATCH = 100
LATER = datetime(2100, 1, 1, tzinfo=UTC)
TEMPLATE_COLLECTIONS, TEMPLATE_RECORDS, FORKS = 6, 500, 1_000

Figures = dict[str, float]


def profile(number: int) -> Record:
    """About 400 bytes as JSON."""
    value = {
        "firstName": "Alexandra",
        "lastName": f"Meier-{number}",
        "email": f"shopper{number}@example.com",
        "phone": f"+5511{number:09d}",
        "document": f"{number:011d}",
        "documentType": "CPF",
        "birthDate": "1980-01-31",
        "isCorporate": False,
        "tags": ["news", "sale"],
        "address": {"postalCode": "01310-100", "street": "Avenida Paulista", "number": str(number), "city": "Osasco"},
        "meta": {"creationDate": "2024-01-01T00:00:00Z", "lastUpdateDate": "2024-01-01T00:00:00Z", "version": 1},
    }
    keys = {"email": f"shopper{number}@example.com", "document": f"{number:011d}"}
    return Record(f"profile-{number:08d}", value, keys, LATER + timedelta(seconds=number) if number % 10 == 0 else None)


def microseconds(action: Callable[[int], object], numbers: list[int]) -> float:
    """Of a call, in the median batch: other work on the machine comes and goes."""
    batches = []
    for batch in (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)):
        started = perf_counter()
        for number in batch:
            action(number)
        batches.append((perf_counter() - started) / len(batch) * 1e6)
    return median(batches)


def measured(size: int, path: Path | None) -> Figures:
    records = [profile(number) for number in range(size)]
    store = Store(path)
    store.put_all(PROFILES, records)
    _settle()
    fresh = [profile(size + number) for number in range(2_000)]
    some = random.Random(1).choices(range(size), k=2_000)
    deep = size - 20
    figures = {
        "find": microseconds(lambda n: store.find(PROFILES, records[n].id), some),
        "find_by": microseconds(lambda n: store.find_by(PROFILES, "email", records[n].keys["email"]), some),
        "put": microseconds(lambda n: store.put(PROFILES, fresh[n]), list(range(2_000))),
        "update": microseconds(lambda n: store.put(PROFILES, records[n]), some),
        "due": microseconds(lambda _: store.due(datetime.now(UTC)), some),
        "page of 10, first": microseconds(lambda _: store.page(PROFILES, count=10), some),
        "page of 10, last": microseconds(lambda _: store.page(PROFILES, offset=deep, count=10), some),
        "drop": microseconds(lambda n: store.drop(PROFILES, fresh[n].id), list(range(2_000))),
        "fork": microseconds(lambda _: store.fork().close(), some),
        "put after a fork": microseconds(lambda n: store.fork().put(PROFILES, fresh[n]), list(range(5))),
    }
    store.close()
    _settle()
    if path is not None:
        figures["reopen, all of it"] = microseconds(lambda _: Store(path).close(), [0])
    return figures


def forks() -> Iterator[str]:
    """What a sandbox costs that starts as a copy of a seeded one."""
    template = Store()
    for collection in range(TEMPLATE_COLLECTIONS):
        a_share = TEMPLATE_RECORDS // TEMPLATE_COLLECTIONS
        template.put_all(f"bench/{collection}", [profile(number) for number in range(a_share)])
    spent = microseconds(lambda _: template.fork(), list(range(FORKS)))
    yield f"fork of {TEMPLATE_RECORDS} records in {TEMPLATE_COLLECTIONS} collections: {spent:.1f} µs"
    tracemalloc.start()
    kept = [template.fork() for _ in range(FORKS)]
    yield f"{FORKS} such forks: {tracemalloc.get_traced_memory()[0] / FORKS / 1024:.1f} KiB each, untouched"
    spent = microseconds(lambda number: kept[number].put("bench/0", profile(0)), list(range(FORKS)))
    yield f"… after a write to one collection: {tracemalloc.get_traced_memory()[0] / FORKS / 1024:.1f} KiB each"
    tracemalloc.stop()


def _settle() -> None:
    gc.collect()
    gc.freeze()


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    columns: list[tuple[str, Figures]] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            columns.append((f"{size:,}", measured(size, None)))
            columns.append((f"{size:,} file", measured(size, Path(folder) / f"{size}.journal")))
    print(f"{'µs a call':20}" + "".join(f"{name:>16}" for name, _ in columns))
    for row in columns[-1][1]:
        cells = "".join(f"{figures[row]:16,.1f}" if row in figures else f"{'':16}" for _, figures in columns)
        print(f"{row:20}{cells}")
    for line in forks():
        print(line)


if __name__ == "__main__":
    main()
