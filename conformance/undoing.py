"""Takes back what a ledger says was made, and looks whether it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance import documents, lost
from conformance.findings import Exchange
from conformance.ledger import Entry, Ledger, State
from conformance.links import Step
from conformance.scenario import NotCheckable
from conformance.sender import Sender
from conformance.targets import Target
from specs import Dialect

Call = Callable[[Step], Exchange]
GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one object. `why` is for people."""

    state: State
    why: str


def calls(target: Target, sender: Sender, api: str) -> Call:
    """Sends steps to one API, with full credentials and from what the budget kept back."""

    def call(step: Step) -> Exchange:
        facts = documents.operation(api, step.operation_id, target.dialect)
        credentials = target.credentials.get(api, {}).get("full")
        if credentials is None or api not in target.urls:
            raise NotCheckable(f"the target has no URL or no full credentials for {api}")
        path, headers = documents.located(facts, step.params, target.dialect)
        sent = {**target.headers, **credentials, **headers}
        url = target.urls[api].rstrip("/") + path
        return sender.send(api, step.operation_id, facts.method, url, sent, b"", facts.safety, undoes=True)

    return call


def take_back(target: Target, sender: Sender, ledger: Ledger, entry: Entry, *, look: bool) -> None:
    """Undoes one entry and writes down what became of it. `look`: asks the target whether it is gone."""
    try:
        undone = _undone(entry, target, sender, ledger, look)
    except NotCheckable as obstacle:
        undone = Undone("left", str(obstacle))
    ledger.settle(entry.number, undone.state, why=undone.why)


def follow(ledger: Ledger) -> None:
    """What hangs on something that is gone is gone with it."""
    for entry in ledger.entries:
        above = None if entry.under is None else ledger.entry(entry.under)
        if entry.is_open and above is not None and above.state in ("gone", "accepted"):
            ledger.settle(entry.number, above.state, why=f"goes with entry {above.number}")


def _undone(entry: Entry, target: Target, sender: Sender, ledger: Ledger, look: bool) -> Undone:
    if entry.sandbox is not None:
        return thrown_away(entry.sandbox, target, sender)
    call = calls(target, sender, entry.api)
    step = entry.undo
    if step is None:
        found = lost.found(entry, ledger.run_id, target.dialect, call)
        if found is None:
            return Undone("gone", "it was never made, or is gone")
        step = found
    return _deleted(entry, step, call, target.dialect, look)


def _deleted(entry: Entry, step: Step, call: Call, dialect: Dialect, look: bool) -> Undone:
    exchange = call(step)
    told = f"{step.operation_id} answered {exchange.status or exchange.error}"
    if exchange.status in GONE:
        return Undone("gone", told)
    facts = documents.operation(entry.api, step.operation_id, dialect)
    deletes_later = "202" in documents.definition(facts, dialect)["responses"]
    accepted = deletes_later and exchange.status in (202, 409)  # 409: it was asked before
    if not accepted and not 200 <= (exchange.status or 0) < 300:
        return Undone("left", told)
    if look:
        seen = call(entry.look or step).status  # to delete again is to ask, too
        told = f"{told}, then {(entry.look or step).operation_id} {seen}"
        if seen in GONE:
            return Undone("gone", told)
        if not accepted:
            return Undone("left", told)
    return Undone("accepted", f"{told}: the vendor deletes it later") if accepted else Undone("gone", told)


def thrown_away(name: str, target: Target, sender: Sender) -> Undone:
    """What became of the sandbox of that name."""
    if target.control is None:
        return Undone("left", "the target has no control_url")
    url = f"{target.control.rstrip('/')}/sandboxes/{name}"
    try:
        exchange = sender.send("sandbox", None, "DELETE", url, dict(target.headers), b"", "delete", undoes=True)
    except NotCheckable as obstacle:
        return Undone("left", str(obstacle))
    if exchange.status in (204, 404):
        return Undone("gone", "the sandbox is thrown away")
    return Undone("left", f"the control API answered {exchange.status or exchange.error}")
