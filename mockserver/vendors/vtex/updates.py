"""Expiry and merging in writes of the Profile System."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.rules import expiry
from pii_sandbox.mockserver.vendors.vtex.collections import DOCUMENT
from pii_sandbox.specs import Dialect


def first_expiry(call: Call, now: datetime, default_days: int | None = None) -> datetime | None:
    """Return when a new document expires: by `ttl`, else after `default_days`, else never. (VTEX-TTL-1, VTEX-TTL-3)"""
    return expiry.expires_at(now, call.query.get("ttl", default_days))


def next_expiry(call: Call, now: datetime, before: datetime | None) -> datetime | None:
    """Return when an updated document expires: `ttl` starts again; without it nothing changes. (VTEX-TTL-2)"""
    ttl_days: int | None = call.query.get("ttl")
    return before if ttl_days is None else expiry.expires_at(now, ttl_days)


def required_fields(schema: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the properties that a component schema of this dialect requires."""
    document = specs.load(DOCUMENT, dialect)
    return tuple(dict.fromkeys(_required_names(document, {"$ref": f"#/components/schemas/{schema}"})))


def _required_names(document: Mapping[str, Any], node: Any) -> list[str]:
    schema = specs.resolve_reference(document, node)
    inherited = [name for part in schema.get("allOf", ()) for name in _required_names(document, part)]
    return [*inherited, *schema.get("required", ())]


def merge(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored document with the sent fields; null removes a field. (VTEX-PROF-2, VTEX-ADDR-4)

    A field is replaced as a whole, also an object. The document refuses null for required fields.
    """
    changed = {**stored, **sent}
    return {name: value for name, value in changed.items() if name not in sent or value is not None}
