"""Rebuilds VTEX's stored records from a snapshot file, with validation: envelopes and internal records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.rules import times, versions
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import Rebuild
from pii_sandbox.mockserver.vendors.vtex import custom_schema, envelopes, public_collections
from pii_sandbox.mockserver.vendors.vtex.collections import ADDRESSES, PROFILES
from pii_sandbox.mockserver.vendors.vtex.public_collections import EnvelopedDocuments


def _envelope_rebuild(collection: EnvelopedDocuments) -> Rebuild:
    def rebuild(record: Record, sandbox: Sandbox) -> Record:
        meta = record.value["meta"]
        _refuse_unfit_meta(meta, collection.collection)
        return collection.rebuild(record.id, record.value["document"], meta, record.expires_at, sandbox)

    return rebuild


def _refuse_unfit_meta(meta: Mapping[str, Any], *collections: str) -> None:
    """Raise Malformed for a meta that no write to these collections produces."""
    for collection in collections:
        known = envelopes.first_meta(collection, times.parse(meta["creationDate"]), "", None)
        dates = known.keys() - {"version", "author"}
        if meta.keys() | {envelopes.EXPIRATION} == known.keys():
            for name in dates & meta.keys():
                if meta[name] is not None or known[name] is not None:
                    times.parse(meta[name])
            if isinstance(meta["version"], str) and isinstance(meta["author"], str):
                return
    raise Malformed("meta: not as a write makes it")


def _version(record: Record, sandbox: Sandbox) -> Record:
    """Rebuild a version of a profile or an address."""
    meta, document, owner = record.value["meta"], record.value["document"], record.value[versions.OWNER]
    _refuse_unfit_meta(meta, PROFILES, ADDRESSES)
    if not isinstance(owner, str):
        raise Malformed(f"{versions.OWNER}: must be a text")
    return versions.version_record(meta["version"], owner, document, meta)


def _departure(record: Record, sandbox: Sandbox) -> Record:
    return Record(record.id, {"rule": _text(record, "rule")})


def _schema(record: Record, sandbox: Sandbox) -> Record:
    schema = custom_schema.of_record(record)
    fields, keys, ttl_days = schema.fields, schema.keys, schema.ttl_days
    if not isinstance(fields, dict) or not all(isinstance(facts, dict) for facts in fields.values()):
        raise Malformed("fields: must be an object of objects")
    if not all(isinstance(text, str) for key in keys for text in (key.name, key.field)):
        raise Malformed("keys: must be texts")
    lives = ttl_days is None or (type(ttl_days) is int and ttl_days >= 1)
    if type(schema.version) is not int or schema.version < 0 or not lives:
        raise Malformed("ttl_days, version: must be whole numbers")
    return custom_schema.as_record(schema)


def _job(record: Record, sandbox: Sandbox) -> Record:
    """Rebuild an erasure job: a waiting one has the customer's email, a finished one has not. (VTEX-JOB-1)"""
    waits = record.expires_at is not None
    needed, allowed = (
        {"status", "message"} | ({"email"} if waits else set()),
        {"polls", "author"} | (set() if waits else {"rule"}),
    )
    for name in needed | (allowed & {"rule", "author"} & record.value.keys()):
        _text(record, name)
    for at in record.value.get("polls", []):
        times.parse(at)
    return Record(record.id, {name: record.value[name] for name in record.value if name in needed | allowed})


def _text(record: Record, name: str) -> str:
    value = record.value.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name}: must be a text")
    return value


STORED: Mapping[str, Rebuild] = {
    **{
        name: _envelope_rebuild(each)
        for name, each in public_collections.COLLECTIONS.items()
        if isinstance(each, EnvelopedDocuments)
    },
    "versions": _version,
    "departed": _departure,
    "schema": _schema,
    "jobs": _job,
}
