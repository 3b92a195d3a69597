"""Stored records of VTEX that a snapshot file brings back: sound ones as they are, others refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pii_sandbox.mockserver.problems import Malformed
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.vtex import envelopes, stored
from pii_sandbox.mockserver.vendors.vtex.collections import ADDRESSES, PROFILES, PROSPECTS

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
REFUSALS = (Malformed, ValueError, TypeError)  # the last two are told as a record that cannot be read
DONE = {"status": "Done", "message": "erased"}
WAITING = {**DONE, "email": "ana@example.com"}
SCHEMA: dict[str, Any] = {"fields": {}, "keys": [], "ttl_days": None, "version": 0}


def rebuilt(collection: str, record: Record) -> Record:
    return stored.STORED[collection](record, Sandbox("loaded", Store()))


def meta_of(collection: str, **changes: Any) -> dict[str, Any]:
    return {**envelopes.first_meta(collection, NOW, "app", None), **changes}


@pytest.mark.rule("VTEX-JOB-1")
@pytest.mark.parametrize(
    ("value", "waits", "kept"),
    [
        (DONE, False, DONE),
        ({**DONE, "rule": "VTEX-JOB-1", "author": "app"}, False, {**DONE, "rule": "VTEX-JOB-1", "author": "app"}),
        ({**DONE, "polls": ["2026-11-30T04:00:00Z"]}, False, {**DONE, "polls": ["2026-11-30T04:00:00Z"]}),
        ({**WAITING, "more": 1}, False, DONE),  # a finished job has no email (VTEX-JOB-1)
        ({**WAITING, "author": "app"}, True, {**WAITING, "author": "app"}),
        ({**WAITING, "rule": "VTEX-ERASE-1"}, True, WAITING),  # no rule has decided yet
    ],
)
def test_vtex_job_1_a_stored_job_has_what_its_state_allows(
    value: dict[str, Any], waits: bool, kept: dict[str, Any]
) -> None:
    assert rebuilt("jobs", Record("j", value, expires_at=NOW if waits else None)) == Record("j", kept)


@pytest.mark.parametrize(
    ("value", "waits"),
    [
        ({"status": "Done"}, False),
        ({**DONE, "message": 1}, False),
        ({**DONE, "rule": 1}, False),
        ({**DONE, "author": None}, False),
        ({**DONE, "polls": ["soon"]}, False),
        (DONE, True),
        ({**WAITING, "author": 1}, True),
    ],
)
def test_a_job_that_no_call_makes_is_refused(value: dict[str, Any], waits: bool) -> None:
    with pytest.raises(REFUSALS):
        rebuilt("jobs", Record("j", value, expires_at=NOW if waits else None))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ttl_days": 1, "version": 1},
        {"fields": {"shoeSize": {"type": "integer"}}, "keys": [{"name": "crm", "field": "crmId"}], "version": 7},
    ],
)
def test_a_sound_schema_is_brought_back(changes: dict[str, Any]) -> None:
    record = Record("profileSystem", {**SCHEMA, **changes})
    assert rebuilt("schema", record) == record


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fields": []}, "fields"),
        ({"fields": {"shoeSize": "integer"}}, "fields"),
        ({"keys": [{"name": 1, "field": "crmId"}]}, "keys"),
        ({"keys": [{"name": "crm", "field": None}]}, "keys"),
        ({"ttl_days": 0}, "ttl_days"),
        ({"ttl_days": True}, "ttl_days"),
        ({"version": -1}, "version"),
        ({"version": True}, "version"),
        ({"version": "1"}, "version"),
    ],
)
def test_a_schema_that_no_call_makes_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        rebuilt("schema", Record("profileSystem", {**SCHEMA, **changes}))


@pytest.mark.parametrize("collection", [PROFILES, ADDRESSES])
@pytest.mark.parametrize("expires_at", [None, NOW])
def test_a_sound_version_is_brought_back(collection: str, expires_at: datetime | None) -> None:
    meta = envelopes.first_meta(collection, NOW, "app", expires_at)
    value = {"meta": meta, "document": {"email": "ana@example.com"}, "owner": "p-1"}
    assert rebuilt("versions", Record(meta["version"], value)).value == value


def test_a_version_of_before_its_meta_had_an_expiry_is_brought_back() -> None:
    meta = meta_of(PROFILES)
    del meta[envelopes.EXPIRATION]
    value = {"meta": meta, "document": {}, "owner": "p-1"}
    assert rebuilt("versions", Record(meta["version"], value)).value == value


UNFIT: list[dict[str, Any]] = [
    {"more": "x"},
    {"version": 1},
    {"author": None},
    {"creationDate": "x"},
    {"lastUpdate": None},
    {"lastUpdate": "x"},
    {"expirationDate": "x"},
]


@pytest.mark.parametrize("changes", UNFIT)
def test_a_version_with_a_meta_that_no_write_makes_is_refused(changes: dict[str, Any]) -> None:
    meta = meta_of(PROFILES, **changes)
    with pytest.raises(REFUSALS):
        rebuilt("versions", Record("v", {"meta": meta, "document": {}, "owner": "p-1"}))


def test_a_version_of_nobody_is_refused() -> None:
    with pytest.raises(Malformed, match="owner"):
        rebuilt("versions", Record("v", {"meta": meta_of(PROFILES), "document": {}, "owner": 1}))


def test_a_prospect_has_the_meta_of_its_collection() -> None:
    document = {"email": "ana@example.com"}
    sound = Record("p-1", {"meta": meta_of(PROSPECTS), "document": document})
    assert rebuilt("prospects", sound) == sound
    for meta in (meta_of(PROSPECTS, more="x"), meta_of(PROSPECTS, lastUpdateDate=None)):
        with pytest.raises(REFUSALS):
            rebuilt("prospects", Record("p-1", {"meta": meta, "document": document}))


def test_a_stored_document_is_an_object() -> None:
    with pytest.raises(Malformed, match="object"):
        rebuilt("prospects", Record("p-1", {"meta": meta_of(PROSPECTS), "document": [["email", "a@example.com"]]}))


def test_what_departed_names_its_rule() -> None:
    assert rebuilt("departed", Record("d", {"rule": "VTEX-PROF-3", "more": 1})) == Record("d", {"rule": "VTEX-PROF-3"})
    with pytest.raises(Malformed, match="rule"):
        rebuilt("departed", Record("d", {"rule": None}))
