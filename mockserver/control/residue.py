"""Every place that still holds a person: the proof of an erasure, or of none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.faults import as_value
from pii_sandbox.mockserver.rules import residue
from pii_sandbox.mockserver.rules.residue import Subject
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.store import Store

LONG = frozenset({"findResidue"})


def find_residue(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    stores = {"": sandbox.store, **{f"snapshot:{snapshot.name}": snapshot.store for snapshot in sandbox.snapshots}}
    by_email = Subject(call.query["subject"])
    held = _holding(stores, by_email)
    subject = subject_of(by_email, held)
    if subject != by_email:  # by other values of theirs more may be found
        held = _with_hanging(_holding(stores, subject), subject)
    places = [
        {
            "where": where or collection,
            "id": f"{collection}/{record['id']}" if where else record["id"],
            "fields": fields,
        }
        for where, collection, record in held.records
        if (fields := residue.in_record(record, subject))
    ]
    places += _fault_residue(sandbox, subject)
    return Reply(
        200, {"places": places, "journal_entries": len(sandbox.journal.numbers_containing(subject.email.strip()))}
    )


@dataclass(frozen=True, slots=True)
class Held:
    """The records that may hold a person, with store and collection, and the stores that were looked through."""

    stores: Mapping[str, Store]
    records: Sequence[tuple[str, str, Mapping[str, Any]]]


def _holding(stores: Mapping[str, Store], subject: Subject) -> Held:
    """Records are looked at by the hundred, and each hundred once: snapshots share most of theirs."""
    seen: dict[int, list[Mapping[str, Any]]] = {}
    kept: list[object] = []  # so that no other object takes the place in memory of one that was seen
    found: list[tuple[str, str, Mapping[str, Any]]] = []
    for where, store in stores.items():
        for collection, part in store.parts():
            place = id(part.records)
            if place not in seen:
                kept.append(part.records)
                looked_at = part.records.values() if subject.may_be_among(part) else ()
                seen[place] = list(filter(subject.may_be_in, looked_at))
            found += ((where, collection, record) for record in seen[place])
    return Held(stores, found)


def _with_hanging(held: Held, subject: Subject) -> Held:
    """And those that hang on what is theirs."""
    seen = {(where, id(record)) for where, _, record in held.records}
    cascade_rule = {
        (where, id(record)): (where, collection, record)
        for where, store in held.stores.items()
        for key in sorted(subject.ids)
        for collection, record in store.with_key(key)
        if (where, id(record)) not in seen
    }
    return Held(held.stores, [*held.records, *cascade_rule.values()])


def subject_of(subject: Subject, held: Held) -> Subject:
    """The person with the other keys of the records which are found by this email, and the ids of what is theirs:
    these records, what hangs on them, and what hangs on that."""
    wanted = residue.folded(subject.email)
    records = [record for _, _, record in held.records]
    own = [record for record in records if any(residue.folded(key) == wanted for key in record["keys"].values())]
    keys = {key for record in own for key in record["keys"].values() if residue.folded(key) != wanted}
    ids = {record["id"] for record in own}
    cascade_rule = ids
    while cascade_rule:
        found = (store.with_key(key) for store in held.stores.values() for key in cascade_rule)
        cascade_rule = {record["id"] for records in found for _, record in records} - ids
        ids |= cascade_rule
    return Subject(subject.email, frozenset(filter(None, map(residue.bare, keys))), frozenset(ids))


def _fault_residue(sandbox: Sandbox, subject: Subject) -> Iterator[dict[str, Any]]:
    for fault, _ in sandbox.faults.listed():
        fields = list(residue.traces(as_value(fault), subject))
        if fields:
            yield {"where": "faults", "id": fault.id, "fields": fields}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"findResidue": find_residue}
