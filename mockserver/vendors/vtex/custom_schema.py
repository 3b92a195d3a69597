"""The custom profile schema of a store: custom fields, alternative keys and a default TTL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.specs import PropertyPath

SCHEMA = "vtex/schema"
_DATA = frozenset({"default", "enum", "const", "example", "examples"})  # keywords that hold values, not schemas
_WITH_PATHS = frozenset({"properties", "items", *_DATA})
SCHEMA_ID = "profileSystem"  # one schema a store, that of profiles


@dataclass(frozen=True, slots=True)
class CustomKey:
    """A custom alternative key, whose values are those of the profile's property `field`. (VTEX-SCHEMA-6)"""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class CustomSchema:
    """A custom schema. `version` counts the writes, 0 before the first. `ttl_days` None: profiles never expire."""

    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: tuple[CustomKey, ...] = ()
    ttl_days: int | None = None
    version: int = 0

    @property
    def masked(self) -> tuple[PropertyPath, ...]:
        """Return the paths of fields, and of properties within fields, marked as personal data. (VTEX-SCHEMA-4)"""
        return tuple(path for name, facts in self.fields.items() for path in _marked_paths(facts, (name,)))


_UNTOUCHED = CustomSchema()


def _marked_paths(schema: Any, at: PropertyPath) -> Iterator[PropertyPath]:
    """Yield the paths of values that a custom field marks; items of an array have the path of the array.

    A mark below a keyword that names no property (`additionalProperties`, `patternProperties`, …) marks all of the
    value around it, since no path can name what it describes.
    """
    if not isinstance(schema, Mapping):
        return
    properties, items = schema.get("properties"), schema.get("items")
    others = [inner for keyword, inner in schema.items() if keyword not in _WITH_PATHS]
    if _is_marked(schema) or _is_marked(items) or any(map(_has_marks, others)):
        yield at
        return
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        yield from _marked_paths(inner, (*at, name))
    for inner in items if isinstance(items, list) else (items,):
        yield from _marked_paths(inner, at)


def _is_marked(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (
        schema.get("pii") is True or schema.get("sensitive") is True  # a property may have either name
    )


def _has_marks(schema: Any) -> bool:
    inner = schema.values() if isinstance(schema, Mapping) else schema if isinstance(schema, list) else ()
    return _is_marked(schema) or any(map(_has_marks, inner))


def current(sandbox: Sandbox) -> CustomSchema:
    """Return the current custom schema of the sandbox."""
    record = sandbox.store.find(SCHEMA, SCHEMA_ID)
    return _UNTOUCHED if record is None else of_record(record)


def put_schema(sandbox: Sandbox, schema: CustomSchema) -> None:
    sandbox.store.put(SCHEMA, as_record(schema))


def of_record(record: Record) -> CustomSchema:
    return CustomSchema(**{**record.value, "keys": tuple(CustomKey(**key) for key in record.value["keys"])})


def as_record(schema: CustomSchema) -> Record:
    return Record(SCHEMA_ID, {**asdict(schema), "keys": [asdict(key) for key in schema.keys]})
