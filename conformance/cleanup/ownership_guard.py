"""Refuses calls that could change what a run did not make, after a look at the target just before they are sent."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from pii_sandbox.conformance.cleanup import links, ownership_lookup, ownership_proof
from pii_sandbox.conformance.cleanup.ledger import Entry
from pii_sandbox.conformance.cleanup.links import PlannedCall
from pii_sandbox.conformance.cleanup.ownership import Ownership, marked_email
from pii_sandbox.conformance.cleanup.ownership_lookup import OwnershipStatus
from pii_sandbox.conformance.cleanup.ownership_proof import UNDATED, UNMARKED, foreign_reason, shows_date
from pii_sandbox.conformance.contract import operations
from pii_sandbox.conformance.run_context import RunContext
from pii_sandbox.conformance.values.errors import CannotCheck
from pii_sandbox.conformance.values.findings import Exchange
from pii_sandbox.conformance.values.json_content import json_or_none, texts
from pii_sandbox.conformance.values.request import Request
from pii_sandbox.specs import Operation


class OwnershipGuard:
    """Looks and remembers for one scenario what was proven to be the run's. Safe to share between threads.

    What a scenario has read itself counts as a look.
    """

    def __init__(self, api: str, context: RunContext, ownership: Ownership) -> None:
        self._api, self._dialect = api, context.target.dialect
        self._context = context
        self._ledger = context.ledger
        self._ownership = ownership
        self._call = ownership_lookup.call_sender(context, api, undoes=False)
        self._proven: set[int] = set()
        self._nobodys: set[tuple[str, ...]] = set()
        self._leads: set[tuple[str, str]] = set()  # keys that were seen to lead to what is ours
        self._lock = threading.RLock()

    def check_request(self, request: Request) -> None:
        """Raises CannotCheck for a call that could change what is not the run's."""
        facts = request.facts
        if facts is None or facts.safety == "read":
            return
        self._ownership.refuse_unowned(facts, request.path, request.body, request.expected)
        with self._lock:
            if facts.safety == "irreversible":
                self._refuse_others_email(request.body)
            else:
                self._refuse_taken_keys(facts, request.body)
            self._refuse_unproven(facts, request.path, _key(request.url))

    def examine_created(
        self, request: Request, parent: Entry | None, exchange: Exchange
    ) -> tuple[PlannedCall | None, str | None]:
        """The call that deletes what a create made, and why it is not the run's, None where it is proven to be."""
        facts, path = request.facts, request.path
        if facts is None:
            return None, "the call that created it is no operation of the documents"
        value = ownership_proof.response_value(exchange.response_body)
        undo = links.undo_step(facts, self._dialect, path, value)
        if undo is None:
            return None, "the response contains no id"
        mark = self._ledger.mark
        foreign = (entry.undo for entry in self._ledger.entries if entry.state == "not ours")
        if undo in foreign or self._ownership.is_theirs(undo.params.values()):
            return undo, "its id was in an earlier response, of an object that this run did not create"
        if parent is not None:
            above = parent.undo.params if parent.undo is not None else {}
            if any(undo.params.get(name, value) != value for name, value in above.items()):
                return undo, "it belongs to an object that this run did not create"
            return undo, foreign_reason(exchange, mark, dated=self._is_dated(facts), marked=False)
        why = foreign_reason(exchange, mark, dated=self._is_dated(facts))
        if why in (UNMARKED, UNDATED):  # it may be a response that shows nothing of the object
            look = functools.partial(
                ownership_lookup.object_status,
                facts.operation_id, self._api, undo, None, mark, self._dialect, self._call,
            )  # fmt: skip
            seen = ownership_lookup.look_until_settled(self._context, look, "nobody", undoes=False)
            why = None if seen.standing == "ours" else seen.why
        return undo, why

    def note_seen(self, request: Request, exchange: Exchange) -> None:
        """Learns from a successful call: a read that shows the mark is a look; a change may redirect keys."""
        facts = request.facts
        if request.safety != "read":
            self._leads.clear()
        entry = next(map(self._entry, request.path.values()), None)
        if facts is None or entry is None or entry.under is not None or entry.undo is None:
            return
        made = operations.operation(entry.api, entry.operation_id, self._dialect)
        proof = links.proof_step(made, self._dialect, entry.undo.params)
        if exchange.status != 200 or proof is None or facts.operation_id != proof.operation_id:
            return
        wanted = next(iter(entry.undo.params.values()), None)
        if foreign_reason(exchange, self._ledger.mark, dated=self._is_dated(facts), wanted_id=wanted) is None:
            self._proven.add(entry.number)

    def _refuse_others_email(self, body: bytes) -> None:
        """An email is erased only where its owner is proven to be the run's, or nobody has it."""
        for text in texts(json_or_none(body)):
            if marked_email(text, self._ledger.run_id) is None:
                continue  # no email at all: others were refused before
            seen = ownership_lookup.key_status(self._api, text, "email", self._dialect, self._call, unmasked=True)
            if seen.standing == "not ours" and seen.exchange is not None:
                why = foreign_reason(seen.exchange, self._ledger.mark, dated=True)
                if why is None:
                    continue
                seen = OwnershipStatus("not ours", why)
            if seen.standing != "nobody":
                raise CannotCheck(f"nothing was erased, because the owner of the email is not proven: {seen.why}")

    def _refuse_taken_keys(self, facts: Operation, body: bytes) -> None:
        """A key that somebody has would be given to the run's object too: the target may merge both."""
        value = json_or_none(body)
        if not isinstance(value, dict) or ownership_lookup.key_reader(self._api, self._dialect) is None:
            return
        for key in ownership_lookup.keys(facts.document, self._dialect):
            given = value.get(key)
            if not isinstance(given, str) or not given or self._ledger.mark.is_in(given):
                continue  # with the run's id in it nobody has it
            if self._ownership.owner(given) is not None or (key, given) in self._nobodys:
                continue
            seen = ownership_lookup.key_status(self._api, given, key, self._dialect, self._call)
            if seen.standing == "not ours":
                raise CannotCheck(f"the invented {key} is already in use at the target, so nothing was sent with it")
            if seen.standing == "unknown":
                raise CannotCheck(
                    f"nothing was sent, because the invented {key} may be in use at the target: {seen.why}"
                )
            self._nobodys.add((key, given))

    def _refuse_unproven(self, facts: Operation, path: Mapping[str, str], key: str | None) -> None:
        for value in path.values():
            entry = self._entry(value)
            if entry is not None:
                self._prove(entry)
        unowned = (value for value in path.values() if self._ownership.owner(value) is None)
        if not all(self._ledger.mark.is_in(value) for value in unowned):
            self._refuse_unowned_place(facts, path)
        if key in ownership_lookup.keys(facts.document, self._dialect):
            self._refuse_foreign_key(path, str(key))

    def _prove(self, entry: Entry) -> None:
        if entry.state == "not ours":
            raise CannotCheck(f"nothing was changed, because the object is not proven to be this run's: {entry.why}")
        if entry.number in self._proven or not entry.is_open or entry.undo is None:
            return
        under = None if entry.under is None else self._ledger.entry(entry.under).undo
        seen = ownership_lookup.object_status(
            entry.operation_id, self._api, entry.undo, under, self._ledger.mark, self._dialect, self._call
        )
        if seen.standing == "not ours":
            self._ledger.settle(entry.number, "not ours", why=seen.why)
        if seen.standing in ("not ours", "unknown"):
            raise CannotCheck(f"nothing was changed, because the object is not proven to be this run's: {seen.why}")
        self._proven.add(entry.number)

    def _refuse_unowned_place(self, facts: Operation, path: Mapping[str, str]) -> None:
        if tuple(path.values()) in self._nobodys:
            return
        seen = ownership_lookup.place_status(facts, path, self._dialect, self._call)
        if seen.standing != "nobody":
            raise CannotCheck(
                f"{facts.operation_id} was not sent: it would change an object that this run did not "
                f"create ({seen.why})"
            )
        self._nobodys.add(tuple(path.values()))

    def _refuse_foreign_key(self, path: Mapping[str, str], key: str) -> None:
        """A key of ours must lead to what is ours."""
        value = next(iter(path.values()))
        if (key, value) in self._leads:
            return
        seen = ownership_lookup.key_status(self._api, value, key, self._dialect, self._call)
        found = seen.value.get("id") if isinstance(seen.value, dict) else None
        if seen.standing == "nobody" or (isinstance(found, str) and self._ownership.owner(found) is not None):
            self._leads.add((key, value))
            return
        raise CannotCheck(f"nothing was sent, because the {key} identifies an object that this run did not create")

    def _is_dated(self, facts: Operation) -> bool:
        return shows_date(facts.document, facts.operation_id, self._dialect)

    def _entry(self, value: str) -> Entry | None:
        number = self._ownership.owner(value)
        return None if number is None else self._ledger.entry(number)


def _key(url: str) -> str | None:
    return dict(parse_qsl(urlsplit(url).query)).get("alternativeKey")
