"""Broken rules of VTEX's profiles, addresses, prospects and purchase information."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from pii_sandbox import specs
from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.problems import Duplicate, Malformed, NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import (
    addresses,
    collections,
    disclosure,
    envelopes,
    profiles,
    prospects,
    updates,
)
from pii_sandbox.mockserver.vendors.vtex import purchase_info as purchases
from pii_sandbox.mockserver.vendors.vtex.collections import (
    ADDRESSES,
    COMPONENTS,
    DOCUMENT,
    PROFILES,
    PROSPECTS,
    PURCHASE_INFO,
    require_profile,
)
from pii_sandbox.mutants.mutant import Mutant, always, instead, refused, skip_body_validation, tolerating, with_dialect

RACE_SECONDS = 5.0  # wide enough for a slow machine


def _known_alone(new_profile_record: Any) -> Any:
    component = specs.resolved(specs.load(DOCUMENT), {"$ref": f"#/components/schemas/{COMPONENTS[PROFILES]}"})
    known = frozenset(component["properties"])

    def built(id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        record: Record = new_profile_record(id, {name: document[name] for name in document if name in known}, *rest)
        return record

    return built


def _read_too_early(merged: Any) -> Any:
    """An update shortly after another one starts from what that one started from."""
    read: dict[str, tuple[float, Mapping[str, Any]]] = {}

    def merge(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> Any:
        now, whose = time.monotonic(), str(stored.get("email"))
        at, before = read.get(whose, (float("-inf"), stored))
        if now - at >= RACE_SECONDS:
            read[whose] = now, stored
            before = stored
        return merged(before, sent)

    return merge


def _everybody(drop_profile: Any) -> Any:
    def drop(sandbox: Sandbox, profile_id: str, rule: str) -> bool:
        return all(drop_profile(sandbox, record.id, rule) for record in sandbox.store.page(PROFILES).records)

    return drop


def _with_or_without(profile_of: Any) -> Any:
    return tolerating(profile_of, lambda call, sandbox: Record(call.path["profileId"], {}), NotFound)


def _once(put: Any) -> Any:
    """Stores no address that equals one of the same profile."""

    def putting(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        known = sandbox.store.find_by(ADDRESSES, "profile", record.keys.get("profile", ""))
        if not any(record.value["document"] == other.value["document"] for other in known):
            put(sandbox, collection, record, before)

    return putting


def _all_of_the_profile(drop_address: Any) -> Any:
    def drop(sandbox: Sandbox, address_id: str, rule: str) -> bool:
        record = sandbox.store.find(ADDRESSES, address_id)
        others = sandbox.store.find_by(ADDRESSES, "profile", record.keys["profile"]) if record else []
        return all(drop_address(sandbox, other.id, rule) for other in others)

    return drop


def _of_anybody(address_of: Any) -> Any:
    def found(call: Call, sandbox: Sandbox, profile: Record) -> Record:
        record: Record = sandbox.store.find(ADDRESSES, call.path["addressId"]) or address_of(call, sandbox, profile)
        return record

    return found


def _as_sent(new_address_record: Any) -> Any:
    def built(id: str, profile_id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        record: Record = new_address_record(id, document.get("profileId", profile_id), document, *rest)
        return record

    return built


def _unlisted(many: Any) -> Any:
    def told(call: Call, sandbox: Sandbox, collection: str, found: Any, **named: str) -> Any:
        listed = call.operation.operation_id == "GetProspects"
        return many(call, sandbox, collection, [] if listed else found, **named)

    return told


def _named_by_version(operation_id: str) -> Any:
    def build(many: Any) -> Any:
        def told(call: Call, sandbox: Sandbox, collection: str, found: Any, **named: str) -> Any:
            if call.operation.operation_id == operation_id:
                found = [(value["meta"]["version"], value) for _, value in found]
            return many(call, sandbox, collection, found, **named)

        return told

    return build


def _not_empty(new_prospect_record: Any) -> Any:
    def built(id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        if not document:
            raise refused("body", "empty", "VTEX-PROSP-1")
        record: Record = new_prospect_record(id, document, *rest)
        return record

    return built


def _unique(put: Any) -> Any:
    def putting(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        email = record.value["document"].get("email")
        if collection == PROSPECTS and email is not None:
            for other in sandbox.store.page(PROSPECTS).records:
                if other.id != record.id and other.value["document"].get("email") == email:
                    raise Duplicate("another prospect has that email", key="email", rule="VTEX-PROSP-1")
        put(sandbox, collection, record, before)

    return putting


def _latest_counts(profile_of: Any) -> Any:
    def found(call: Call, sandbox: Sandbox, *rest: str, **how: bool) -> Record:
        record: Record = profile_of(call, sandbox, *rest, **how)
        if call.operation.operation_id == "CreatePurchaseInformation":
            sandbox.store.drop(PURCHASE_INFO, record.id)
        return record

    return found


def _empty(purchase_info_of: Any) -> Any:
    def empty(call: Call, sandbox: Sandbox) -> Record:
        profile = require_profile(call, sandbox)
        meta = envelopes.first_meta(PURCHASE_INFO, sandbox.now(), call.principal.identity, None)
        return Record(profile.id, {"meta": meta, "document": {}})

    return tolerating(purchase_info_of, empty, NotFound)


def _replacing(merged: Any) -> Any:
    return lambda stored, sent: {name: value for name, value in sent.items() if value is not None}


def _null_kept(merged: Any) -> Any:
    return lambda stored, sent: {**stored, **sent}


def _nobody_is_400(rule: str, what: str) -> Mutant:
    return Mutant(rule, f"{what} answers 400", collections, "NotFound", instead(Malformed))


MUTANTS = (
    skip_body_validation("VTEX-PROF-1", "a profile or an address is created without what it requires"),
    with_dialect("VTEX-PROF-1", "guide"),
    with_dialect("VTEX-PROF-1", "reference"),
    Mutant("VTEX-PROF-2", "null is stored instead of removing the field", updates, "merge", _null_kept),
    Mutant("VTEX-PROF-2", "an update replaces the whole profile", updates, "merge", _replacing),
    Mutant("VTEX-PROF-2", "of two updates at about the same time one is lost", updates, "merge", _read_too_early),
    skip_body_validation("VTEX-PROF-2", "null removes what a profile requires"),
    with_dialect("VTEX-PROF-2", "guide"),
    with_dialect("VTEX-PROF-2", "reference"),
    Mutant("VTEX-PROF-3", "a deleted profile stays", profiles, "drop_profile", always(True)),
    Mutant(
        "VTEX-PROF-3",
        "a deleted profile leaves its addresses, purchase information and versions behind",
        profiles,
        "drop_profile",
        lambda drop: lambda sandbox, profile_id, rule: sandbox.store.drop(PROFILES, profile_id),
    ),
    Mutant("VTEX-PROF-3", "a delete deletes every profile", profiles, "drop_profile", _everybody),
    _nobody_is_400("VTEX-PROF-3", "a profile that is not there"),
    Mutant(
        "VTEX-PROF-4", "fields that the schema does not name are dropped", envelopes, "new_profile_record", _known_alone
    ),
    Mutant("VTEX-ADDR-1", "addresses need no profile", addresses, "_profile", _with_or_without),
    Mutant("VTEX-ADDR-2", "an address equal to a stored one is not added", envelopes, "put", _once),
    Mutant(
        "VTEX-ADDR-2", "with one address the others of its profile go", addresses, "drop_address", _all_of_the_profile
    ),
    Mutant(
        "VTEX-ADDR-2",
        "the list names addresses by their versions",
        disclosure,
        "many",
        _named_by_version("GetClientAddresses"),
    ),
    Mutant("VTEX-ADDR-3", "an address is found under any profile", addresses, "_address", _of_anybody),
    _nobody_is_400("VTEX-ADDR-3", "an address that is not there"),
    Mutant("VTEX-ADDR-4", "an update replaces the whole address", updates, "merge", _replacing),
    Mutant("VTEX-ADDR-4", "an address says whose it is", envelopes, "new_address_record", _as_sent),
    skip_body_validation("VTEX-ADDR-4", "null removes what an address requires"),
    with_dialect("VTEX-ADDR-4", "guide"),
    with_dialect("VTEX-ADDR-4", "reference"),
    Mutant("VTEX-PROSP-1", "a deleted prospect stays", prospects, "drop_prospect", always(False)),
    Mutant("VTEX-PROSP-1", "the list of prospects is empty", disclosure, "many", _unlisted),
    Mutant("VTEX-PROSP-1", "a prospect needs some property", envelopes, "new_prospect_record", _not_empty),
    Mutant("VTEX-PROSP-1", "an update replaces the whole prospect", updates, "merge", _replacing),
    Mutant("VTEX-PROSP-1", "no two prospects have one email", envelopes, "put", _unique),
    _nobody_is_400("VTEX-PROSP-1", "a prospect that is not there"),
    Mutant(
        "VTEX-PURCH-1",
        "a second purchase information takes the place of the first",
        purchases,
        "require_profile",
        _latest_counts,
    ),
    Mutant(
        "VTEX-PURCH-1", "a deleted purchase information keeps its place", purchases, "drop_purchase_info", always(False)
    ),
    Mutant(
        "VTEX-PURCH-1",
        "purchase information is named by its version",
        disclosure,
        "many",
        _named_by_version("GetPurchaseInformation"),
    ),
    Mutant(
        "VTEX-PURCH-2",
        "a profile without purchase information has an empty one",
        purchases,
        "_purchase_info",
        _empty,
    ),
    _nobody_is_400("VTEX-PURCH-2", "the purchase information of a profile that is not there"),
)
