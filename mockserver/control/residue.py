"""Residue search over HTTP: every record, snapshot and fault that still contains a person, to verify an erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control.stored_people import holder_email
from pii_sandbox.mockserver.faults import fault_as_json
from pii_sandbox.mockserver.rules import residue
from pii_sandbox.mockserver.rules.residue import DataSubject
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.snapshots import FAULTS
from pii_sandbox.mockserver.store import Store

LONG = frozenset({"findResidue"})


def find_residue(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    stores = {"": sandbox.store, **{f"snapshot:{snapshot.name}": snapshot.store for snapshot in sandbox.snapshots}}
    by_email = DataSubject(call.query["subject"])
    candidates = _candidates(stores, by_email)
    subject = subject_of(by_email, candidates)
    if subject != by_email:  # the person's other values may lead to more records
        candidates = _with_dependents(_candidates(stores, subject), subject)
    places = [
        {
            "where": where or collection,
            "id": f"{collection}/{record['id']}" if where else record["id"],
            "fields": fields,
            **({} if where else _holder(sandboxes, sandbox, collection, record, subject)),
        }
        for where, collection, record in candidates.records
        if (fields := residue.in_record(record, subject))
    ]
    places += _fault_residue(sandbox, subject)
    numbers = sandbox.journal.numbers_containing(subject.email.strip())
    return Reply(200, {"places": places, "journal_entries": len(numbers), "journal_ids": numbers})


def _holder(
    sandboxes: Sandboxes, sandbox: Sandbox, collection: str, record: Mapping[str, Any], subject: DataSubject
) -> dict[str, str]:
    """Return {"holder": email} for a record that depends on the profile of somebody else, such as its old version."""
    api = collection.partition("/")[0]
    if api not in sandboxes.vendors:
        return {}
    email = holder_email(sandboxes.vendors[api], sandbox, record["keys"].values())
    return {"holder": email} if email and residue.folded(email) != residue.folded(subject.email) else {}


@dataclass(frozen=True, slots=True)
class Candidates:
    """The records that may contain a person, each with store and collection, and the searched stores."""

    stores: Mapping[str, Store]
    records: Sequence[tuple[str, str, Mapping[str, Any]]]


def _candidates(stores: Mapping[str, Store], subject: DataSubject) -> Candidates:
    """Search the parts of all stores, each part once: snapshots share most of theirs."""
    seen: dict[int, list[Mapping[str, Any]]] = {}
    kept: list[object] = []  # keeps the searched parts alive, so that no other object gets their id
    records: list[tuple[str, str, Mapping[str, Any]]] = []
    for where, store in stores.items():
        for collection, part in store.parts():
            if collection == FAULTS:  # found where they are in force
                continue
            key = id(part.records)
            if key not in seen:
                kept.append(part.records)
                possible = part.records.values() if subject.may_be_among(part) else ()
                seen[key] = list(filter(subject.may_be_in, possible))
            records += ((where, collection, record) for record in seen[key])
    return Candidates(stores, records)


def _with_dependents(candidates: Candidates, subject: DataSubject) -> Candidates:
    """Add the records that refer to one of the subject's records."""
    seen = {(where, id(record)) for where, _, record in candidates.records}
    dependents = {
        (where, id(record)): (where, collection, record)
        for where, store in candidates.stores.items()
        for key in sorted(subject.ids)
        for collection, record in store.with_key(key)
        if (where, id(record)) not in seen
    }
    return Candidates(candidates.stores, [*candidates.records, *dependents.values()])


def subject_of(subject: DataSubject, candidates: Candidates) -> DataSubject:
    """Add the person's other keys and record ids to the subject, found by its email.

    The records are those with the email as a key, their dependents, and theirs in turn.
    """
    wanted = residue.folded(subject.email)
    candidate_records = [record for _, _, record in candidates.records]
    owned = [
        record for record in candidate_records if any(residue.folded(key) == wanted for key in record["keys"].values())
    ]
    keys = {key for record in owned for key in record["keys"].values() if residue.folded(key) != wanted}
    ids = {record["id"] for record in owned}
    dependents = ids
    while dependents:
        pages = (store.with_key(key) for store in candidates.stores.values() for key in dependents)
        dependents = {record["id"] for page in pages for _, record in page} - ids
        ids |= dependents
    return DataSubject(subject.email, frozenset(filter(None, map(residue.comparable_number, keys))), frozenset(ids))


def _fault_residue(sandbox: Sandbox, subject: DataSubject) -> Iterator[dict[str, Any]]:
    for fault, _ in sandbox.faults.listed():
        fields = list(residue.residue_paths(fault_as_json(fault), subject))
        if fields:
            yield {"where": "faults", "id": fault.id, "fields": fields}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"findResidue": find_residue}
