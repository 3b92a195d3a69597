"""Mutants of the rules of VTEX's profiles and addresses."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.problems import Duplicate, Malformed, NotFound
from pii_sandbox.mockserver.rules import keys
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import (
    addresses,
    collections,
    disclosure,
    envelopes,
    profiles,
    updates,
)
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    COMPONENTS,
    DOCUMENT,
    PROFILES,
)
from pii_sandbox.mutants.mutant import Mutant, always_return, replace_with, skip_body_validation, tolerate, with_dialect

RACE_SECONDS = 5.0  # wide enough for a slow machine


def _drop_unknown_fields(new_profile_record: Any) -> Any:
    component = specs.resolve_reference(specs.load(DOCUMENT), {"$ref": f"#/components/schemas/{COMPONENTS[PROFILES]}"})
    known = frozenset(component["properties"])

    def replacement(id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        record: Record = new_profile_record(id, {name: document[name] for name in document if name in known}, *rest)
        return record

    return replacement


def _lose_concurrent_update(merged: Any) -> Any:
    """An update within RACE_SECONDS of another one starts from the same state as that one."""
    read: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def replacement(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> Any:
        now, email = time.monotonic(), str(stored.get("email"))
        at, before = read.get(email, (float("-inf"), stored))
        if now - at >= RACE_SECONDS:
            read[email] = now, stored
            before = stored
        return merged(before, sent)

    return replacement


def _drop_all_profiles(drop_profile: Any) -> Any:
    def replacement(sandbox: Sandbox, profile_id: str, rule: str) -> bool:
        return all(drop_profile(sandbox, record.id, rule) for record in sandbox.store.page(PROFILES).records)

    return replacement


def _tolerate_missing_profile(profile_of: Any) -> Any:
    return tolerate(profile_of, lambda call, sandbox: Record(call.path["profileId"], {}), NotFound)


def _skip_equal_address(put: Any) -> Any:
    """Store no address that equals one of the same profile."""

    def replacement(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        known = sandbox.store.find_by(ADDRESSES, "profile", record.keys.get("profile", ""))
        if not any(record.value["document"] == other.value["document"] for other in known):
            put(sandbox, collection, record, before)

    return replacement


def _drop_all_addresses(drop_address: Any) -> Any:
    def replacement(sandbox: Sandbox, address_id: str, rule: str) -> bool:
        record = sandbox.store.find(ADDRESSES, address_id)
        others = sandbox.store.find_by(ADDRESSES, "profile", record.keys["profile"]) if record else []
        return all(drop_address(sandbox, other.id, rule) for other in others)

    return replacement


def _find_any_address(address_of: Any) -> Any:
    def replacement(call: Call, sandbox: Sandbox, profile: Record) -> Record:
        record: Record = sandbox.store.find(ADDRESSES, call.path["addressId"]) or address_of(call, sandbox, profile)
        return record

    return replacement


def _store_sent_profile_id(new_address_record: Any) -> Any:
    def replacement(id: str, profile_id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        record: Record = new_address_record(id, document.get("profileId", profile_id), document, *rest)
        return record

    return replacement


def _store_null(merged: Any) -> Any:
    return lambda stored, sent: {**stored, **sent}


def name_by_version(operation_id: str) -> Any:
    def build(many: Any) -> Any:
        def replacement(call: Call, sandbox: Sandbox, collection: str, found: Any, **named: str) -> Any:
            if call.operation.operation_id == operation_id:
                found = [(value["meta"]["version"], value) for _, value in found]
            return many(call, sandbox, collection, found, **named)

        return replacement

    return build


def replace_document(merged: Any) -> Any:
    return lambda stored, sent: {name: value for name, value in sent.items() if value is not None}


def answer_400_for_missing(rule: str, what: str) -> Mutant:
    return Mutant(rule, f"{what} answers 400", collections, "NotFound", replace_with(Malformed))


def _reserve_keys_forever(refuse_taken: Any) -> Any:
    """Nobody ever gets a key that somebody else has had."""
    takers: dict[tuple[str, str, str], str] = {}

    def replacement(profile: Record, sandbox: Sandbox) -> None:
        refuse_taken(profile, sandbox)
        for key, value in profile.keys.items():
            if takers.setdefault((sandbox.name, key, value), profile.id) != profile.id:
                raise Duplicate("somebody had it once", key=key, rule="VTEX-UNIQ-1")

    return replacement


def _add_empty_keys(of: Any) -> Any:
    return lambda document, keys: {**{key.name: "" for key in keys}, **of(document, keys)}


MUTANTS = (
    skip_body_validation("VTEX-PROF-1", "a profile or an address is created without what it requires"),
    with_dialect("VTEX-PROF-1", "guide"),
    with_dialect("VTEX-PROF-1", "reference"),
    Mutant("VTEX-UNIQ-1", "two profiles may have one email", keys, "refuse_duplicate", always_return(None)),
    Mutant(
        "VTEX-UNIQ-1",
        "a profile's own email and document are taken for another's",
        keys,
        "refuse_duplicate",
        lambda refuse: lambda own_id, holders, rule: refuse("", holders, rule),
    ),
    Mutant("VTEX-UNIQ-1", "an email that was taken once stays taken", profiles, "ensure_unique", _reserve_keys_forever),
    Mutant("VTEX-UNIQ-1", "profiles without a document have an empty one in common", keys, "of", _add_empty_keys),
    Mutant("VTEX-PROF-2", "null is stored instead of removing the field", updates, "merge", _store_null),
    Mutant("VTEX-PROF-2", "an update replaces the whole profile", updates, "merge", replace_document),
    Mutant(
        "VTEX-PROF-2", "of two updates at about the same time one is lost", updates, "merge", _lose_concurrent_update
    ),
    skip_body_validation("VTEX-PROF-2", "null removes what a profile requires"),
    with_dialect("VTEX-PROF-2", "guide"),
    with_dialect("VTEX-PROF-2", "reference"),
    Mutant("VTEX-PROF-3", "a deleted profile stays", profiles, "drop_profile", always_return(True)),
    Mutant(
        "VTEX-PROF-3",
        "a deleted profile leaves its addresses, purchase information and versions behind",
        profiles,
        "drop_profile",
        lambda drop: lambda sandbox, profile_id, rule: sandbox.store.drop(PROFILES, profile_id),
    ),
    Mutant("VTEX-PROF-3", "a delete deletes every profile", profiles, "drop_profile", _drop_all_profiles),
    answer_400_for_missing("VTEX-PROF-3", "a profile that is not there"),
    Mutant(
        "VTEX-PROF-4",
        "fields that the schema does not name are dropped",
        envelopes,
        "new_profile_record",
        _drop_unknown_fields,
    ),
    Mutant("VTEX-ADDR-1", "addresses need no profile", addresses, "_profile", _tolerate_missing_profile),
    Mutant("VTEX-ADDR-2", "an address equal to a stored one is not added", envelopes, "put", _skip_equal_address),
    Mutant(
        "VTEX-ADDR-2", "with one address the others of its profile go", addresses, "drop_address", _drop_all_addresses
    ),
    Mutant(
        "VTEX-ADDR-2",
        "the list names addresses by their versions",
        disclosure,
        "disclose_many",
        name_by_version("GetClientAddresses"),
    ),
    Mutant("VTEX-ADDR-3", "an address is found under any profile", addresses, "_address", _find_any_address),
    answer_400_for_missing("VTEX-ADDR-3", "an address that is not there"),
    Mutant("VTEX-ADDR-4", "an update replaces the whole address", updates, "merge", replace_document),
    Mutant("VTEX-ADDR-4", "an address says whose it is", envelopes, "new_address_record", _store_sent_profile_id),
    skip_body_validation("VTEX-ADDR-4", "null removes what an address requires"),
    with_dialect("VTEX-ADDR-4", "guide"),
    with_dialect("VTEX-ADDR-4", "reference"),
)
