"""Plays work in processes of its own, as many at a time as there are processors."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from pii_sandbox.conformance.values.faults import fault_text

Item = TypeVar("Item")
Result = TypeVar("Result")

POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class WorkResult(Generic[Item, Result]):
    """What came of an item. `result` None: nothing did, and `why` says why."""

    item: Item
    result: Result | None
    why: str | None = None


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_in_processes(
    work: Callable[[Item], Result], items: Sequence[Item], stopped: Callable[[], bool] = lambda: False
) -> Iterator[WorkResult[Item, Result]]:
    """Plays `work` on each item, the first ones first, and yields each as it is done.

    `work`, items and results cross over to other processes, so they must be picklable. When all is done, when `stopped`
    says so or when nobody wants more, no process is left.
    """
    waiting = list(items)
    busy: dict[Connection, Item] = {}
    processes: list[SpawnProcess] = []
    try:
        while (waiting or busy) and not stopped():
            while waiting and len(busy) < processors():
                connection, process = _start_worker(work)
                processes.append(process)
                busy[connection] = waiting.pop(0)
                connection.send(busy[connection])
            for ready in wait(list(busy), POLL_SECONDS):
                assert isinstance(ready, Connection)
                item = busy.pop(ready)
                try:
                    done: WorkResult[Item, Result] = ready.recv()
                except EOFError:
                    ready.close()
                    yield WorkResult(item, None, "the process that played it ended")
                    continue
                if waiting:
                    busy[ready] = waiting.pop(0)
                    ready.send(busy[ready])
                else:
                    ready.close()
                yield done
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _start_worker(work: Callable[[Any], Any]) -> tuple[Connection, SpawnProcess]:
    context = multiprocessing.get_context("spawn")  # the others would take over threads half-way
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    with theirs:  # of which this process keeps nothing, so that a worker that ends is seen to
        process.start()
    return ours, process


def _serve(connection: Connection, work: Callable[[Any], Any]) -> None:
    """Plays items until nobody sends more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this
    while True:
        try:
            item = connection.recv()
        except EOFError:
            return
        connection.send(attempt(work, item))


def attempt(work: Callable[[Item], Result], item: Item) -> WorkResult[Item, Result]:
    """What comes of an item here. An error is told by its kind and place: its message may quote anything."""
    try:
        return WorkResult(item, work(item))
    except Exception as error:  # whatever it is, the others go on
        return WorkResult(item, None, fault_text("the generated calls", error))
