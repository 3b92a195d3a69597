"""The journal of one sandbox: the latest exchanges, bounded in number and in bytes."""

from __future__ import annotations

import itertools
from collections import deque

from pii_sandbox.mockserver.journal.encoded_events import EncodedEvent, EncodedEvents
from pii_sandbox.mockserver.journal.exchange import CompactExchange, JournalExchange


class Journal:
    """Bounded log of exchanges. One thread appends; others may read."""

    def __init__(self) -> None:
        self._exchanges: deque[CompactExchange] = deque()
        self._weight = 0
        self._number = 0
        self._encoded_events = EncodedEvents()

    def __len__(self) -> int:
        return len(self._exchanges)

    @property
    def weight(self) -> int:
        """Return its approximate size in memory, in bytes."""
        return self._weight

    def add(self, recorded: CompactExchange, most: int, most_bytes: int) -> None:
        """Append an exchange under the next number, and drop the oldest ones beyond `most` entries or `most_bytes`.

        Numbers rise by one and are never reused.
        """
        self._number += 1
        recorded.number = self._number
        exchanges = self._exchanges
        exchanges.append(recorded)
        self._weight += recorded.weight
        while len(exchanges) > most or self._weight > most_bytes:
            self._weight -= exchanges.popleft().weight

    def clear(self) -> None:
        self._exchanges, self._weight = deque(), 0  # a new deque: another thread may be appending to the old one

    def release(self) -> None:
        """Drop what is in memory: entries point back at their sandbox, which is to be freed."""
        Journal.clear(self)
        self._encoded_events = EncodedEvents()

    def refresh(self) -> None:
        """Have entries that come from elsewhere come in, if there are any. Called by the event loop, often."""

    def exchanges(self) -> list[JournalExchange]:
        """Return all exchanges, in the order in which they ended."""
        return [recorded.exchange() for recorded in list(self._exchanges)]

    @property
    def latest_number(self) -> int:
        """Return the number of the exchange that was added last; 0 if there was none."""
        return self._number

    def events_after(self, number: int, most: int) -> list[EncodedEvent]:
        """Return the first `most` exchanges after that number as server-sent events."""
        newest_first = itertools.takewhile(lambda recorded: recorded.number > number, reversed(list(self._exchanges)))
        return self._encoded_events.of(list(newest_first)[-1 : -most - 1 : -1])

    def find(self, number: int | None) -> JournalExchange | None:
        """Return the exchange with that number, or the latest for None; None if it does not exist any more."""
        for recorded in reversed(list(self._exchanges)):
            if number is None or recorded.number == number:
                return recorded.exchange()
        return None

    def numbers_containing(self, text: str) -> list[int]:
        """Return the numbers of the exchanges whose request or response contains the text, case-insensitively."""
        term = text.casefold()
        return [exchange.number for exchange in self.exchanges() if _contains(exchange, term)]


def _contains(exchange: JournalExchange, term: str) -> bool:
    try:
        return term in _texts(exchange)
    except Exception:  # search the raw values: they may hold what cannot be shown
        return term in repr(exchange).casefold()


def _texts(exchange: JournalExchange) -> str:
    bodies = (body.decode("utf-8", "replace") for body in (exchange.body, exchange.response_body) if body)
    headers = (*exchange.headers.values(), *exchange.response_headers.values())
    return "\n".join((exchange.url, *exchange.path_values, *headers, *bodies)).casefold()
