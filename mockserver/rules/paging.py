"""Pages of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pii_sandbox.mockserver.problems import BeyondReach

T = TypeVar("T")


def refuse_beyond_reach(offset: int, count: int, reach: int | None, rule: str) -> None:
    """Raises BeyondReach where `offset` + `count` passes `reach`, whatever the total; None: no bound. (NS-LIST-2)"""
    if reach is not None and offset + count > reach:
        bound = f"offset + count must be at most {reach}"
        message = f"only the first {reach} items can be reached: {bound}, it is {offset + count}"
        raise BeyondReach(message, rule=rule, errors={"offset": [bound]})


def sliced(items: Sequence[T], offset: int, count: int) -> list[T]:
    """At most `count` items after the first `offset`; fewer, or none, where the list ends before."""
    return list(items[offset : offset + count])
