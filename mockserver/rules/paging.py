"""Paging: slices of a list, and the vendor's cap on `offset` + `count`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pii_sandbox.mockserver.problems import BeyondReach

T = TypeVar("T")


def refuse_beyond_reach(offset: int, count: int, reach: int | None, rule: str) -> None:
    """Raise BeyondReach if `offset` + `count` exceeds `reach`, for any total; None: no cap. (NS-LIST-2)"""
    if reach is not None and offset + count > reach:
        bound = f"offset + count must be at most {reach}"
        message = f"only the first {reach} items can be reached: {bound}, it is {offset + count}"
        raise BeyondReach(message, rule=rule, errors={"offset": [bound]})


def page_of(items: Sequence[T], offset: int, count: int) -> list[T]:
    """Return at most `count` items after the first `offset`."""
    return list(items[offset : offset + count])
