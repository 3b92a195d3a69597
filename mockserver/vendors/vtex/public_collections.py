"""VTEX's collections as the control API reads and writes them, orders, carts and users among them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jsonschema_rs

from pii_sandbox import specs
from pii_sandbox.mockserver import schemas
from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendor import PublicCollection
from pii_sandbox.mockserver.vendors.vtex import credentials, envelopes, updates
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    CARTS,
    COMPONENTS,
    DOCUMENT,
    ORDERS,
    PROFILES,
    PROSPECTS,
    PURCHASE_INFO,
    USERS,
    drop_address,
    drop_profile,
    drop_prospect,
    drop_purchase_info,
    ensure_unique,
)
from pii_sandbox.mockserver.vendors.vtex.customer_erasure import email_key, order_keys

Build = Callable[[str, Mapping[str, Any], Mapping[str, Any], datetime | None, Sandbox], Record]
AUTHOR = credentials.ANONYMOUS.identity  # who writes through the control API


@dataclass(frozen=True, slots=True)
class EnvelopedDocuments:
    """A collection of documents with meta. `drop` also removes dependent records, under `rule`."""

    collection: str
    build: Build
    drop: Callable[[Sandbox, str, str], bool]
    rule: str

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {
            "document": record.value["document"],
            "meta": envelopes.shown_meta(self.collection, record.value["meta"], "guide"),
        }

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        """Build the next version of an existing document, with its expiry, or a new document without expiry.

        Keeps the version that it replaces. (VTEX-VER-2) Raises Malformed for a document that its schema does not allow.
        """
        now, before = sandbox.now(), sandbox.store.find(self.collection, id)
        if before is None:
            expires_at, meta = None, envelopes.first_meta(self.collection, now, AUTHOR, None)
        else:
            expires_at = before.expires_at
            meta = envelopes.next_meta(self.collection, before.value["meta"], now, AUTHOR, expires_at)
        record = self.rebuild(id, document, meta, expires_at, sandbox)
        schemas.refuse_invalid(_validator(self.collection), record.value["document"])
        if before is not None:
            envelopes.keep_version(sandbox, self.collection, before)
        return record

    def rebuild(
        self, id: str, document: Any, meta: Mapping[str, Any], expires_at: datetime | None, sandbox: Sandbox
    ) -> Record:
        """The record of a bare document with that meta."""
        return self.build(id, _require_fields(_require_object(document), self.collection), meta, expires_at, sandbox)

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return self.drop(sandbox, id, self.rule)


@dataclass(frozen=True, slots=True)
class BareDocuments:
    """A collection that no VTEX API here exposes, stored as sent. `keys` raises Malformed for an invalid document."""

    collection: str
    keys: Callable[[Mapping[str, Any]], Mapping[str, str]]

    def to_document(self, record: Record) -> Mapping[str, Any]:
        return {"document": record.value}

    def from_document(self, id: str, document: Mapping[str, Any], sandbox: Sandbox) -> Record:
        return Record(id, _require_object(document), self.keys(_require_object(document)))

    def delete(self, id: str, sandbox: Sandbox) -> bool:
        return sandbox.store.drop(self.collection, id)


def _require_object(document: Any) -> dict[str, Any]:
    if not isinstance(document, Mapping):
        raise Malformed("a document is an object")
    return dict(document)


def _require_fields(document: dict[str, Any], collection: str) -> dict[str, Any]:
    """Return the document with all required texts of the collection. Raises Malformed if one is invalid."""
    required = updates.required_fields(COMPONENTS[collection], "guide")
    missing = [name for name in required if not isinstance(document.get(name), str)]
    if missing:
        errors = {name: ["must be a text"] for name in missing}
        raise Malformed(f"{', '.join(missing)} must be there, as a text", errors=errors)
    return document


@functools.cache
def _validator(collection: str) -> jsonschema_rs.Draft4Validator:
    """Return the validator of the collection: the update schema if there is one, as it is stricter on values."""
    stored = COMPONENTS[collection]
    sent = stored.replace("Document", "Update")
    document = specs.load(DOCUMENT)
    name = sent if sent in document["components"]["schemas"] else stored
    return schemas.component_validator(document, name, validate_formats=True)


def _invalid(field: str, meaning: str) -> Malformed:
    return Malformed(f"{field} {meaning}", errors={field: [meaning]})


def _profile(
    id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None, sandbox: Sandbox
) -> Record:
    """Build a profile record. Raises Duplicate if another profile has one of its keys. (VTEX-UNIQ-1)"""
    record = envelopes.new_profile_record(id, document, meta, expires_at, sandbox)
    ensure_unique(record, sandbox)
    return record


def _address(
    id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None, sandbox: Sandbox
) -> Record:
    """Build an address record of the profile `profileId`. (VTEX-ADDR-1)"""
    profile_id: str = document["profileId"]
    if sandbox.store.find(PROFILES, profile_id) is None:
        raise _invalid("profileId", "must be the id of a profile")
    return envelopes.new_address_record(id, profile_id, document, meta, expires_at)


def _prospect(
    id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None, sandbox: Sandbox
) -> Record:
    return envelopes.new_prospect_record(id, document, meta, expires_at)


def _purchase_info(
    id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None, sandbox: Sandbox
) -> Record:
    """Build the purchase information of the profile with the same id. (VTEX-PURCH-1)"""
    if sandbox.store.find(PROFILES, id) is None:
        raise _invalid("id", "must be the id of a profile")
    return envelopes.new_purchase_info_record(id, document, meta, expires_at)


def _order_keys(order: Mapping[str, Any]) -> Mapping[str, str]:
    if not isinstance(order.get("status"), str):
        raise _invalid("status", "must be a text")
    if not isinstance(order.get("clientProfileData", {}), dict):
        raise _invalid("clientProfileData", "must be an object")
    return order_keys(order)


def _owner_keys(owned: Mapping[str, Any]) -> Mapping[str, str]:
    email = email_key(owned.get("email"))
    if email is None:
        raise _invalid("email", "must be an email")
    return {"email": email}


COLLECTIONS: Mapping[str, PublicCollection] = {
    "profiles": EnvelopedDocuments(PROFILES, _profile, drop_profile, "VTEX-PROF-3"),
    "addresses": EnvelopedDocuments(ADDRESSES, _address, drop_address, "VTEX-ADDR-3"),
    "prospects": EnvelopedDocuments(PROSPECTS, _prospect, drop_prospect, "VTEX-PROSP-1"),
    "purchase-info": EnvelopedDocuments(PURCHASE_INFO, _purchase_info, drop_purchase_info, "VTEX-PURCH-2"),
    "orders": BareDocuments(ORDERS, _order_keys),
    "carts": BareDocuments(CARTS, _owner_keys),
    "users": BareDocuments(USERS, _owner_keys),
}
