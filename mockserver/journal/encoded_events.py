"""Journal entries as encoded server-sent events, each a line of a list; encoded once for all clients that read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from pii_sandbox.mockserver.journal.exchange import CompactExchange

MOST_KEPT = 500  # events that are kept encoded for the other clients: some seconds of a busy sandbox


class EncodedEvent(NamedTuple):
    """A `call` event: the fields that a client may filter by, and its lines."""

    number: int
    api: str | None
    operation: str | None
    status: int
    rule: str | None
    lines: bytes

    def matches(self, pattern: Mapping[str, Any]) -> bool:
        """Return whether the fields named by the pattern have its values."""
        return not pattern or all(getattr(self, name) == value for name, value in pattern.items())


class EncodedEvents:
    """Cache of the latest events. It belongs to one journal, whose numbers are its keys."""

    def __init__(self) -> None:
        self._events: dict[int, EncodedEvent] = {}

    def of(self, recorded: Iterable[CompactExchange]) -> list[EncodedEvent]:
        known = self._events
        events = [known.get(exchange.number) or self._encode(exchange) for exchange in recorded]
        for number in list(known)[: max(len(known) - MOST_KEPT, 0)]:
            del known[number]
        return events

    def _encode(self, exchange: CompactExchange) -> EncodedEvent:
        number, summary = exchange.number, exchange.summary()
        filters = summary["api"], summary["operation"], summary["status"], summary["rule"]
        event = EncodedEvent(number, *filters, event_lines("call", number, summary))
        self._events[number] = event
        return event


def event_lines(name: str, number: int, data: Mapping[str, Any]) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), orjson.dumps(data, option=orjson.OPT_UTC_Z))
