"""Checks a history of concurrent calls for linearizability (the algorithm of Wing and Gong, with Lowe's memory).

A history is linearizable if its calls can be put in one order, in which each took place at one moment between its begin
and its end, so that every result is what that order makes of it. Keys are checked one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

Value = str | None  # what a key holds; None: nothing


@dataclass(frozen=True, slots=True)
class Call:
    """`status` None: the caller does not know whether it took place. `seen` is what a read returned."""

    key: str
    kind: str
    begin: float
    end: float
    status: int | None
    value: Value = None
    seen: Value = None


def outcome(call: Call, value: Value) -> tuple[int, Value]:
    """The status of the call where the key holds that, and what it holds then."""
    if call.kind == "create":
        return (201, call.value) if value is None else (409, value)
    if value is None:
        return 404, None
    if call.kind == "update":
        return 200, call.value
    return (204, None) if call.kind == "delete" else (200, value)


def is_possible(call: Call, value: Value) -> bool:
    status, _ = outcome(call, value)
    if call.status is None:
        return True
    return call.status == status and (call.kind != "read" or call.seen == value)


def violations(history: Iterable[Call]) -> list[str]:
    """The keys whose calls fit no order."""
    by_key: dict[str, list[Call]] = defaultdict(list)
    for call in history:
        by_key[call.key].append(call)
    return [key for key, calls in by_key.items() if not _has_order(calls)]


def _has_order(calls: list[Call]) -> bool:
    """Depth first over (calls that have taken place, what the key holds); each such state is tried once.

    Of the calls that may be next, the one that ended first is tried first, and those in doubt last: so a history that
    has an order is mostly found to have it without a way back.
    """
    ends = [inf if call.status is None else call.end for call in calls]
    by_end = sorted(range(len(calls)), key=lambda number: ends[number])
    required = sum(1 << number for number, call in enumerate(calls) if call.status is not None)
    tried: set[tuple[int, Value]] = set()
    states: list[tuple[int, Value]] = [(0, None)]
    while states:
        done, value = states.pop()
        if done & required == required:
            return True
        open_calls = [number for number in by_end if not done >> number & 1]
        first_end = ends[open_calls[0]]
        for number in reversed(open_calls):  # what is pushed last is tried first
            call = calls[number]
            if call.begin > first_end or not is_possible(call, value):
                continue  # another one had ended before this one began
            state = done | 1 << number, outcome(call, value)[1]
            if state not in tried:
                tried.add(state)
                states.append(state)
    return False
