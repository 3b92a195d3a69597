"""Server-sent events of a journal for one client: who was called, and how the call was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pii_sandbox.mockserver.journal.encoded_events import event_lines
from pii_sandbox.mockserver.journal.journal import Journal

MOST_AT_ONCE = 500  # events of one piece: what a client does not read yet stays in the journal, which is bounded


class JournalEvents:
    """The entries after `number` that match `pattern`, then those that come, until `is_over`.

    `pattern`: values of `api`, `operation`, `status`, `rule`. `call` has an entry's facts, no personal data among them;
    its id is the entry's number. `gap` tells how many entries have left the journal unsent, `restart` that the numbers
    begin anew.
    """

    def __init__(self, journal: Journal, is_over: Callable[[], bool], pattern: Mapping[str, Any], number: int) -> None:
        self._journal = journal
        self._is_over = is_over
        self._pattern = pattern
        self._number = number

    def next_events(self) -> bytes | None:
        if self._is_over():
            return None
        self._journal.refresh()
        latest = self._journal.latest_number
        if latest == self._number:
            return b""
        pieces = []
        if latest < self._number:
            self._number = 0
            pieces.append(event_lines("restart", 0, {}))
        events = self._journal.events_after(self._number, MOST_AT_ONCE)
        next_number = events[0].number if events else latest + 1
        if next_number > self._number + 1:
            pieces.append(event_lines("gap", next_number - 1, {"missed": next_number - self._number - 1}))
        self._number = events[-1].number if events else latest
        pieces += [event.lines for event in events if event.matches(self._pattern)]
        return b"".join(pieces)
