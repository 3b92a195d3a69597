"""Takes back what a ledger says was made, and looks whether it is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pii_sandbox.conformance.cleanup import links, ownership_lookup, recovery
from pii_sandbox.conformance.cleanup.ledger import Entry, EntryState, Ledger
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership_lookup import Owner, OwnershipStatus, SendCall
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.faults import fault_text
from pii_sandbox.conformance.values.request import Request

_ENDED: frozenset[EntryState] = frozenset({"gone", "accepted", "not ours"})
_STATES: Mapping[Owner, EntryState] = {"nobody": "gone", "not ours": "not ours", "unknown": "left", "ours": "made"}


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What became of one object. `why` is for people."""

    state: EntryState
    why: str


def undo_entry(context: RunContext, entry: Entry, *, look: bool) -> None:
    """Undoes one entry and writes down what became of it. `look`: asks the target whether it is gone.

    A fault of this program leaves that one entry open, and is told.
    """
    try:
        undone = _undo(entry, context, look)
    except CannotCheck as obstacle:
        undone = UndoResult("left", str(obstacle))
    except Exception as error:  # whatever it is, the other entries are to be undone
        context.faults.add("the clean-up", error)
        undone = UndoResult("left", fault_text("the clean-up", error))
    context.ledger.settle(entry.number, undone.state, why=undone.why)


def settle_dependents(ledger: Ledger) -> list[Entry]:
    """What hangs on something that is gone is gone with it, and is given back; on something foreign it is foreign.

    What was `left` stays open: it may have been seen after that, and a clean-up looks again.
    """
    followed = []
    for entry in ledger.entries:
        above = None if entry.under is None else ledger.entry(entry.under)
        if entry.state in ("intended", "made") and above is not None and above.state in _ENDED:
            ledger.settle(entry.number, above.state, why=f"deleted with entry {above.number}")
            followed.append(entry)
    return followed


def _undo(entry: Entry, context: RunContext, look: bool) -> UndoResult:
    target, ledger = context.target, context.ledger
    if entry.sandbox is not None:
        if not entry.sandbox.startswith(ledger.run_id.lower()):
            return UndoResult("not ours", "the name of the sandbox does not begin with the id of the run")
        return sandbox_deleted(entry.sandbox, context)
    call = ownership_lookup.call_sender(context, entry.api, undoes=True)
    step = entry.undo
    if step is None:
        above = None if entry.under is None else ledger.entry(entry.under)
        if above is not None and above.state in _ENDED:
            return UndoResult(above.state, f"deleted with entry {above.number}")  # there is no id to look at
        found = recovery.find_created(entry, ledger.run_id, target.dialect, call)
        if found is None and target.settle_seconds > 0:
            context.sender.wait(target.settle_seconds, undoes=True)  # it may not show yet
            found = recovery.find_created(entry, ledger.run_id, target.dialect, call)
        if found is None:
            return UndoResult("gone", "it was never created, or is already gone")
        step = found
    return _delete(entry, step, context, call, look)


def _delete(entry: Entry, step: PlannedCall, context: RunContext, call: SendCall, look: bool) -> UndoResult:
    """Deletes an object that is proven to be the run's just before; `look` proves that it is gone."""
    ledger, dialect = context.ledger, context.target.dialect
    made = operations.operation(entry.api, entry.operation_id, dialect)
    facts = links.delete_operation(made, dialect)
    if facts is None or facts.operation_id != step.operation_id:
        return UndoResult("not ours", f"{step.operation_id} does not delete what {entry.operation_id} creates")

    def current_status(parent: PlannedCall | None = None) -> OwnershipStatus:
        return ownership_lookup.object_status(entry.operation_id, entry.api, step, parent, ledger.mark, dialect, call)

    if entry.under is not None:
        return _result_by_cascade(ledger.entry(entry.under), current_status)
    before = ownership_lookup.look_until_settled(context, current_status, "nobody", undoes=True)
    if before.standing != "ours":
        return UndoResult(_STATES[before.standing], before.why)
    exchange = call(step)
    told = f"{step.operation_id} answered {exchange.status}"
    if ownership_lookup.says_gone(facts, exchange, dialect):
        return UndoResult("gone", told)
    deletes_later = "202" in operations.definition(facts, dialect)["responses"]
    accepted = deletes_later and exchange.status in (202, 409)  # 409: it was asked before
    if not accepted and exchange.status not in range(200, 300):
        return UndoResult("left", told)
    unsettled: Owner = "unknown" if accepted else "ours"
    after = ownership_lookup.look_until_settled(context, current_status, unsettled, undoes=True) if look else None
    told = told if after is None else f"{told}, then {after.why}"
    if after is not None and after.standing == "nobody":
        return UndoResult("gone", told)
    if accepted:
        return UndoResult("accepted", f"{told}: the vendor deletes it later")
    return UndoResult("gone" if after is None else "left", told)


def _result_by_cascade(parent: Entry, current_status: Callable[[PlannedCall | None], OwnershipStatus]) -> UndoResult:
    """What hangs on another object goes with it and is never deleted by itself."""
    if parent.state == "not ours":
        return UndoResult("not ours", f"it belongs to entry {parent.number}, which this run did not create")
    if parent.state not in ("gone", "accepted"):
        return UndoResult("left", f"it is deleted with entry {parent.number}, which is not gone")
    still = current_status(parent.undo)
    if still.standing == "nobody":
        return UndoResult("gone", f"deleted with entry {parent.number}; {still.why}")
    return UndoResult(
        parent.state if parent.state == "accepted" else "left", f"deleted with entry {parent.number}; {still.why}"
    )


def sandbox_deleted(name: str, context: RunContext) -> UndoResult:
    """What became of the sandbox of that name."""
    target = context.target
    if target.control is None:
        return UndoResult(
            "left", "the sandbox cannot be deleted, because the target has no control_url; set it in the target file"
        )
    url = f"{target.control.rstrip('/')}/sandboxes/{name}"
    try:
        exchange = context.sender.send(
            Request("sandbox", None, "DELETE", url, dict(target.headers), safety="delete", undoes=True)
        )
    except CannotCheck as obstacle:
        return UndoResult("left", str(obstacle))
    if exchange.status in (204, 404):
        return UndoResult("gone", "the sandbox was deleted")
    return UndoResult("left", f"the control API answered {exchange.status or exchange.error}")
