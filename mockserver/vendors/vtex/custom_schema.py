"""What a store added to the profile schema: custom fields, alternative keys and a default TTL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import PropertyPath

SCHEMA = "vtex/schema"
_ID = "profileSystem"  # one schema a store, that of profiles


@dataclass(frozen=True, slots=True)
class CustomKey:
    """An alternative key that a store added: its values stand in the profile's property `field`. (VTEX-SCHEMA-6)"""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class CustomSchema:
    """`version` counts the writes, 0 before the first. `ttl_days` None: profiles live for ever by default."""

    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: tuple[CustomKey, ...] = ()
    ttl_days: int | None = None
    version: int = 0

    @property
    def masked(self) -> tuple[PropertyPath, ...]:
        """The fields that count as personal data. (VTEX-SCHEMA-4)"""
        return tuple((name,) for name, facts in self.fields.items() if facts.get("pii") or facts.get("sensitive"))


_UNTOUCHED = CustomSchema()


def current(sandbox: Sandbox) -> CustomSchema:
    """The schema in force."""
    record = sandbox.store.find(SCHEMA, _ID)
    return _UNTOUCHED if record is None else of_record(record)


def put(sandbox: Sandbox, schema: CustomSchema) -> None:
    sandbox.store.put(SCHEMA, as_record(schema))


def of_record(record: Record) -> CustomSchema:
    return CustomSchema(**{**record.value, "keys": tuple(CustomKey(**key) for key in record.value["keys"])})


def as_record(schema: CustomSchema) -> Record:
    return Record(_ID, {**asdict(schema), "keys": [asdict(key) for key in schema.keys]})
