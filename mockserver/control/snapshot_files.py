"""A snapshot as a JSON value that another machine can load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from mockserver.problems import Malformed
from mockserver.rules import times
from mockserver.snapshots import ABOUT, Snapshot
from mockserver.store import Record, Store

FORMAT = "pii-sandbox snapshot, format 1"


def written(snapshot: Snapshot) -> dict[str, Any]:
    collections = {
        name: [_as_value(record) for record in snapshot.store.page(name).records]
        for name in snapshot.store.counts()
        if name != ABOUT
    }
    content = {"about": dict(snapshot.about), "collections": collections}
    return {"format": FORMAT, "name": snapshot.name, "sha256": _digest(content), **content}


def read(value: Mapping[str, Any], vendors: Collection[str], own: Collection[str]) -> tuple[Store, Mapping[str, Any]]:
    """What the file holds: a store, and what it says about itself.

    `vendors` are those whose collections it may hold, `own` the collections of none of them. Raises Malformed for
    another format, and for a file that is not as it was saved: its records would be taken at their word.
    """
    if value["format"] != FORMAT:
        raise _wrong("format", f"is {value['format']!r}; this server reads {FORMAT!r}")
    content = {name: value[name] for name in ("about", "collections")}
    if _digest(content) != value["sha256"]:
        raise _wrong("sha256", "does not fit: the file is not as it was saved")
    store = Store()
    for name, records in value["collections"].items():
        if name not in own and name.partition("/")[0] not in vendors:
            raise _wrong("collections", f"holds {name}, of an API that this server does not have")
        store.put_all(name, map(_as_record, records))
    return store, value["about"]


def _as_value(record: Record) -> dict[str, Any]:
    due = None if record.expires_at is None else times.rfc3339(record.expires_at)
    return {"id": record.id, "value": record.value, "keys": dict(record.keys), "expires_at": due}


def _as_record(value: Mapping[str, Any]) -> Record:
    due = value["expires_at"]
    return Record(value["id"], value["value"], value["keys"], None if due is None else times.parsed(due))


def _digest(content: Any) -> str:
    text = json.dumps(_canonical(content), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """The same for every JSON library that the file may have gone through: some write 1 for 1.0."""
    if isinstance(value, dict):
        return {name: _canonical(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _wrong(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field} {meaning}", errors={field: [meaning]})
