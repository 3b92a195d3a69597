"""Work in processes of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from pii_sandbox.conformance.generated import process_pool


def double(number: int) -> Any:
    if number == 2:
        raise ValueError("not two")
    if number == 3:
        os._exit(1)
    return multiprocessing.current_process().daemon if number == 0 else number * 2


def test_work_is_spread_and_one_that_fails_leaves_the_others() -> None:
    done = {each.item: each for each in process_pool.map_in_processes(double, [0, 1, 2, 3, 4])}
    assert [done[number].result for number in (1, 2, 3, 4)] == [2, None, None, 8]
    assert "ValueError at process_pool.py:" in (done[2].why or "")
    assert done[3].why == "the process that played it ended"
    assert done[0].result is True  # it does not outlive the process that started it


def test_no_worker_starts_once_the_pool_is_stopped() -> None:
    assert list(process_pool.map_in_processes(double, [1, 4], lambda: True)) == []


class Worker:
    """A worker that is a thread of this process, and ends as a killed process does for the item "dies"."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.ours, self._theirs = multiprocessing.Pipe()
        self.ended: list[str] = []
        self._thread = threading.Thread(target=self._serve, args=(work,), daemon=True)
        self._thread.start()

    def _serve(self, work: Callable[[Any], Any]) -> None:
        with self._theirs:
            while True:
                try:
                    item = self._theirs.recv()
                except EOFError:
                    return
                if item == "dies":
                    return
                self._theirs.send(process_pool.attempt(work, item))

    def terminate(self) -> None:
        self.ended.append("terminate")

    def join(self) -> None:
        self.ended.append("join")


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers that were started; two at a time are allowed."""
    started: list[Worker] = []

    def start(work: Callable[[Any], Any]) -> tuple[Connection, Any]:
        started.append(Worker(work))
        return started[-1].ours, started[-1]

    monkeypatch.setattr(process_pool, "_start_worker", start)
    monkeypatch.setattr(process_pool, "processors", lambda: 2)
    return started


def test_each_processor_has_one_worker_and_none_is_left(workers: list[Worker]) -> None:
    items = [*range(7)]
    done = list(process_pool.map_in_processes(lambda item: item + 10, items))
    assert sorted((each.item, each.result) for each in done) == [(item, item + 10) for item in items]
    assert len(workers) == 2
    assert [worker.ended for worker in workers] == [["terminate", "join"]] * 2
    assert [worker.ours.closed for worker in workers] == [True, True]


def test_the_first_items_are_played_first(workers: list[Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "processors", lambda: 1)
    assert [each.item for each in process_pool.map_in_processes(str, [3, 1, 2])] == [3, 1, 2]
    assert len(workers) == 1


def test_another_worker_takes_the_place_of_one_that_ended(
    workers: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_pool, "processors", lambda: 1)
    done = list(process_pool.map_in_processes(str, ["a", "dies", "b"]))
    assert [(each.item, each.result) for each in done] == [("a", "a"), ("dies", None), ("b", "b")]
    assert len(workers) == 2
    assert [worker.ours.closed for worker in workers] == [True, True]


def test_no_worker_is_left_where_nobody_wants_more(workers: list[Worker]) -> None:
    plays = process_pool.map_in_processes(str, [1, 2, 3])
    assert isinstance(plays, Iterator)
    next(plays)
    plays.close()  # type: ignore[attr-defined]
    assert [worker.ended for worker in workers] == [["terminate", "join"]] * 2


def test_a_stop_is_looked_for_while_workers_are_busy(workers: list[Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def wait_for_nothing(connections: Any, seconds: float) -> list[Any]:
        waits.append(seconds)
        return []

    monkeypatch.setattr(process_pool, "wait", wait_for_nothing)
    assert list(process_pool.map_in_processes(str, [1], lambda: len(waits) == 3)) == []
    assert len(waits) == 3
    assert 0 < max(waits) <= 0.5  # several times a second, and not all the time
    assert [worker.ended for worker in workers] == [["terminate", "join"]]


def test_a_worker_plays_until_nobody_sends_more_and_leaves_ctrl_c_to_others() -> None:
    ours, theirs = multiprocessing.Pipe()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    played: list[Any] = []

    def send_two() -> None:
        with ours:
            for item in (4, 5):
                ours.send(item)
                played.append(ours.recv().result if ours.poll(30) else None)

    sending = threading.Thread(target=send_two, daemon=True)
    sending.start()
    try:
        process_pool._serve(theirs, double)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
        theirs.close()
    sending.join(30)
    assert played == [8, 10]


@pytest.mark.parametrize(("count", "expected"), [(3, 3), (None, 1)])
def test_as_many_are_played_at_a_time_as_this_process_may_use(
    count: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 5} if process == 0 else set(), raising=False)
    assert process_pool.processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")  # as on macOS
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert process_pool.processors() == expected
