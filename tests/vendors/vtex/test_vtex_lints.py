"""Lints of VTEX over recorded calls: which calls they pass over, and what their messages say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pii_sandbox.mockserver.journal import JournalExchange
from pii_sandbox.mockserver.journal.lint import LintFinding
from pii_sandbox.mockserver.sandbox import Sandbox
from pii_sandbox.mockserver.store import Record, Store
from pii_sandbox.mockserver.vendors.newstore.collections import DOCUMENT as NEWSTORE
from pii_sandbox.mockserver.vendors.vtex import envelopes, lints
from pii_sandbox.mockserver.vendors.vtex.collections import DOCUMENT, PROFILES
from tests.credentials import VTEX_USER

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
TEXT = {"type": "string", "sensitive": False, "pii": False}
PERSONAL = {"cpf": {"type": "string"}}


def exchange(number: int, **changes: Any) -> JournalExchange:
    """A call that changes the custom schema, but for the changes."""
    call: dict[str, Any] = {
        "number": number,
        "at": NOW,
        "system_at": NOW,
        "elapsed_seconds": 0.0,
        "sandbox": "default",
        "dialect": "guide",
        "method": "PUT",
        "url": "http://sandbox.test/x",
        "headers": {},
        "body": None,
        "body_size": 0,
        "api": "vtex",
        "document": DOCUMENT,
        "operation_id": "CreateOrUpdateProfileSchema",
        "path_values": (),
        "status": 201,
        "response_headers": {},
        "response_body": None,
        "response_size": 0,
        "rule": None,
        "fits": True,
        "refusal": None,
        "fault": None,
    }
    return JournalExchange(**{**call, **changes})


def update(number: int, schema: Any, **changes: Any) -> JournalExchange:
    return exchange(number, body=json.dumps(schema).encode(), **changes)


def unmasked(number: int, **changes: Any) -> JournalExchange:
    headers = {name.lower(): value for name, value in VTEX_USER.items()}
    return exchange(number, **{"method": "GET", "operation_id": "GetUnmaskedProfile", "headers": headers, **changes})


def sandbox_of(*lives: int | None, created: datetime = NOW - timedelta(days=1)) -> Sandbox:
    """A sandbox with a profile for each of these lives, in days from its creation."""
    sandbox = Sandbox("lints", Store())
    for number, days in enumerate(lives):
        meta = envelopes.first_meta(PROFILES, created, "app", None)
        expires_at = None if days is None else created + timedelta(days=days)
        sandbox.store.put(PROFILES, Record(f"p-{number}", {"meta": meta, "document": {}}, {}, expires_at))
    return sandbox


def calls(findings: list[LintFinding]) -> list[int]:
    return [number for finding in findings for number in finding.calls]


@pytest.mark.rule("VTEX-UNMASK-3")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"status": 399}, True),
        ({"status": 400}, False),
        ({"status": 403}, False),
        ({"document": NEWSTORE, "operation_id": "getProfile"}, False),
        ({"operation_id": None}, False),
        ({"operation_id": "GetProfile"}, False),
    ],
)
def test_vtex_unmask_3_only_successful_unmasked_reads_are_told(changes: Mapping[str, Any], found: bool) -> None:
    exchanges = [unmasked(1, **changes), unmasked(2)]
    findings = list(lints.unmasked_without_on_behalf_of(sandbox_of(), exchanges))
    assert calls(findings) == ([1, 2] if found else [2])


@pytest.mark.parametrize("lint", [lints.shortened_lives, lints.unmarked_personal_fields, lints.incomplete_fields])
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"status": 399}, True),
        ({"status": 400}, False),
        ({"body": None}, False),
        ({"body": b""}, False),
        ({"body": b'["cpf"]'}, False),
        ({"operation_id": "CreateClientProfile"}, False),
        ({"operation_id": None, "body": b"no JSON"}, False),
    ],
)
def test_only_accepted_changes_of_the_custom_schema_are_looked_at(
    lint: Any, changes: Mapping[str, Any], found: bool
) -> None:
    last = update(1, {"documentTTL": 1, **PERSONAL})
    first = update(0, {"documentTTL": 1, **PERSONAL})
    changed = exchange(0, **{"body": first.body, **changes})
    assert calls(list(lint(sandbox_of(None), [changed, last]))) == ([0, 1] if found else [1])


@pytest.mark.rule("VTEX-SCHEMA-5")
@pytest.mark.parametrize(
    ("days", "lives", "message"),
    [
        (1, [None], "documentTTL became 1 day, with 1 stored profile of a longer life"),
        (2, [None, 3, 2, 1], "documentTTL became 2 days, with 2 stored profiles of a longer life"),
        (2, [2], None),
        (2, [], None),
        (True, [None], None),
        ("2", [None], None),
        (None, [None], None),
    ],
)
def test_vtex_schema_5_the_profiles_of_a_longer_life_are_counted(
    days: Any, lives: list[int | None], message: str | None
) -> None:
    found = list(lints.shortened_lives(sandbox_of(*lives), [update(1, {"documentTTL": days})]))
    assert [finding.message for finding in found] == ([] if message is None else [message])


def test_a_schema_without_a_ttl_hides_no_later_one() -> None:
    exchanges = [update(1, {"shoeSize": TEXT}), update(2, {"documentTTL": 1})]
    assert calls(list(lints.shortened_lives(sandbox_of(None), exchanges))) == [2]


def test_a_profile_of_the_same_instant_was_not_there_before() -> None:
    assert not list(lints.shortened_lives(sandbox_of(None, created=NOW), [update(1, {"documentTTL": 1})]))


@pytest.mark.rule("VTEX-SCHEMA-4")
@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ("string", False),  # not the form of a field
        ({"type": "string", "pii": "yes"}, True),
        ({"type": "object", "properties": []}, True),
        ({"type": "array", "items": {"type": "string"}}, True),
        ({"type": "array", "items": {"type": "string", "pii": False, "sensitive": False}}, True),
        ({"type": "array", "items": {"type": "string", "pii": True}}, False),
        ({"type": "array", "items": {"type": "string", "sensitive": True}}, False),
        ({"type": "array", "items": {"type": "string", "pii": True, "sensitive": True}}, False),
        ({"type": "object", "properties": {"ddd": {"type": "string"}}}, False),
    ],
)
def test_vtex_schema_4_a_mark_on_the_items_is_a_mark(facts: Any, found: bool) -> None:
    findings = list(lints.unmarked_personal_fields(sandbox_of(), [update(1, {"phones": facts})]))
    assert calls(findings) == ([1] if found else [])


@pytest.mark.rule("VTEX-SCHEMA-3")
@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"shoeSize": TEXT}, False),
        ({"documentTTL": 30, "v-unique-alternate-keys": ["crmId"], "shoeSize": TEXT}, False),
        ({"shoeSize": "integer"}, True),
        *(({"shoeSize": {name: TEXT[name] for name in TEXT if name != left_out}}, True) for left_out in TEXT),
    ],
)
def test_vtex_schema_3_a_field_without_one_of_three_facts_is_incomplete(schema: Any, found: bool) -> None:
    assert calls(list(lints.incomplete_fields(sandbox_of(), [update(1, schema)]))) == ([1] if found else [])


def test_fields_are_told_in_order_and_those_that_are_no_names_not_at_all() -> None:
    schema: dict[str, Any] = {"tel": {}, "cpf": {}, "cpf of Ana": {}}
    (finding,) = lints.unmarked_personal_fields(sandbox_of(), [update(1, schema)])
    assert finding.message.startswith("cpf, tel looks personal")
    (finding,) = lints.unmarked_personal_fields(sandbox_of(), [update(1, {"cpf of Ana": {}})])
    assert finding.message.startswith("a custom field looks personal")


def test_a_name_in_three_languages_is_a_name() -> None:
    assert lints.is_personal_name("name_nome_nombre")
