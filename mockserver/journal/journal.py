"""The journal of one sandbox: the latest exchanges, bounded in number and in bytes."""

from __future__ import annotations

from collections import deque

from pii_sandbox.mockserver.journal.exchange import Exchange, RecordedExchange


class Journal:
    """Appended to by one thread; others may read."""

    def __init__(self) -> None:
        self._kept: deque[RecordedExchange] = deque()
        self._weight = 0
        self._number = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def weight(self) -> int:
        """About how many bytes it takes in memory."""
        return self._weight

    def add(self, recorded: RecordedExchange, most: int, most_bytes: int) -> None:
        """Appends it under the next number, and lets the oldest go that are beyond either bound.

        Numbers rise by one and are never used again.
        """
        self._number += 1
        recorded.number = self._number
        kept = self._kept
        kept.append(recorded)
        self._weight += recorded.weight
        while len(kept) > most or self._weight > most_bytes:
            self._weight -= kept.popleft().weight

    def clear(self) -> None:
        self._kept, self._weight = deque(), 0  # not emptied: another thread may be adding to it

    def exchanges(self) -> list[Exchange]:
        """All that there are, in the order in which they ended."""
        return [recorded.exchange() for recorded in list(self._kept)]

    def find(self, number: int | None) -> Exchange | None:
        """The exchange of that number, the latest for None; None where there is none (any more)."""
        for recorded in reversed(list(self._kept)):
            if number is None or recorded.number == number:
                return recorded.exchange()
        return None

    def holding(self, text: str) -> list[int]:
        """Numbers of the exchanges in which that text stands, in any case of letters, in what was sent either way."""
        wanted = text.casefold()
        return [exchange.number for exchange in self.exchanges() if _holds(exchange, wanted)]


def _holds(exchange: Exchange, wanted: str) -> bool:
    try:
        return wanted in _texts(exchange)
    except Exception:  # looked for in what it is made of: it may hold what cannot be shown
        return wanted in repr(exchange).casefold()


def _texts(exchange: Exchange) -> str:
    bodies = (body.decode("utf-8", "replace") for body in (exchange.body, exchange.answer) if body)
    headers = (*exchange.headers.values(), *exchange.answer_headers.values())
    return "\n".join((exchange.url, *exchange.path_values, *headers, *bodies)).casefold()
