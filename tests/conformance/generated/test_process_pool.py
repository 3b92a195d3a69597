"""Work in processes of its own."""

from __future__ import annotations

import os

from pii_sandbox.conformance.generated import process_pool


def double(number: int) -> int:
    if number == 2:
        raise ValueError("not two")
    if number == 3:
        os._exit(1)
    return number * 2


def test_work_is_spread_and_one_that_fails_leaves_the_others() -> None:
    done = {each.item: each for each in process_pool.map_in_processes(double, [1, 2, 3, 4])}
    assert [done[number].result for number in (1, 2, 3, 4)] == [2, None, None, 8]
    assert "ValueError at process_pool.py:" in (done[2].why or "")
    assert done[3].why == "the process that played it ended"


def test_no_worker_starts_once_the_pool_is_stopped() -> None:
    assert list(process_pool.map_in_processes(double, [1, 4], lambda: True)) == []
