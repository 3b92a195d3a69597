"""Journal entries as server-sent events, each a line of a list: who was called, and how it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from pii_sandbox.mockserver.journal.entries import effect, facts
from pii_sandbox.mockserver.journal.exchange import JournalExchange
from pii_sandbox.mockserver.journal.exchange_parts import ExchangeParts
from pii_sandbox.mockserver.journal.journal import Journal
from pii_sandbox.mockserver.journal.matching import matching_exchanges

MOST_AT_ONCE = 500  # events of one piece: what a client does not read yet stays in the journal, which is bounded


class JournalEvents:
    """The entries after `number` that match `pattern`, then those that come, until `is_over`.

    `call` has an entry's facts, no personal data among them; its id is the entry's number. `gap` tells how many entries
    have left the journal unsent, `restart` that the numbers begin anew.
    """

    def __init__(self, journal: Journal, is_over: Callable[[], bool], pattern: Mapping[str, Any], number: int) -> None:
        self._journal = journal
        self._is_over = is_over
        self._pattern = pattern
        self._number = number

    def next_events(self) -> bytes | None:
        if self._is_over():
            return None
        latest = self._journal.latest_number
        if latest == self._number:
            return b""
        events = []
        if latest < self._number:
            self._number = 0
            events.append(_event("restart", 0, {}))
        exchanges = self._journal.exchanges_after(self._number, MOST_AT_ONCE)
        next_number = exchanges[0].number if exchanges else latest + 1
        if next_number > self._number + 1:
            events.append(_event("gap", next_number - 1, {"missed": next_number - self._number - 1}))
        self._number = exchanges[-1].number if exchanges else latest
        events += [
            _event("call", exchange.number, summary(exchange))
            for exchange in matching_exchanges(exchanges, self._pattern)
        ]
        return b"".join(events)


def summary(exchange: JournalExchange) -> dict[str, Any]:
    """Return the server's own facts about an exchange, in a line."""
    schemas = ExchangeParts(exchange).schemas
    return {
        **facts(exchange),
        "path": schemas.facts.path if schemas else None,
        "refusal": None if exchange.refusal is None else exchange.refusal.kind,
        "fault": None if exchange.fault is None else effect(exchange.fault),
    }


def _event(name: str, number: int, data: Mapping[str, Any]) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), orjson.dumps(data))
