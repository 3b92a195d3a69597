"""Interface of a replicated log: the units of one sandbox in one order for all processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pii_sandbox.mockserver.store.errors import StoreError


class Outdated(Exception):
    """The log has newer units: changes made on an older state are rolled back and have to be repeated."""


class Unreachable(StoreError):
    """The log cannot be reached, or has no quorum. A unit may or may not have been appended, but never in part."""


class Log(Protocol):
    """The log of one sandbox's units. A position is a rising number; 0 is that of an empty log.

    Unlike the file of a store it can refuse a unit, and answers later: so it is asynchronous.
    """

    async def append(self, unit: bytes, after: int) -> int:
        """Appends where `after` is the last position; returns the unit's. Raises Outdated, Unreachable."""

    async def confirm(self, position: int) -> None:
        """Return if no unit after that position was acknowledged before this call. Raises Outdated, Unreachable."""

    async def units(self, after: int) -> Iterable[tuple[int, bytes]] | None:
        """Return the known units after a position, as (position, bytes); without bytes there is no unit (yet).

        None: the log has been erased. Raises Unreachable.
        """

    async def forget(self, before: int) -> None:
        """Drop the units before that position: the one at it holds the whole state. Raises Unreachable."""


class SharedLog(Log, Protocol):
    """A log that can also be appended to without a condition."""

    def new_id(self) -> str:
        """Return an id for a unit that no other process uses."""

    async def most_bytes(self) -> int:
        """Return the largest size of a unit for `append_anyway` and `replace`, in bytes. Raises Unreachable."""

    async def append_anyway(self, unit_id: str, unit: bytes) -> None:
        """Append the unit unconditionally; once for an id. Raises Unreachable."""

    async def replace(self, unit: bytes, after: int) -> int:
        """As `append`; the log also drops all units before this one."""
