"""Converts snapshots to and from portable JSON files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import times
from pii_sandbox.mockserver.snapshots import ABOUT, Snapshot
from pii_sandbox.mockserver.store import Record, Store

FORMAT = "pii-sandbox snapshot, format 1"
_INTEGRAL_FLOAT = re.compile(rb"(\d)\.0([,}\]])")  # also within texts, which is irrelevant for a digest


def to_json(snapshot: Snapshot) -> bytes:
    """Return a snapshot as a JSON file. Does not copy the records, since the file may be large."""
    collections: dict[str, list[Any]] = {}
    for name, _, record in snapshot.store.scan(lambda record: record):
        if name != ABOUT:
            collections.setdefault(name, []).append(record)
    content = {"about": dict(snapshot.about), "collections": collections}
    return _json({"format": FORMAT, "name": snapshot.name, "sha256": _digest(content), **content})


def parse_snapshot(
    value: Mapping[str, Any], vendors: Collection[str], internal: Collection[str]
) -> tuple[Store, Mapping[str, Any]]:
    """Parse a snapshot file: its records as a store, and its metadata.

    `vendors`: the vendors whose collections the file may contain. `internal`: collections of the sandbox itself.
    Raises Malformed for another format, and if the digest does not match the content.
    """
    if value["format"] != FORMAT:
        raise _invalid("format", f"is {value['format']!r}; this server reads {FORMAT!r}")
    content = {name: value[name] for name in ("about", "collections")}
    if _digest(content) != value["sha256"]:
        raise _invalid("sha256", "does not match the content: the file was changed after it was saved")
    store = Store()
    for name, records in value["collections"].items():
        if name not in internal and name.partition("/")[0] not in vendors:
            raise _invalid("collections", f"contains {name}, which belongs to an API that this server does not have")
        if len({record["id"] for record in records}) < len(records):
            raise _invalid("collections", f"contains two records of {name} with the same id")
        store.put_all(name, [_as_record(name, record) for record in records])
    return store, value["about"]


def _as_record(collection: str, value: Mapping[str, Any]) -> Record:
    due = value["expires_at"]
    try:
        expires_at = None if due is None else times.parse(due)
    except ValueError:
        raise _invalid(f"collections.{collection}.{value['id']}", "has an expires_at that is not a date-time") from None
    return Record(value["id"], value["value"], value["keys"], expires_at)


def _digest(content: Any) -> str:
    """Return a digest that does not depend on the JSON library: some write 1 for 1.0."""
    return hashlib.sha256(_INTEGRAL_FLOAT.sub(rb"\1\2", _json(content))).hexdigest()


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer over 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _invalid(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field} {meaning}", errors={field: [meaning]})
