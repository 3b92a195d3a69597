"""The checker of histories finds what is wrong with them, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cluster.linearizability import Call, violations


def create(value: str, begin: float, end: float, status: int | None = 201) -> Call:
    return Call("k", "create", begin, end, status, value)


def update(value: str, begin: float, end: float, status: int | None = 200) -> Call:
    return Call("k", "update", begin, end, status, value)


def read(seen: str | None, begin: float, end: float) -> Call:
    return Call("k", "read", begin, end, 404 if seen is None else 200, seen=seen)


def delete(begin: float, end: float, status: int | None = 204) -> Call:
    return Call("k", "delete", begin, end, status)


@pytest.mark.parametrize(
    "history",
    [
        [create("a", 0, 1), read("a", 2, 3), delete(4, 5), read(None, 6, 7)],
        [create("a", 0, 9), create("b", 0, 9, 409), read("a", 1, 2)],
        [create("a", 0, 1), update("b", 2, 9), read("a", 3, 4), read("b", 5, 6)],
        [create("a", 0, 1), update("b", 2, 3, None), read("a", 4, 5), read("b", 6, 7)],
        [create("a", 0, 1), update("b", 2, 3, None), read("a", 4, 5)],
        [create("a", 0, 1), delete(2, 3), create("b", 4, 5), read("b", 6, 7)],
    ],
)
def test_a_history_with_an_order_is_accepted(history: list[Call]) -> None:
    assert violations(history) == []


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([create("a", 0, 1), create("b", 0, 1)], id="two winners"),
        pytest.param([create("a", 0, 1), update("b", 2, 3), read("a", 4, 5)], id="stale read"),
        pytest.param([create("a", 0, 1), read(None, 2, 3)], id="lost write"),
        pytest.param([create("a", 0, 1), update("b", 2, 9), read("b", 3, 4), read("a", 5, 6)], id="read goes back"),
        pytest.param([create("a", 0, 1), update("b", 2, 3, None), read("b", 4, 5), read("a", 6, 7)], id="flickers"),
        pytest.param([create("a", 0, 1), delete(2, 3), delete(4, 5)], id="deleted twice"),
        pytest.param([read("a", 0, 1), create("a", 2, 3)], id="read before it was"),
    ],
)
def test_a_history_without_an_order_is_found_out(history: list[Call]) -> None:
    assert violations(history) == ["k"]
    elsewhere = [replace(call, key="other") for call in [create("x", 0, 1), read("x", 2, 3)]]
    assert violations([*elsewhere, *history]) == ["k"]
