"""Record versions: stored earlier states of a record that can still be read. (VTEX-VER-2)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.problems import NotFound
from pii_sandbox.mockserver.store import Record

OWNER = "owner"


def version_record(version_id: str, owner_id: str, document: Mapping[str, Any], meta: Mapping[str, Any]) -> Record:
    """Return the record of a version: value {owner, document, meta}. (VTEX-VER-1, VTEX-VER-2)

    `owner_id`: id of the record that it is a version of; the key `owner` finds all its versions.
    """
    value = {OWNER: owner_id, "document": dict(document), "meta": dict(meta)}
    return Record(version_id, value, keys={OWNER: owner_id})


def at_version(record: Record | None, owner_id: str, rule: str) -> dict[str, Any]:
    """Return the value of a version record: {owner, document, meta}. (VTEX-VER-2, VTEX-VER-3)

    `record`: the stored record of the version's id, or None. Raises NotFound for None, and for another owner's version.
    """
    if record is None or record.value[OWNER] != owner_id:
        raise NotFound("no such version", rule=rule)
    return record.value
