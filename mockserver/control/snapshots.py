"""Control API: create, download, upload, restore, compare and delete snapshots."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from pii_sandbox.mockserver import record_check
from pii_sandbox.mockserver.call import Call, Reply
from pii_sandbox.mockserver.control import snapshot_files
from pii_sandbox.mockserver.control.json_forms import differing_paths
from pii_sandbox.mockserver.control.state import sandbox_status
from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.sandbox import AUDIT, SNAPSHOTS, STATE, Sandbox
from pii_sandbox.mockserver.sandboxes import Sandboxes
from pii_sandbox.mockserver.snapshots import ABOUT, FAULTS, Snapshot

_STATE_PARTS = ("clock", "dialect", "settings", "seeded")
_MOST_PATHS = 100  # of one changed document
LONG = frozenset(
    {
        "createSnapshot",
        "getSnapshot",
        "putSnapshot",
        "listSnapshots",
        "restoreSnapshot",
        "diffSnapshot",
        "deleteSnapshot",
    }
)


def list_snapshots(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, {"snapshots": [_snapshot_json(snapshot) for snapshot in sandbox.snapshots]})


def create_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(201, _snapshot_json(sandbox.take_snapshot(call.body["name"])))


def get_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    return Reply(200, snapshot_files.to_json(_require_snapshot(call, sandbox)))


def put_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    name = call.path["name"]
    store, about = snapshot_files.parse_snapshot(call.body, sandboxes.vendors, (AUDIT, STATE))
    record_check.refuse_unfit_records(sandboxes, store, about)
    replaced = name in sandbox.snapshots.names()
    snapshot = sandbox.snapshots.keep(name, store, about, sandbox.setting(SNAPSHOTS), replaces=True)
    return Reply(200 if replaced else 201, _snapshot_json(snapshot))


def restore_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    sandboxes.restore(sandbox, _require_snapshot(call, sandbox))
    sandbox.process_expired()
    return Reply(200, sandbox_status(sandboxes, sandbox))


def diff_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    """Return the changes since a snapshot: documents by collection, with changed properties, and other state."""
    snapshot = _require_snapshot(call, sandbox)
    sandbox.save()
    changes = {
        name: change
        for name, change in sandbox.store.changes_since(snapshot.store).items()
        if name not in (ABOUT, STATE, FAULTS)
    }
    properties = {
        name: {each: _changed_properties(sandboxes, sandbox, snapshot, name, each) for each in change.changed}
        for name, change in changes.items()
        if change.changed
    }
    collections = {
        name: {"added": change.added, "changed": change.changed, "removed": change.removed}
        for name, change in changes.items()
    }
    state = _state_changes(snapshot, sandbox)
    return Reply(200, {"collections": collections, "properties": properties, "state": state})


def delete_snapshot(sandboxes: Sandboxes, call: Call, sandbox: Sandbox) -> Reply:
    if not sandbox.snapshots.drop(call.path["name"]):
        raise NotFound("there is no snapshot of that name")
    return Reply(204)


def _require_snapshot(call: Call, sandbox: Sandbox) -> Snapshot:
    return sandbox.snapshots.find(call.path["name"])


def _snapshot_json(snapshot: Snapshot) -> dict[str, Any]:
    counts = snapshot.store.counts()
    collections = {name: count for name, count in sorted(counts.items()) if name not in (ABOUT, STATE)}
    return {
        "name": snapshot.name,
        "taken_at": snapshot.about["taken_at"],
        "documents": sum(collections.values()),
        "collections": collections,
    }


def _changed_properties(sandboxes: Sandboxes, sandbox: Sandbox, snapshot: Snapshot, name: str, id: str) -> list[str]:
    """Return the dotted paths of what is different in a document, as GET /documents shows it.

    Values that only the server keeps beside a document are left out, unless nothing else is different.
    """
    before, now = snapshot.store.find(name, id), sandbox.store.find(name, id)
    if before is None or now is None:  # deleted while the comparison was made
        return []
    api, _, collection = name.partition("/")
    public = sandboxes.vendors[api].collections.get(collection) if api in sandboxes.vendors else None
    shown = () if public is None else differing_paths(public.to_document(before), public.to_document(now))
    return list(islice(shown, _MOST_PATHS)) or list(islice(differing_paths(before.value, now.value), _MOST_PATHS))


def _state_changes(snapshot: Snapshot, sandbox: Sandbox) -> dict[str, Any]:
    """Return changes of clock, dialect, settings, seed and faults: {"dialect": {"before": "guide", "now": …}, …}."""
    before, now = (_state(store) for store in (snapshot.store, sandbox.store))
    before["faults"], now["faults"] = snapshot.about["faults"]["waiting"], sandbox.faults.state()["waiting"]
    return {name: {"before": before[name], "now": now[name]} for name in now if before[name] != now[name]}


def _state(store: Any) -> dict[str, Any]:
    record = store.find(STATE, "state")
    return {name: record.value[name] for name in _STATE_PARTS}


HANDLERS: Mapping[str, Callable[..., Reply]] = {
    "listSnapshots": list_snapshots,
    "createSnapshot": create_snapshot,
    "getSnapshot": get_snapshot,
    "putSnapshot": put_snapshot,
    "restoreSnapshot": restore_snapshot,
    "diffSnapshot": diff_snapshot,
    "deleteSnapshot": delete_snapshot,
}
