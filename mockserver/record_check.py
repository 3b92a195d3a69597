"""Validates stored records and sandbox state before a snapshot or file of another origin is loaded.

A record is valid if its collection rebuilds the same record from its document. So there is no second definition of
what a collection holds. A state is valid if a sandbox can start with it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs

from pii_sandbox import specs
from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.problems import Malformed, Problem
from pii_sandbox.mockserver.sandbox import AUDIT, STATE, UNREADABLE, Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.snapshots import ABOUT
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.store.check_and_repair import Documents
from pii_sandbox.mockserver.vendor import PublicCollection, Rebuild, Vendor

_EVENT = frozenset({"action", "time"})  # required fields of an event; all its fields are text


@dataclass(frozen=True, slots=True)
class RecordMismatch:
    """A record that this server would not have written."""

    collection: str
    id: str
    reason: str

    def __str__(self) -> str:
        return f"{self.collection} {self.id}: {self.reason}"


def refuse_unfit_records(sandboxes: Sandboxes, store: Store, about: Mapping[str, Any]) -> None:
    """Raise Malformed for the first invalid record of a snapshot; `about` holds the rest of the snapshot's state."""
    complete = store.fork()
    complete.put(ABOUT, Record(ABOUT, dict(about)))
    for unfit in unfit_records(sandboxes, complete):
        raise Malformed(str(unfit), errors={f"collections.{unfit.collection}.{unfit.id}": [unfit.reason]})


def unfit_records(sandboxes: Sandboxes, store: Store) -> Iterator[RecordMismatch]:
    """Yield all invalid records; collections of APIs that this server does not have are skipped."""
    sandbox = sandboxes.trial(store)
    yield from _state_faults(sandbox)
    public = {f"{vendor.name}/{name}" for vendor in sandboxes.vendors.values() for name in vendor.collections}
    for collection in sorted(
        store.counts(), key=public.__contains__
    ):  # a schema precedes the records that it applies to
        rebuild = _rebuild(sandboxes.vendors, collection)
        if rebuild is None:
            continue
        for record in store.page(collection).records:
            reason = _mismatch(collection, record, sandbox, rebuild)
            if reason is not None:
                yield RecordMismatch(collection, record.id, reason)


def unfit_documents(sandboxes: Sandboxes, documents: Documents) -> dict[tuple[str, int], RecordMismatch]:
    """Yield a file's invalid documents, by table and number; dependents of an invalid record are invalid, too."""
    store, places, unfit = Store(), {}, {}
    for collection, by_number in documents.items():
        for number, document in by_number.items():
            place, record = (collection, number), _record(document)
            if record is None:
                unfit[place] = RecordMismatch(collection, str(document.get("id", number)), "is no record")
            else:
                places[collection, record.id] = place
                store.put(collection, record)
    while found := list(unfit_records(sandboxes, store)):
        for each in found:
            unfit[places[each.collection, each.id]] = each
            store.drop(each.collection, each.id)
    return unfit


def _record(document: Mapping[str, Any]) -> Record | None:
    """Return the document as a record, or None if a store could not read it."""
    match document:
        case {"id": str(id), "value": dict(value), "keys": dict(keys), "expires_at": None | str() as due} if all(
            isinstance(key, str) for key in keys.values()
        ):
            try:
                return Record(id, value, keys, None if due is None else datetime.fromisoformat(due).astimezone(UTC))
            except (ValueError, OverflowError):
                return None
    return None


def _mismatch(collection: str, record: Record, sandbox: Sandbox, rebuild: Rebuild) -> str | None:
    if not record.id:
        return "has no id"
    if collection in (STATE, ABOUT, AUDIT) and record.expires_at is not None:
        return "has an expires_at, but records of this collection do not expire"
    try:
        rebuilt = rebuild(record, sandbox)
    except Problem as problem:
        return problem.message
    except UNREADABLE as error:
        return f"cannot be read: {type(error).__name__}"
    if rebuilt.value != record.value:
        names = sorted(
            name
            for name in {*rebuilt.value, *record.value}
            if rebuilt.value.get(name, rebuilt) != record.value.get(name, rebuilt)
        )
        return f"{', '.join(names)}: not in the form of the collection"
    return "keys are not those of its value" if dict(rebuilt.keys) != dict(record.keys) else None


def _rebuild(vendors: Mapping[str, Vendor], collection: str) -> Rebuild | None:
    """Return the rebuild function of a collection; None for an unknown API, and for state (checked elsewhere)."""
    if collection in (STATE, ABOUT):
        return _state_record
    if collection == AUDIT:
        return _audit_event
    vendor = vendors.get(collection.partition("/")[0])
    if vendor is None:
        return None
    name = collection.partition("/")[2]
    public = vendor.collections.get(name)
    return vendor.stored.get(name) or (
        _refuse_collection if public is None else functools.partial(_from_public, public)
    )


def _from_public(public: PublicCollection, record: Record, sandbox: Sandbox) -> Record:
    return public.from_document(record.id, public.to_document(record)["document"], sandbox)


def _refuse_collection(record: Record, sandbox: Sandbox) -> Record:
    raise Malformed("there is no such collection")


def _state_record(record: Record, sandbox: Sandbox) -> Record:
    if record.id not in ("state", ABOUT):
        raise Malformed("there is no such record")
    return record


def _audit_event(record: Record, sandbox: Sandbox) -> Record:
    if not record.value.keys() >= _EVENT or not all(isinstance(value, str) for value in record.value.values()):
        raise Malformed("an event must have an action and a time, and only text values")
    return Record(record.id, record.value)


def _state_faults(sandbox: Sandbox) -> Iterator[RecordMismatch]:
    """Yield what is invalid in the state of a trial sandbox, and in its faults."""
    about = sandbox.store.find(ABOUT, ABOUT)
    sandbox.store.drop(ABOUT, ABOUT)
    try:
        sandbox.read_state()
        sandbox.take_snapshot("trial")
    except UNREADABLE as error:
        yield RecordMismatch(STATE, "state", f"the state in it cannot be read: {type(error).__name__}")
    try:
        if about is not None:
            sandbox.faults.restore(about.value["faults"])
            _refuse_unfit_faults(about.value["faults"])
    except UNREADABLE as error:
        yield RecordMismatch(ABOUT, ABOUT, f"the faults in it cannot be read: {type(error).__name__}")


def _refuse_unfit_faults(state: Mapping[str, Any]) -> None:
    """Raise ValueError for invalid values that `Faults.restore` does not check."""
    counts = [state["made"], *state["spent"].values()]
    for waiting in state["waiting"]:
        counts += [waiting["number"], waiting["seen"], *([] if waiting["left"] is None else [waiting["left"]])]
        fault = {name: value for name, value in waiting["fault"].items() if name != "id"}
        if not isinstance(waiting["fault"]["id"], str) or schemas.validation_errors(_fault_schema(), fault):
            raise ValueError("a fault that the control API would refuse")
    if not all(isinstance(number, int) and number >= 0 for number in counts):
        raise ValueError("an invalid count")


@functools.cache
def _fault_schema() -> jsonschema_rs.Draft4Validator:
    known = {
        name: schemas.draft4(schema) for name, schema in specs.load("sandbox_control")["components"]["schemas"].items()
    }
    return jsonschema_rs.Draft4Validator(
        {"$ref": "#/components/schemas/FaultCreate", "components": {"schemas": known}}, mask="the value"
    )
