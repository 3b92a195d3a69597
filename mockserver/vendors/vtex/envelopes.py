"""Records of the Profile System and their response envelope `{id, meta, document}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver import ids
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.rules import locking, masking, times, versions
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import custom_schema
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    COMPONENTS,
    DOCUMENT,
    PROFILES,
    VERSIONS,
    profile_keys,
)
from pii_sandbox.specs import Dialect, PropertyPath

_LAST_UPDATE = {PROFILES: "lastUpdate"}
_HIDES_EXPIRY = frozenset({PROFILES, ADDRESSES})  # in dialect guide
EXPIRATION = "expirationDate"
_NESTED = frozenset({dict, list})
_SHORTEST_CARD_NUMBER = 8  # ISO/IEC 7812: 8 to 19 digits
_SHORTEST_AMONG_STARS = 12  # fewer digits beside a star are the rest of a masked number


def last_update_field(collection: str) -> str:
    return _LAST_UPDATE.get(collection, "lastUpdateDate")


def first_meta(collection: str, now: datetime, author: str, expires_at: datetime | None) -> dict[str, Any]:
    """Return the meta of a new document. (VTEX-VER-1, VTEX-META-1)"""
    written = times.seven_digits(now)
    return {
        "version": ids.uuid4(),
        "author": author,
        "creationDate": written,
        last_update_field(collection): written,
        EXPIRATION: _expiration(expires_at),
    }


def next_meta(
    collection: str, previous: Mapping[str, Any], now: datetime, author: str, expires_at: datetime | None
) -> dict[str, Any]:
    """Return the meta after an update: a new version, creation unchanged. (VTEX-VER-1, VTEX-META-1)"""
    last = last_update_field(collection)
    written = locking.strictly_after(times.parse(previous[last]), now)
    return {
        **previous,
        "version": ids.uuid4(),
        "author": author,
        last: times.seven_digits(written),
        EXPIRATION: _expiration(expires_at),
    }


def _expiration(expires_at: datetime | None) -> str | None:
    return None if expires_at is None else times.seven_digits(expires_at)


def shown_meta(collection: str, meta: Mapping[str, Any], dialect: Dialect) -> Mapping[str, Any]:
    """Return the meta as the dialect shows it.

    Dialect reference shows the expiry of profiles and addresses, too, and the last update of profiles under both names,
    as VTEX's webhook app of 2024 prints it; dialect guide as the guide.
    """
    if collection not in _HIDES_EXPIRY:
        return meta
    if dialect == "guide":
        shown = {**meta}
        shown.pop(EXPIRATION, None)
        return shown
    last = meta[last_update_field(collection)]
    return {**meta, "lastUpdateDate": last, EXPIRATION: meta.get(EXPIRATION)}


def unmasked_envelope(sandbox: Sandbox, collection: str, record: Record) -> dict[str, Any]:
    """Return the unmasked envelope of a record that was just written."""
    value = record.value
    return {
        "id": record.id,
        "meta": shown_meta(collection, value["meta"], sandbox.dialect),
        "document": value["document"],
    }


def new_profile_record(
    id: str,
    document: Mapping[str, Any],
    meta: Mapping[str, Any],
    expires_at: datetime | None,
    sandbox: Sandbox,
) -> Record:
    """Build a profile record with its alternative keys, custom ones included."""
    found_by = profile_keys(document, custom_schema.current(sandbox))
    return Record(id, _value(document, meta), found_by, expires_at)


def new_address_record(
    id: str, profile_id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None
) -> Record:
    """Build an address record of a profile; its `profileId` is that profile's, whatever the document says."""
    stored = {**document, "profileId": profile_id}
    return Record(id, _value(stored, meta), {"profile": profile_id}, expires_at)


def new_prospect_record(
    id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None
) -> Record:
    return Record(id, _value(document, meta), {}, expires_at)


def new_purchase_info_record(
    profile_id: str, document: Mapping[str, Any], meta: Mapping[str, Any], expires_at: datetime | None
) -> Record:
    """Build the purchase information of a profile, with card numbers masked: full ones are never stored."""
    return Record(profile_id, _value(without_card_numbers(dict(document)), meta), {}, expires_at)


