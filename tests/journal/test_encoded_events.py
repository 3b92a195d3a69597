"""Server-sent events of the journal: encoded once for all clients, whatever each has read so far."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pii_sandbox.mockserver.journal import Journal, JournalExchange
from pii_sandbox.mockserver.journal.encoded_events import MOST_KEPT
from pii_sandbox.mockserver.journal.event_source import JournalEvents


class CountingExchange:
    """A call of the journal that counts how often it is summed up."""

    weight = 1

    def __init__(self, status: int) -> None:
        self.number = 0
        self.status = status
        self.summaries = 0

    def exchange(self) -> JournalExchange:
        raise AssertionError("a stream decodes no exchange")

    def summary(self) -> dict[str, Any]:
        self.summaries += 1
        at = datetime(2030, 1, 1, tzinfo=UTC)
        return {"id": self.number, "time": at, "api": "x", "operation": "read", "status": self.status, "rule": None}


def journal_of(*calls: CountingExchange) -> Journal:
    journal = Journal()
    for call in calls:
        journal.add(call, len(calls), 10**6)
    return journal


def read(journal: Journal, pattern: dict[str, Any] | None = None, number: int = 0) -> list[bytes]:
    """The lines of all events that a client is sent, piece by piece."""
    events = JournalEvents(journal, lambda: False, pattern or {}, number)
    lines: list[bytes] = []
    while piece := events.next_events():
        lines += piece.split(b"\n")
    return lines


def test_a_call_is_encoded_once_for_all_clients() -> None:
    calls = [CountingExchange(status) for status in (200, 404, 200)]
    journal = journal_of(*calls)
    first, second, third = read(journal), read(journal, number=1), read(journal, {"status": 404})
    assert [line for line in first if line.startswith(b"id: ")] == [b"id: 1", b"id: 2", b"id: 3"]
    assert [line for line in second if line.startswith(b"id: ")] == [b"id: 2", b"id: 3"]
    assert [line for line in third if line.startswith(b"id: ")] == [b"id: 2"]
    assert [call.summaries for call in calls] == [1, 1, 1]
    assert b'"time":"2030-01-01T00:00:00Z"' in first[2]


def test_a_client_far_behind_is_sent_all_and_the_cache_stays_bounded() -> None:
    calls = [CountingExchange(200) for _ in range(3 * MOST_KEPT)]
    journal = journal_of(*calls)
    for _ in range(2):
        numbers = [line for line in read(journal) if line.startswith(b"id: ")]
        assert numbers == [b"id: %d" % (at + 1) for at in range(3 * MOST_KEPT)]
    assert len(journal._encoded_events._events) == MOST_KEPT
