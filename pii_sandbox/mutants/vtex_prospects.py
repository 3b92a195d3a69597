"""Mutants of the rules of VTEX's prospects and purchase information."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pii_sandbox.mockserver.call import Call
from pii_sandbox.mockserver.problems import Duplicate, NotFound
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record
from pii_sandbox.mockserver.vendors.vtex import disclosure, envelopes, prospects, updates
from pii_sandbox.mockserver.vendors.vtex import purchase_info as purchases
from pii_sandbox.mockserver.vendors.vtex.collections import PROSPECTS, PURCHASE_INFO, require_profile
from pii_sandbox.mutants.mutant import Mutant, always_return, mutant_refusal, tolerate
from pii_sandbox.mutants.vtex_records import answer_400_for_missing, name_by_version, replace_document


def _return_empty_list(many: Any) -> Any:
    def replacement(call: Call, sandbox: Sandbox, collection: str, found: Any, **named: str) -> Any:
        listed = call.operation.operation_id == "GetProspects"
        return many(call, sandbox, collection, [] if listed else found, **named)

    return replacement


def _require_property(new_prospect_record: Any) -> Any:
    def replacement(id: str, document: Mapping[str, Any], *rest: Any) -> Record:
        if not document:
            raise mutant_refusal("body", "empty", "VTEX-PROSP-1")
        record: Record = new_prospect_record(id, document, *rest)
        return record

    return replacement


def _require_unique_email(put: Any) -> Any:
    def replacement(sandbox: Sandbox, collection: str, record: Record, before: Record | None = None) -> None:
        email = record.value["document"].get("email")
        if collection == PROSPECTS and email is not None:
            for other in sandbox.store.page(PROSPECTS).records:
                if other.id != record.id and other.value["document"].get("email") == email:
                    raise Duplicate("another prospect has that email", key="email", rule="VTEX-PROSP-1")
        put(sandbox, collection, record, before)

    return replacement


def _replace_existing(profile_of: Any) -> Any:
    def replacement(call: Call, sandbox: Sandbox, *rest: str, **how: bool) -> Record:
        record: Record = profile_of(call, sandbox, *rest, **how)
        if call.operation.operation_id == "CreatePurchaseInformation":
            sandbox.store.drop(PURCHASE_INFO, record.id)
        return record

    return replacement


def _return_empty_purchase_info(purchase_info_of: Any) -> Any:
    def empty(call: Call, sandbox: Sandbox) -> Record:
        profile = require_profile(call, sandbox)
        meta = envelopes.first_meta(PURCHASE_INFO, sandbox.now(), call.principal.identity, None)
        return Record(profile.id, {"meta": meta, "document": {}})

    return tolerate(purchase_info_of, empty, NotFound)


MUTANTS = (
    Mutant("VTEX-PROSP-1", "a deleted prospect stays", prospects, "drop_prospect", always_return(False)),
    Mutant("VTEX-PROSP-1", "the list of prospects is empty", disclosure, "disclose_many", _return_empty_list),
    Mutant("VTEX-PROSP-1", "a prospect needs some property", envelopes, "new_prospect_record", _require_property),
    Mutant("VTEX-PROSP-1", "an update replaces the whole prospect", updates, "merge", replace_document),
    Mutant("VTEX-PROSP-1", "no two prospects have one email", envelopes, "put", _require_unique_email),
    answer_400_for_missing("VTEX-PROSP-1", "a prospect that is not there"),
    Mutant(
        "VTEX-PURCH-1",
        "a second purchase information takes the place of the first",
        purchases,
        "require_profile",
        _replace_existing,
    ),
    Mutant(
        "VTEX-PURCH-1",
        "a deleted purchase information keeps its place",
        purchases,
        "drop_purchase_info",
        always_return(False),
    ),
    Mutant(
        "VTEX-PURCH-1",
        "purchase information is named by its version",
        disclosure,
        "disclose_many",
        name_by_version("GetPurchaseInformation"),
    ),
    Mutant(
        "VTEX-PURCH-2",
        "a profile without purchase information has an empty one",
        purchases,
        "_purchase_info",
        _return_empty_purchase_info,
    ),
    answer_400_for_missing("VTEX-PURCH-2", "the purchase information of a profile that is not there"),
)
