"""Every place that still holds a person: the proof of an erasure, or of none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.call import Call, Reply
from mockserver.faults import as_value
from mockserver.rules import traces
from mockserver.rules.traces import Subject
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.store import Store

LONG = frozenset({"findResidue"})


def find_residue(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    stores = {"": sandbox.store, **{f"snapshot:{snapshot.name}": snapshot.store for snapshot in sandbox.snapshots}}
    subject = known(call.query["subject"], list(stores.values()))
    places = [
        {"where": where or collection, "id": f"{collection}/{record['id']}" if where else record["id"], "fields": fields}
        for where, found in _holding(stores, subject).items()
        for collection, record in found
        if (fields := traces.in_record(record, subject))
    ]
    places += _in_faults(sandbox, subject)
    return Reply(200, {"places": places, "journal_entries": len(sandbox.journal.holding(subject.email.strip()))})


def _holding(stores: Mapping[str, Store], subject: Subject) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """The records of each store that may hold the subject, with their collections.

    Records are looked at by the hundred, and each hundred once: snapshots share most of theirs.
    """
    seen: dict[int, bool] = {}
    kept: list[object] = []  # so that no other object takes the place of one that was seen
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for where, store in stores.items():
        found[where] = []
        for collection, records in store.parts():
            if id(records) not in seen:
                kept.append(records)
                seen[id(records)] = subject.may_be_in(list(records.values()))
            if seen[id(records)]:
                found[where] += ((collection, record) for record in records.values() if subject.may_be_in(record))
    return found


def known(email: str, stores: Sequence[Store]) -> Subject:
    """The person with the other keys of the records which are found by this email, and the ids of what is theirs:
    these records, what hangs on them, and what hangs on that."""
    wanted = traces.folded(email)
    candidates = [record for found in _holding({str(place): store for place, store in enumerate(stores)}, Subject(email)).values() for _, record in found]
    own = [record for record in candidates if any(traces.folded(key) == wanted for key in record["keys"].values())]
    keys = {key for record in own for key in record["keys"].values() if traces.folded(key) != wanted}
    ids = {record["id"] for record in own}
    hanging = ids
    while hanging:
        hanging = {id_ for store in stores for key in hanging for id_ in store.ids_with(key)} - ids
        ids |= hanging
    return Subject(email, frozenset(filter(None, map(traces.bare, keys))), frozenset(ids))


def _in_faults(sandbox: Sandbox, subject: Subject) -> Iterator[dict[str, Any]]:
    for fault, _ in sandbox.faults.listed():
        fields = list(traces.traces(as_value(fault), subject))
        if fields:
            yield {"where": "faults", "id": fault.id, "fields": fields}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"findResidue": find_residue}
