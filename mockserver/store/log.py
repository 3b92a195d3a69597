"""A log that several processes share: the units of one sandbox, in one order for all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pii_sandbox.mockserver.store.errors import StoreError


class Outdated(Exception):
    """The log has gone on since: what was done on an earlier state is taken back, and to be done again."""


class Unreachable(StoreError):
    """The log cannot be asked, or has no quorum. What was written may, or may not, be in it: whole, in any case."""


class Log(Protocol):
    """One sandbox's units. A position is a number that rises; 0 is that of an empty log.

    Unlike the file of a store it can refuse a unit, and answers later: so it is asynchronous.
    """

    async def append(self, unit: bytes, after: int) -> int:
        """Appends where `after` is the last position; returns the unit's. Raises Outdated, Unreachable."""

    async def confirm(self, position: int) -> None:
        """Returns if nothing was acknowledged after that position before this call. Raises Outdated, Unreachable."""

    async def units(self, after: int) -> Iterable[tuple[int, bytes]] | None:
        """What follows, as far as it is known by now; a position without bytes has no unit (yet).

        None: the log has been erased. Raises Unreachable.
        """

    async def forget(self, before: int) -> None:
        """Drops the units before that position: the one there says all that they said. Raises Unreachable."""


class SharedLog(Log, Protocol):
    """A log that can also be appended to without a condition."""

    def new_id(self) -> str:
        """An id for a unit, which no other process uses."""

    async def most_bytes(self) -> int:
        """The size of the largest unit that `append_anyway` and `replace` take. Raises Unreachable."""

    async def append_anyway(self, unit_id: str, unit: bytes) -> None:
        """Appends the unit, whatever the log has; once for an id. Raises Unreachable."""

    async def replace(self, unit: bytes, after: int) -> int:
        """As `append`; the log forgets all before the unit."""
