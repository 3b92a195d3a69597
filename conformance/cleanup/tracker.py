"""One scenario's writes at an endpoint that others use: announced in the ledger, held to what is ours, taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pii_sandbox.conformance.cleanup import links, ownership_lookup, ownership_proof, recovery
from pii_sandbox.conformance.cleanup import undo as cleanup_undo
from pii_sandbox.conformance.cleanup.ledger import BadLedger, Entry, EntryState
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership import Ownership, first_mark
from pii_sandbox.conformance.cleanup.ownership_guard import OwnershipGuard
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.http.connection import now
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs import Operation

_REFUSED = ("credentials", "throttled")  # answers that say that nothing was done
_LOST = ("network", "unavailable")


class Tracker:
    """Sends a scenario's calls. In a sandbox that is thrown away nothing is announced and nothing need be ours.

    `announced` is told the number of each entry before its call goes out.
    """

    def __init__(self, api: str, context: RunContext, on_intent: Callable[[int], None]) -> None:
        self._api = api
        self._context = context
        self._target = context.target
        self._ledger = context.ledger
        self._budget = context.sender.budget
        self._tell = on_intent
        self._ownership = Ownership(context.ledger.run_id, context.target.data.get(api, {}))
        self._guard = OwnershipGuard(api, context, self._ownership)

    def send(self, request: Request) -> Exchange:
        """The exchange. Raises CannotCheck for what a run must not do here, or can do no longer."""
        if self._target.isolates:
            return self._context.sender.send(request)
        facts = _facts(request)
        if not self._opens_a_session(facts):
            self._refuse_lasting(facts)
            self._guard.check_request(request)
        number = self._record_intent(request)
        try:
            exchange = self._context.sender.send(replace(request, makes=number is not None))
        except CannotCheck as error:
            if number is not None and not error.was_sent:  # else it is looked for when the scenario ends
                self._ledger.settle(number, "refused", why="it was not created")
            raise
        if number is not None and exchange.answer_class in _LOST:
            exchange = self._resend_unless_made(number, request, exchange)
        try:
            if number is not None:
                self._note_made(number, request, exchange)
            elif _is_success(exchange):
                self._note_changed(request, exchange)
        finally:
            self._ownership.note_seen(exchange.response_body)
        return exchange

    def _resend_unless_made(self, number: int, request: Request, lost_exchange: Exchange) -> Exchange:
        """Looks for the object by its mark, and sends the request again only where it is not there."""
        retry, sender = self._target.retry, self._context.sender
        call = ownership_lookup.call_sender(self._context, self._api, undoes=False)
        exchange, may_be_made = lost_exchange, lost_exchange.sent_at
        for attempt in range(retry.attempts):
            try:
                sender.wait(max(retry.backoff_seconds * float(2**attempt), self._target.settle_seconds))
                if may_be_made is not None:
                    entry = self._ledger.entry(number)
                    if recovery.find_created(entry, self._ledger.run_id, self._target.dialect, call) is not None:
                        break  # made, and its answer is lost: it is undone when the scenario ends
                sender.observer.note_retry(request.api, request.operation_id, exchange.answer_class)
                exchange = replace(sender.send(replace(request, makes=exchange.sent_at is None)), attempts=attempt + 2)
            except CannotCheck as error:
                if error.was_sent:
                    may_be_made = may_be_made or now()
                break
            if exchange.answer_class not in _LOST:
                return exchange
            may_be_made = may_be_made or exchange.sent_at
        return replace(exchange, sent_at=may_be_made)

    def undo(self, number: int) -> None:
        """Takes an object back, if it is still there."""
        entry = self._ledger.entry(number)
        if not entry.is_open or self._goes_with_another(entry):
            return
        cleanup_undo.undo_entry(self._context, entry, look=False)
        closed = [entry, *cleanup_undo.settle_dependents(self._ledger)]
        for each in closed:
            if not self._ledger.entry(each.number).is_open:
                self._budget.settle()

    def _goes_with_another(self, entry: Entry) -> bool:
        """What hangs on something that is still to be deleted goes with it: fewer calls that delete are sent."""
        above = None if entry.under is None else self._ledger.entry(entry.under)
        return above is not None and above.is_open and above.undo is not None

    def _opens_a_session(self, facts: Operation) -> bool:
        return facts.safety == "create" and operations.returns_secret(facts, self._target.dialect)

    def _refuse_lasting(self, facts: Operation) -> None:
        if facts.safety == "create" and links.delete_operation(facts, self._target.dialect) is None:
            raise CannotCheck(f"{facts.operation_id} was not sent: no operation deletes what it creates")

    def _record_intent(self, request: Request) -> int | None:
        facts = _facts(request)
        if facts.safety != "create" or self._opens_a_session(facts):
            return None
        under = next(map(self._ownership.owner, request.path.values()), None)
        mark = first_mark(request.body, self._ledger.run_id)
        try:
            number = self._ledger.record_intent(self._api, facts.operation_id, mark=mark, under=under)
        except BadLedger as error:
            raise CannotCheck(f"nothing was created, because the ledger cannot be written: {error}") from error
        self._tell(number)
        return number

    def _note_made(self, number: int, request: Request, exchange: Exchange) -> None:
        """Writes down what was made. Raises CannotCheck for a success that does not show what this run sent."""
        status, facts = exchange.status, _facts(request)
        if exchange.is_unsent:
            self._ledger.settle(number, "refused", why="it was never sent")
            return
        if exchange.answer_class not in ("vendor", *_REFUSED) or status is None or status >= 500 or exchange.surplus:
            return  # not known; it is looked for when the scenario ends
        if not _is_success(exchange):
            self._close(number, "refused", f"status {status}")
            return
        entry = self._ledger.entry(number)
        under = None if entry.under is None else self._ledger.entry(entry.under)
        try:
            undo, why = self._guard.examine_created(request, under, exchange)
        except CannotCheck as error:
            self._keep_id(number, request, exchange, str(error))
            raise
        if undo is None and entry.mark is not None:
            return  # a success that names nothing: not known either
        earlier = None if undo is None else self._owner(undo)
        if earlier is not None and earlier != entry.under:
            self._close(number, "refused", f"status {status}: the object that entry {earlier} created")
            return
        if undo is None or why is not None:
            self._ledger.settle(number, "not ours", undo=undo, why=f"status {status}: {why}")
            self._budget.settle()
            raise CannotCheck(f"{facts.operation_id} answered with an object that this run did not create: {why}")
        documented = operations.definition(facts, self._target.dialect)["responses"]
        if "201" in documented and status != 201:
            if str(status) in documented:  # as for a record that was there before
                self._close(number, "refused", f"status {status}")
            return  # a success that the document does not have: not known
        self._ledger.settle(number, "made", undo=undo)
        self._ownership.add(number, (*undo.params.values(), *self._keys(request)))

    def _keep_id(self, number: int, request: Request, exchange: Exchange, why: str) -> None:
        """Writes down the id in the response to a create where nobody could look whose it is: an undo looks again."""
        value = ownership_proof.response_value(exchange.response_body)
        undo = links.undo_step(_facts(request), self._target.dialect, request.path, value)
        if undo is not None and self._owner(undo) is None:
            self._ledger.settle(number, "left", undo=undo, why=f"whose it is could not be looked up: {why}")

    def _owner(self, undo: PlannedCall) -> int | None:
        """The number of the entry whose object `undo` deletes, None where no entry has it."""
        return self._ownership.owner(list(undo.params.values())[-1])

    def _close(self, number: int, state: EntryState, why: str) -> None:
        self._ledger.settle(number, state, why=why)
        self._budget.settle()

    def _keys(self, request: Request) -> list[str]:
        """The values of alternative keys that a body gives to an object."""
        sent = json_or_none(request.body)
        names = ownership_lookup.keys(_facts(request).document, self._target.dialect)
        values = (sent.get(name) for name in (*names, "email")) if isinstance(sent, dict) else ()
        return [value for value in values if isinstance(value, str) and value]

    def _note_changed(self, request: Request, exchange: Exchange) -> None:
        facts = _facts(request)
        self._guard.note_seen(request, exchange)
        owners = [owner for owner in map(self._ownership.owner, request.path.values()) if owner is not None]
        if not owners:
            return
        if facts.safety == "update":
            self._ownership.add(owners[-1], self._keys(request))
        state: EntryState = "accepted" if exchange.status == 202 else "gone"
        for entry in self._ledger.open_entries():
            undone = entry.undo is not None and entry.undo.operation_id == facts.operation_id
            if undone and owners[-1] in (entry.number, entry.under):
                self._ledger.settle(entry.number, state, why="deleted by the scenario")
                self._budget.settle()
                return


def _facts(request: Request) -> Operation:
    if request.facts is None:
        raise ValueError("a scenario's calls are of operations")
    return request.facts


def _is_success(exchange: Exchange) -> bool:
    return exchange.answer_class == "vendor" and exchange.status in range(200, 300)
