"""All mutants by API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pii_sandbox.mutants import (
    fashionai,
    http_requests,
    newstore,
    newstore_access,
    newstore_records,
    oracle,
    vtex,
    vtex_lifetimes,
    vtex_prospects,
    vtex_records,
    vtex_rights,
    vtex_schema,
)
from pii_sandbox.mutants.mutant import Mutant
from pii_sandbox.specs.catalogue import Rule

MUTANTS: Mapping[str, tuple[Mutant, ...]] = {
    "vtex": (
        *vtex.MUTANTS,
        *vtex_lifetimes.MUTANTS,
        *vtex_records.MUTANTS,
        *vtex_prospects.MUTANTS,
        *vtex_schema.MUTANTS,
        *vtex_rights.MUTANTS,
        *http_requests.MUTANTS["vtex"],
    ),
    "newstore": (
        *newstore_access.MUTANTS,
        *newstore.MUTANTS,
        *newstore_records.MUTANTS,
        *http_requests.MUTANTS["newstore"],
    ),
    "fashionai": (*fashionai.MUTANTS, *http_requests.MUTANTS["fashionai"]),
    "oracle": (*oracle.MUTANTS, *http_requests.MUTANTS["oracle"]),
}


def mutants_of(rules: Iterable[Rule]) -> list[Mutant]:
    """Return the mutants of those rules, in the order of the rules."""
    return [mutant for rule in rules for mutant in MUTANTS.get(rule.api, ()) if mutant.rule == rule.id]
