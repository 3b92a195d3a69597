"""Earlier states of a record that stay readable. (VTEX-VER-2)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.store import Record

OWNER = "owner"


def version_record(version_id: str, owner_id: str, document: Mapping[str, Any], meta: Mapping[str, Any]) -> Record:
    """What to store so that this state stays readable: value {owner, document, meta}. (VTEX-VER-1, VTEX-VER-2)

    `owner_id` is the record whose version it is; the key `owner` finds all versions that go with it.
    """
    value = {OWNER: owner_id, "document": dict(document), "meta": dict(meta)}
    return Record(version_id, value, keys={OWNER: owner_id})


def at_version(record: Record | None, owner_id: str, rule: str) -> dict[str, Any]:
    """The value of a version record: {owner, document, meta}. (VTEX-VER-2, VTEX-VER-3)

    `record` is what the store has under the version's id. Raises NotFound where it has none, or another owner's.
    """
    if record is None or record.value[OWNER] != owner_id:
        raise NotFound("no such version", rule=rule)
    return record.value
