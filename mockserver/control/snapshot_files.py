"""A snapshot as a JSON value that another machine can load."""

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
_INTEGRAL_FLOAT = re.compile(rb"(\d)\.0([,}\]])")  # within texts too, which does not matter to a digest


def to_json(snapshot: Snapshot) -> bytes:
    """The file. A large sandbox makes a large one, so its records are not copied on the way."""
    collections: dict[str, list[Any]] = {}
    for name, _, record in snapshot.store.scan(lambda record: record):
        if name != ABOUT:
            collections.setdefault(name, []).append(record)
    content = {"about": dict(snapshot.about), "collections": collections}
    return _json({"format": FORMAT, "name": snapshot.name, "sha256": _digest(content), **content})


def from_json(
    value: Mapping[str, Any], vendors: Collection[str], own: Collection[str]
) -> tuple[Store, Mapping[str, Any]]:
    """What the file holds: a store, and what it says about itself.

    `vendors` are those whose collections it may hold, `own` the collections of none of them. Raises Malformed for
    another format, and for a file that is not as it was saved: its records would be taken at their word.
    """
    if value["format"] != FORMAT:
        raise _invalid("format", f"is {value['format']!r}; this server reads {FORMAT!r}")
    content = {name: value[name] for name in ("about", "collections")}
    if _digest(content) != value["sha256"]:
        raise _invalid("sha256", "does not fit: the file is not as it was saved")
    store = Store()
    for name, records in value["collections"].items():
        if name not in own and name.partition("/")[0] not in vendors:
            raise _invalid("collections", f"holds {name}, of an API that this server does not have")
        if len({record["id"] for record in records}) < len(records):
            raise _invalid("collections", f"holds two records of {name} with one id")
        store.put_all(name, [_as_record(name, record) for record in records])
    return store, value["about"]


def _as_record(collection: str, value: Mapping[str, Any]) -> Record:
    due = value["expires_at"]
    try:
        expires_at = None if due is None else times.parse(due)
    except ValueError:
        raise _invalid(f"collections.{collection}.{value['id']}", "has an expires_at that is no date-time") from None
    return Record(value["id"], value["value"], value["keys"], expires_at)


def _digest(content: Any) -> str:
    """The same for every JSON library that the file may have gone through: some write 1 for 1.0."""
    return hashlib.sha256(_INTEGRAL_FLOAT.sub(rb"\1\2", _json(content))).hexdigest()


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer over 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _invalid(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field} {meaning}", errors={field: [meaning]})
