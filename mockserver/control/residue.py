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
    looked: dict[int, list[str]] = {}  # by record: snapshots share most of theirs

    def look(record: Mapping[str, Any]) -> list[str]:
        if id(record) not in looked:
            looked[id(record)] = traces.in_record(record, subject)
        return looked[id(record)]

    places = [
        {"where": where or collection, "id": f"{collection}/{id_}" if where else id_, "fields": fields}
        for where, store in stores.items()
        for collection, id_, fields in store.scan(look)
    ]
    places += _in_faults(sandbox, subject)
    return Reply(200, {"places": places, "journal_entries": len(sandbox.journal.holding(subject.email.strip()))})


def known(email: str, stores: Sequence[Store]) -> Subject:
    """The person with the other keys of the records which are found by this email, and the ids of what is theirs:
    these records, what hangs on them, and what hangs on that."""
    wanted = traces.folded(email)
    ids: set[str] = set()
    values: set[str] = set()

    def collect(record: Mapping[str, Any]) -> bool:
        keys = record["keys"].values()
        own = any(traces.folded(key) == wanted for key in keys)
        if own:
            values.update(traces.bare(key) for key in keys if traces.folded(key) != wanted)
        if (own or not ids.isdisjoint(keys)) and record["id"] not in ids:
            ids.add(record["id"])
            return True
        return False

    while sum(1 for store in stores for _ in store.scan(collect)):
        pass
    return Subject(email, frozenset(values - {""}), frozenset(ids))


def _in_faults(sandbox: Sandbox, subject: Subject) -> Iterator[dict[str, Any]]:
    for fault, _ in sandbox.faults.listed():
        fields = list(traces.traces(as_value(fault), subject))
        if fields:
            yield {"where": "faults", "id": fault.id, "fields": fields}


HANDLERS: Mapping[str, Callable[..., Reply]] = {"findResidue": find_residue}
