"""A tracker whose sender gives exchanges in turn, and keeps what it was asked to send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from pii_sandbox.conformance.cleanup.ledger import EntryState, Ledger
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.tracker import Tracker
from pii_sandbox.conformance.http.observer import Observer
from pii_sandbox.conformance.values.findings import Exchange
from tests.conformance.cleanup.stub_vendor import ABOUT, EMAIL, PROFILE, StubVendor, exchange
from tests.conformance.cleanup.test_ownership_guard import DELETE, request

if TYPE_CHECKING:
    from pii_sandbox.conformance.http.sender import Sender
    from pii_sandbox.conformance.values.request import Request

SENT_AT = datetime(2026, 5, 1, 10, 0, 20, tzinfo=UTC)
CREATE = request("CreateClientProfile", {}, {"email": EMAIL})


def lost(*, was_sent: bool = True) -> Exchange:
    """No response; where it was not sent, for want of a connection."""
    return replace(exchange(0, answer_class="network"), status=None, sent_at=SENT_AT if was_sent else None)


@dataclass
class Budget:
    """Counts what is given back."""

    settled: int = 0

    def settle(self) -> None:
        self.settled += 1


@dataclass
class ScriptedSender:
    """Answers in turn with `answers`; exceptions are raised."""

    answers: list[Exchange | Exception]
    requests: list[Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    observer: Observer = field(default_factory=Observer)

    def send(self, request: Request) -> Exchange:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(self, seconds: float, *, undoes: bool = False) -> None:
        self.waits.append(seconds)

    @property
    def sent(self) -> list[str | None]:
        return [request.operation_id for request in self.requests]


@dataclass
class Tracked:
    """A scenario's tracker, with what it sends and writes down."""

    tracker: Tracker
    ledger: Ledger
    sender: ScriptedSender
    announced: list[int]

    def made(self, operation_id: str, undo: PlannedCall | None, *ids: str, under: int | None = None) -> int:
        """An object that the scenario has made."""
        number = self.ledger.record_intent("vtex", operation_id, under=under)
        if undo is not None:
            self.ledger.settle(number, "made", undo=undo)
        self.tracker._ownership.add(number, ids)
        self.tracker._guard._proven.add(number)
        return number

    def profile(self) -> int:
        return self.made("CreateClientProfile", DELETE, PROFILE)

    def states(self) -> list[EntryState]:
        return [entry.state for entry in self.ledger.entries]


@contextmanager
def tracked(
    *answers: Exchange | Exception, api: str = "vtex", ledger: Ledger | None = None, **more: Any
) -> Iterator[Tracked]:
    announced: list[int] = []
    with StubVendor(api=api).context(ledger, **more) as run_context:
        sender = ScriptedSender(list(answers))
        scripted = replace(run_context, sender=cast("Sender", sender), ledger=ledger or Ledger(None, ABOUT))
        yield Tracked(Tracker(api, scripted, announced.append), scripted.ledger, sender, announced)
    assert sender.answers == []
