"""What every write of the Profile System does: how long the document lives, and what an update leaves of it."""

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
    """When a new document expires: by `ttl`, else after `default_days`, else never. (VTEX-TTL-1, VTEX-TTL-3)"""
    return expiry.expires_at(now, call.query.get("ttl", default_days))


def next_expiry(call: Call, now: datetime, before: datetime | None) -> datetime | None:
    """When an updated document expires: `ttl` starts anew, without it all stays as it was. (VTEX-TTL-2)"""
    ttl_days: int | None = call.query.get("ttl")
    return before if ttl_days is None else expiry.expires_at(now, ttl_days)


def required_fields(schema: str, dialect: Dialect) -> tuple[str, ...]:
    """The properties that a component schema of this dialect requires."""
    document = specs.load(DOCUMENT, dialect)
    return tuple(dict.fromkeys(_required(document, {"$ref": f"#/components/schemas/{schema}"})))


def _required(document: Mapping[str, Any], node: Any) -> list[str]:
    schema = specs.resolved(document, node)
    inherited = [name for part in schema.get("allOf", ()) for name in _required(document, part)]
    return [*inherited, *schema.get("required", ())]


def merge(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The stored document with the fields that were sent; null removes one. (VTEX-PROF-2, VTEX-ADDR-4)

    A field is replaced whole, also where it is an object. The document refuses null for what is required.
    """
    changed = {**stored, **sent}
    return {name: value for name, value in changed.items() if name not in sent or value is not None}