def _value(document: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    return {"meta": {**meta}, "document": without_security_codes({**document})}


def without_security_codes(value: dict[str, Any] | list[Any]) -> Any:
    """Return an object or array with every `cvv2`, at any depth, set to null: security codes are never stored."""
    if isinstance(value, dict) and "cvv2" not in value and _NESTED.isdisjoint(map(type, value.values())):
        return value  # no copy of flat documents, which are most
    if isinstance(value, list):
        return [without_security_codes(item) if isinstance(item, dict | list) else item for item in value]
    return {
        name: None if name == "cvv2" else (without_security_codes(inner) if isinstance(inner, dict | list) else inner)
        for name, inner in value.items()
    }


def without_card_numbers(value: Any) -> Any:
    """Return a copy in which every `cardNumber`, at any depth, is masked except for its last four digits."""
    if isinstance(value, list):
        return [without_card_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: masked_card_number(inner) if name == "cardNumber" else without_card_numbers(inner)
        for name, inner in value.items()
    }


def masked_card_number(number: Any) -> Any:
    """`4111 1111 1111 1111` → `************1111`. Masked numbers and other values are returned unchanged."""
    if isinstance(number, bool) or not isinstance(number, (str, int)):
        return without_card_numbers(number)
    digits = re.sub(r"\D", "", str(number))
    shortest = _SHORTEST_AMONG_STARS if "*" in str(number) else _SHORTEST_CARD_NUMBER
    return number if len(digits) < shortest else "*" * (len(digits) - 4) + digits[-4:]


def put(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
    """Store the record, replacing `before`, which stays readable as a version. (VTEX-VER-2)

    The record is stored without a copy: it must not be changed any more.
    """
    if before is not None:
        keep_version(sandbox, collection, before)
    sandbox.store.put_owned(collection, record)


def keep_version(sandbox: Sandbox, collection: str, record: Record) -> None:
    """Keep a version of a profile or address before it is replaced, under its `meta.version`. (VTEX-VER-2)"""
    if collection in (PROFILES, ADDRESSES):
        meta, document = record.value["meta"], record.value["document"]
        sandbox.store.put(VERSIONS, versions.version_record(meta["version"], record.id, document, meta))


def envelope_at_version(sandbox: Sandbox, record: Record, version_id: str) -> Mapping[str, Any]:
    """Return the {meta, document} of a version, earlier or current. Raises NotFound for another's. (VTEX-VER-3)"""
    if record.value["meta"]["version"] == version_id:
        return record.value
    return versions.at_version(sandbox.store.find(VERSIONS, version_id), record.id, "VTEX-VER-3")


def has_masks(collection: str) -> bool:
    """Whether masked reads of the collection mask anything, custom fields aside."""
    return bool(specs.paths_with_keyword(DOCUMENT, COMPONENTS[collection], "x-masked"))


def masked_paths(collection: str, sandbox: Sandbox) -> tuple[PropertyPath, ...]:
    """Return the paths that masked reads mask: the document's, and the custom schema's for profiles. (VTEX-MASK-3)"""
    paths = specs.paths_with_keyword(DOCUMENT, COMPONENTS[collection], "x-masked")
    if collection != PROFILES:
        return paths
    schema = custom_schema.current(sandbox)
    return (*paths, *schema.masked) if schema.fields else paths


def masked_envelope(collection: str, id: str, value: Mapping[str, Any], call: Call, sandbox: Sandbox) -> dict[str, Any]:
    """Return the envelope as the operation discloses it, not to be changed. (VTEX-MASK-1, VTEX-UNMASK-1)"""
    dialect = sandbox.dialect
    if call.operation.disclosure != "masked":
        return {"id": id, "meta": shown_meta(collection, value["meta"], dialect), "document": value["document"]}
    paths = masked_paths(collection, sandbox)

    def masked() -> dict[str, Any]:
        document = masking.mask_paths(value["document"], paths)
        return {"id": id, "meta": shown_meta(collection, value["meta"], dialect), "document": document}

    return sandbox.store.derived(collection, id, value, (dialect, paths), masked)
