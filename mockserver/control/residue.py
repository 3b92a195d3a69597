"""Every place that still holds a person: the proof of an erasure, or of none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    records = _all_records(stores.values())
    subject = known(call.query["subject"], list(records.values()))
    found = {place: fields for place, record in records.items() if (fields := traces.in_record(record, subject))}
    places = [
        {"where": where or collection, "id": f"{collection}/{id_}" if where else id_, "fields": fields}
        for where, store in stores.items()
        for collection, id_, fields in store.scan(lambda record: found.get(id(record)))
    ]
    places += _in_faults(sandbox, subject)
    return Reply(200, {"places": places, "journal_entries": len(sandbox.journal.holding(subject.email.strip()))})


def _all_records(stores: Iterable[Store]) -> dict[int, Mapping[str, Any]]:
    """Each record once, by its place in memory: snapshots share most of theirs."""
    return {id(record): record for store in stores for _, _, record in store.scan(lambda record: record)}


def known(email: str, records: Sequence[Mapping[str, Any]]) -> Subject:
    """The person with the other keys of the records which are found by this email, and the ids of what is theirs:
    these records, what hangs on them, and what hangs on that."""
    wanted = traces.folded(email)
    keyed = [record for record in records if record["keys"]]
    own = [record for record in keyed if any(traces.folded(key) == wanted for key in record["keys"].values())]
    keys = {key for record in own for key in record["keys"].values() if traces.folded(key) != wanted}
    ids = {record["id"] for record in own}
    hanging = ids
    while hanging:
        hanging = {record["id"] for record in keyed if not hanging.isdisjoint(record["keys"].values())} - ids
        ids |= hanging
    return Subject(email, frozenset(filter(None, map(traces.bare, keys))), frozenset(ids))


def _in_faults(sandbox: Sandbox, subject: Subject) -> Iterator[dict[str, Any]]:
    for fault, _ in sandbox.faults.listed():
        fields = list(traces.traces(as_value(fault), subject))
        if fields:
            yield {"where": "faults", "id": fault.id, "fields": fields}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"findResidue": find_residue}
